"""Finding a game: in Redis, or loaded there from PostgreSQL, and only for its owner. And seeing that the two agree."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.archive import Archive
from services.game.adapters.redis_keeping import RedisKeeping, Restored
from services.game.adapters.redis_reads import RedisReads
from services.game.refusals import no_such_game, store_changed
from services.game.stored import LiveGame, Row

LOADS_AT_ONCE = 20
"""How many games may be loaded or compared at a time, so that a lost Redis does not become a stampede on PostgreSQL."""
_TRIES = 5
"""How often to begin anew when a game has gone on meanwhile."""
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A row, and whether PostgreSQL is known to have it with its telling."""

    row: Row
    replicated: bool


class Loading:
    """Reads games through Redis."""

    def __init__(self, keeping: RedisKeeping, reads: RedisReads, archive: Archive) -> None:
        self._keeping = keeping
        self._reads = reads
        self._archive = archive
        self._places = asyncio.Semaphore(LOADS_AT_ONCE)

    async def game(self, game_id: str, owner: str) -> LiveGame:
        """The caller's game, live. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        found = await self._reads.game(game_id)
        if found is None:
            await self.load(game_id, owner)
            found = await self._reads.game(game_id)
        elif found.unseen and found.owner == owner:
            await self.compare(game_id)
            found = await self._reads.game(game_id)
        if found is None:
            raise store_changed()
        if found.owner != owner:
            raise no_such_game(game_id)
        return found

    async def anyones(self, game_id: str) -> LiveGame:
        """A game, live, whoever's it is: for operators. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        found = await self._reads.game(game_id)
        if found is None:
            await self.load(game_id, None)
            found = await self._reads.game(game_id)
        elif found.unseen:
            await self.compare(game_id)
            found = await self._reads.game(game_id)
        if found is None:
            raise store_changed()
        return found

    async def load(self, game_id: str, owner: str | None) -> None:
        """Loads a game that Redis does not have; `owner` None: whoever's it is. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        async with self._places:
            if await self._reads.game(game_id) is not None:
                return
            try:
                game = await self._restored(game_id)
            except errors.NotFound:
                raise no_such_game(game_id) from None
        if owner not in {None, game.owner}:
            raise no_such_game(game_id)

    async def compare(self, game_id: str) -> None:
        """Sees that what Redis has of a game is not behind PostgreSQL (an old copy of its data may have been restored); else loads it.

        While PostgreSQL is away the game is played on in doubt, and the sync makes the comparison up.
        """
        try:
            await self.agree(game_id)
        except (errors.Unavailable, errors.OutOfTime) as failed:
            game = await self._reads.game(game_id)
            if game is not None and game.unseen and await self._keeping.seen(game, doubt=True):
                _log.warning("game played on in doubt", game=game_id, turn=game.number, reason=failed.reason)

    async def agree(self, game_id: str) -> None:
        """As `compare`, but for the sync: raises Unavailable or OutOfTime while PostgreSQL is away."""
        async with self._places:
            for _ in range(_TRIES):
                backlog = await self._reads.backlog(game_id)
                if backlog is None:
                    return
                game, rows = backlog
                if not game.unseen and not game.doubt:
                    return
                stored = await self._stored(game)
                if _is_behind(game, rows, stored):
                    _log.warning("game is behind what is stored", game=game_id, epoch=game.epoch, number=game.number, unsaved=len(rows))
                    await self._restored(game_id, over=(game.epoch, game.number))
                else:
                    await self._keeping.ack(game_id, game.epoch, {row.number: row.revision for row in stored})
                    await self._keeping.seen(game, doubt=False)

    async def reconcile(self, game_id: str) -> None:
        """Has a game that PostgreSQL calls STALE agree with it again: by its new epoch, or by being loaded anew.

        Raises Unavailable, OutOfTime.
        """
        async with self._places:
            await self._restored(game_id)

    async def refilled(self, game: LiveGame, first: int) -> int | None:
        """Has the rows before `first` written once more that PostgreSQL lost (it was restored from a backup), from what Redis still has.

        How many there are; None: Redis has not all of them, and nothing is done. Raises Unavailable, OutOfTime.
        """
        lost: list[Row] = []
        for number in range(first - 1, -1, -1):
            try:
                await self._archive.row(game.game_id, number)
            except errors.NotFound:
                row = await self._here(game.game_id, number)
                if row is None:
                    return None
                lost.append(row)
            else:
                break
        if lost:
            await self._keeping.refill(game.game_id, game.epoch, lost, has=first - 1 - len(lost))
        return len(lost)

    async def set_back(self, game: LiveGame) -> int:
        """Has a game be what PostgreSQL has of it, whatever Redis has; the number it stands at then.

        Raises NotFound(GAME_NOT_FOUND), Unavailable, OutOfTime.
        """
        return (await self._restored(game.game_id, over=(game.epoch, game.number))).number

    async def _here(self, game_id: str, number: int) -> Row | None:
        """A row as Redis has it: to be told, or as it was shown in the end; None: no more."""
        row = await self._reads.row(game_id, number)
        if row is None and (shown := await self._reads.shown_row(game_id, number)) is not None:
            row = shown[1]
        return row

    async def _restored(self, game_id: str, over: tuple[int, int] | None = None) -> LiveGame:
        """Loads a game; what is in Redis stays if it knows all that PostgreSQL has, or has gone on from `over`."""
        for _ in range(_TRIES):
            game, rows = await self._archive.load(game_id)
            known = [(row.key, row.action_hash, row.number) for row in rows if row.key]
            untold = [row for row in rows if row.telling is None]
            restored = await self._keeping.restore(game, known_keys=known, untold=untold, over=over)
            _log.info("game loaded", game=game_id, epoch=game.epoch, number=game.number, restored=restored)
            if restored is not Restored.BEHIND or over is not None:
                break
            backlog = await self._reads.backlog(game_id)
            if backlog is None:
                continue
            here, unsaved = backlog
            if _is_behind(here, unsaved, stored := await self._stored(here)):
                over = (here.epoch, here.number)
            else:
                await self._keeping.ack(game_id, here.epoch, {row.number: row.revision for row in stored})
        return game

    async def _stored(self, game: LiveGame) -> list[Row]:
        """The rows that PostgreSQL has from the last one on that this game is known to have there."""
        try:
            return await self._archive.rows_after(game.game_id, max(game.persisted, 0) - 1)
        except errors.NotFound:
            return []

    async def row(self, game_id: str, number: int) -> Found:
        """A row of a game's log, from wherever it is. Raises NotFound(TURN_NOT_FOUND), Unavailable."""
        unsaved = await self._reads.row(game_id, number)
        if unsaved is not None:
            return Found(row=unsaved, replicated=False)
        told = await self._reads.shown_row(game_id, number)
        if told is not None:
            k, row = told
            return Found(row=row, replicated=await self._reads.is_safe(game_id, number, k))
        row = await self._archive.row(game_id, number)
        return Found(row=row, replicated=row.telling is not None)

    async def all_rows(self, game: LiveGame) -> dict[int, Found]:
        """The game's whole log, by number. Raises Unavailable."""
        # Redis first: what it forgets meanwhile, PostgreSQL has by then.
        backlog = await self._reads.backlog(game.game_id)
        live, unsaved = backlog or (game, [])
        rows = {row.number: Found(row=row, replicated=False) for row in unsaved}
        last = -1
        while last < live.persisted and (page := await self._archive.rows_after(game.game_id, last)):
            for row in page:
                if row.number not in rows or row.revision > rows[row.number].row.revision:
                    rows[row.number] = Found(row=row, replicated=row.telling is not None)
            last = page[-1].number
        return dict(sorted(rows.items()))

    async def log(self, game: LiveGame) -> dict[int, Row]:
        """The rows of the game's whole log, by number. Raises Unavailable."""
        return {number: found.row for number, found in (await self.all_rows(game)).items()}


def _is_behind(game: LiveGame, unsaved: Sequence[Row], stored: Sequence[Row]) -> bool:
    """Whether PostgreSQL has rows that the game does not know of, or others than it has."""
    own = {row.number: row for row in unsaved}
    for row in stored:
        if row.number > game.number:
            return True
        mine = own.get(row.number)
        if mine is not None and mine.rule_hash != row.rule_hash:
            return True
        if mine is None and row.number == game.number and row.state_hash != game.state_hash:
            return True
    return False
