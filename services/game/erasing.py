"""Erasing games and players: from PostgreSQL first, which keeps note of it until Redis has forgotten them too."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.archive import Archive
from services.game.adapters.redis_erasures import RedisErasures
from services.game.adapters.redis_reads import RedisReads

EVERY_SECONDS = 5.0
"""How often it is asked what other processes, or operators, have erased."""
_log = log(__name__)


class Erasing:
    """One loop a process; any number may run, for dropping twice is dropping.

    What was erased is dropped at once and again until `settled` has passed: a load that was under way may have brought it back.
    """

    def __init__(self, archive: Archive, reads: RedisReads, live: RedisErasures, *, settled: timedelta) -> None:
        self._archive = archive
        self._reads = reads
        self._live = live
        self._settled = settled

    async def game(self, owner: str, game_id: str) -> None:
        """Erases a game of the owner's; one that is erased stays so. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        found = await self._reads.game(game_id)
        live_number = found.number if found is not None and found.owner == owner else None
        await self._archive.erase_game(owner, game_id, live_number)
        await self.sweep()

    async def player(self, player_id: str) -> None:
        """Erases a player: the sessions, the games, all that is kept. Raises Unavailable(DATABASE_UNAVAILABLE)."""
        await self._archive.erase_player(player_id)
        await self.sweep()

    async def run(self) -> None:
        """Drops what was erased, for ever."""
        while True:
            await self.sweep()
            await asyncio.sleep(min(EVERY_SECONDS, self._settled.total_seconds()))

    async def sweep(self) -> None:
        """Drops what is erased now. What can't be dropped now, is later: PostgreSQL remembers it."""
        try:
            erasures = await self._archive.erasures()
            for one in erasures:
                if one.is_player:
                    await self._live.drop_player(one.subject_id)
                else:
                    await self._live.drop_game(one.subject_id, one.number)
            before = datetime.now(UTC) - self._settled
            if settled := [one.subject_id for one in erasures if one.create_time <= before]:
                await self._archive.finish_erasures(settled)
        except errors.Failure as failed:
            _log.warning("erasures not swept", reason=failed.reason)
