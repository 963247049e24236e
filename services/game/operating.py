"""What an operator does with games: looks into them, replays, stops, mends and copies them. What changes something is audited first."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis import errors
from services.game.adapters.audit import Audit
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads
from services.game.jumps import Jump, JumpKind, Jumps
from services.game.loading import Loading
from services.game.path import path_to
from services.game.players import game_id_of
from services.game.refusals import no_such_game, no_such_turn
from services.game.replaying import Replayed, replayed
from services.game.rules import codec
from services.game.rules.state import State
from services.game.shelf import Shelf
from services.game.stored import MAIN_BRANCH, OPENING_PARENT, LiveGame, Row, compress
from services.game.sync import Sync

_TRIES = 5
"""How often a game may move on under an operator's hand before the operator is told that it is busy."""
_KEY = "operator:"
"""What the idempotency keys of operators begin with in a game, so that they meet no player's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is known of a game. `unwritten`: the rows that PostgreSQL does not wholly have. `lease_end_time` None: nothing is pending."""

    game: LiveGame
    fence: int
    lease_end_time: datetime | None
    unwritten: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What a repair found; `number` is the row that it wrote, None where nothing was to mend, or it was a dry run."""

    replay: Replayed
    number: int | None


class Operating:
    """Every method may raise NotFound(GAME_NOT_FOUND) and Unavailable."""

    def __init__(
        self, keeping: RedisKeeping, reads: RedisReads, loading: Loading, shelf: Shelf, jumps: Jumps, sync: Sync, audit: Audit
    ) -> None:
        self._keeping = keeping
        self._reads = reads
        self._loading = loading
        self._shelf = shelf
        self._jumps = jumps
        self._sync = sync
        self._audit = audit

    async def live(self, page_size: int, before: tuple[int, str] | None) -> tuple[list[Inspection], tuple[int, str] | None]:
        """Live games, those last played first, and where the next page begins; None: there is no more."""
        found = await self._reads.latest_games(limit=page_size + 1, before=before)
        seen = await asyncio.gather(*(self._seen(game_id) for _, game_id in found[:page_size]))
        return [one for one in seen if one is not None], found[page_size - 1] if len(found) > page_size else None

    async def inspect(self, game_id: str) -> Inspection:
        """All that is known of a game; one that is not live is loaded."""
        await self._loading.anyones(game_id)
        seen = await self._seen(game_id)
        if seen is None:
            raise no_such_game(game_id)
        return seen

    async def _seen(self, game_id: str) -> Inspection | None:
        backlog = await self._reads.backlog(game_id)
        if backlog is None:
            return None
        holding = await self._reads.holding(game_id)
        return Inspection(
            game=backlog[0], fence=holding.fence, lease_end_time=holding.lease_end_time, unwritten=tuple(row.number for row in backlog[1])
        )

    async def replay(self, game_id: str) -> Replayed:
        """The game recomputed from its log, and what differs."""
        game = await self._loading.anyones(game_id)
        return await self._replayed(game, await self._loading.log(game))

    async def suspend(self, game_id: str, *, suspended: bool, reason: str, key: str) -> None:
        """Stops a game, or lets it go on; one that is so already stays so. Raises Conflict(GAME_BUSY)."""
        await self._audit.record("SuspendGame", game_id, reason, key, {"suspended": suspended})
        kind = JumpKind.SUSPEND if suspended else JumpKind.RESUME
        for _ in range(_TRIES):
            game = await self._loading.anyones(game_id)
            if (game.status == "SUSPENDED") == suspended:
                return
            try:
                await self._here(game, kind, key)
            except errors.Conflict as conflict:
                if conflict.reason != "STALE_TURN":
                    raise
            else:
                return
        raise _moves_on(game_id)

    async def repair(self, game_id: str, *, reason: str, dry_run: bool, key: str) -> Mended:
        """Has the game stand as its log says, if it does not. Raises Conflict(GAME_BUSY)."""
        for _ in range(_TRIES):
            game = await self._loading.anyones(game_id)
            rows = await self._loading.log(game)
            found = await self._replayed(game, rows)
            mended = found.states.get(game.number)
            if dry_run or mended is None or not found.strayed:
                return Mended(replay=found, number=None)
            await self._audit.record("RepairGame", game_id, reason, key, {"differences": list(found.differences)})
            try:
                after = await self._here(game, JumpKind.REPAIR, key, rows=rows, state=mended)
            except errors.Conflict as conflict:
                if conflict.reason != "STALE_TURN":
                    raise
            else:
                return Mended(replay=found, number=after.number)
        raise _moves_on(game_id)

    async def fork(self, game_id: str, number: int, player_id: str, *, reason: str, key: str) -> LiveGame:
        """A new game of the player's that has come the same way to the outcome of a turn; the same key twice makes one.

        Raises NotFound(TURN_NOT_FOUND).
        """
        game = await self._loading.anyones(game_id)
        rows = await self._loading.log(game)
        if number not in rows:
            raise no_such_turn(game_id, number)
        found = await self._replayed(game, rows)
        if number not in found.states:
            raise errors.Internal("INTERNAL", f"turn {number} can't be replayed: {found.differences}")
        copy, copied = _copy(game, rows, number, found.states[number], game_id_of(player_id, f"fork:{key}" if key else ""), player_id)
        await self._audit.record("ForkGame", game_id, reason, key, {"turn": number, "copy": copy.game_id, "player": player_id})
        await self._keeping.create(copy, copied)
        self._sync.nudge(copy.game_id)
        return await self._loading.anyones(copy.game_id)

    async def requeue(self, game_id: str, *, reason: str, key: str) -> None:
        """Has a game that was set aside be written again."""
        await self._loading.anyones(game_id)
        await self._audit.record("RequeueGame", game_id, reason, key, {})
        await self._keeping.requeue(game_id)
        self._sync.nudge(game_id)

    async def _replayed(self, game: LiveGame, rows: Mapping[int, Row]) -> Replayed:
        return replayed(await self._shelf.pack(game.pack_hash), game, rows)

    async def _here(
        self, game: LiveGame, kind: JumpKind, key: str, *, rows: Mapping[int, Row] | None = None, state: State | None = None
    ) -> LiveGame:
        """Jumps to where the game stands."""
        known = rows if rows is not None else await self._loading.log(game)
        own = f"{_KEY}{key}" if key else ""
        jump = Jump(kind=kind, to=game.number, branch_id=game.branch_id, expected=game.number, key=own)
        return await self._jumps.make(game, jump, known, state=state)


def _copy(game: LiveGame, rows: Mapping[int, Row], number: int, state: State, copy_id: str, player_id: str) -> tuple[LiveGame, list[Row]]:
    """The game and the rows of a copy: the way to the row, without the detours that were taken back."""
    way = [row for row in path_to(rows, number) if "jump" not in row.record]
    copied = [
        replace(
            row,
            game_id=copy_id,
            number=at,
            parent=at - 1 if at else OPENING_PARENT,
            branch_id=MAIN_BRANCH,
            depth=at,
            record={**row.record, "view": {**row.record["view"], "turn": at}},
        )
        for at, row in enumerate(way)
    ]
    copy = replace(
        game,
        game_id=copy_id,
        owner=player_id,
        epoch=0,
        number=copied[-1].number,
        persisted=-1,
        branch_id=MAIN_BRANCH,
        depth=copied[-1].depth,
        status="ENDED" if state.ending else "ACTIVE",
        ending=state.ending or "",
        state=compress(codec.encode(state)),
        state_hash=codec.state_hash(state),
        asked=f"fork of {game.game_id} at {number}",
    )
    return copy, copied


def _moves_on(game_id: str) -> errors.Conflict:
    return errors.Conflict("GAME_BUSY", "the game is being played: try again", metadata={"gameId": game_id})
