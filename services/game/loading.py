"""Finding a game: in Redis, or loaded there from PostgreSQL, and only for its owner."""

import asyncio

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.archive import Archive
from services.game.adapters.redis_games import RedisGames
from services.game.adapters.redis_reads import RedisReads
from services.game.stored import LiveGame, Row

LOADS_AT_ONCE = 20
"""How many games may be loaded at a time, so that a lost Redis does not become a stampede on PostgreSQL."""
_log = log(__name__)


def no_such_game(game_id: str) -> errors.NotFound:
    """The failure for a game that does not exist, or not for this caller: the two look the same from outside."""
    return errors.NotFound("GAME_NOT_FOUND", "there is no such game among yours", metadata={"gameId": game_id})


class Loading:
    """Reads games through Redis."""

    def __init__(self, games: RedisGames, reads: RedisReads, archive: Archive) -> None:
        self._games = games
        self._reads = reads
        self._archive = archive
        self._places = asyncio.Semaphore(LOADS_AT_ONCE)

    async def game(self, game_id: str, owner: str) -> LiveGame:
        """The caller's game, live. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        found = await self._reads.game(game_id)
        if found is None:
            await self.load(game_id, owner)
            found = await self._reads.game(game_id)
        if found is None or found.owner != owner:
            raise no_such_game(game_id)
        return found

    async def load(self, game_id: str, owner: str) -> None:
        """Loads a game that Redis does not have. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        async with self._places:
            if await self._reads.game(game_id) is not None:
                return
            try:
                game, rows = await self._archive.load(game_id)
            except errors.NotFound:
                raise no_such_game(game_id) from None
            known = [(row.key, f"{row.action_hash}:{row.number}:1:") for row in rows if row.key]
            restored = await self._games.restore(game, known_keys=known, rows=[row for row in rows if row.telling is None])
            _log.info("game loaded", game=game_id, epoch=game.epoch, number=game.number, restored=restored)
        if game.owner != owner:
            raise no_such_game(game_id)

    async def row(self, game_id: str, number: int) -> Row:
        """A row of a game's log, from wherever it is. Raises NotFound(TURN_NOT_FOUND), Unavailable."""
        return (
            await self._reads.row(game_id, number)
            or await self._reads.shown_row(game_id, number)
            or await self._archive.row(game_id, number)
        )

    async def all_rows(self, game: LiveGame) -> list[Row]:
        """The game's whole log, by number."""
        rows: dict[int, Row] = {}
        last = -1
        if game.persisted >= 0:
            while page := await self._archive.rows_after(game.game_id, last):
                rows.update((row.number, row) for row in page)
                last = page[-1].number
        backlog = await self._reads.backlog(game.game_id)
        for row in backlog[1] if backlog else ():
            rows[row.number] = row
        return [rows[number] for number in sorted(rows)]
