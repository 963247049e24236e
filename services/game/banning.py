"""Bans, which operators make in PostgreSQL: live sessions follow."""

import asyncio
from datetime import timedelta

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.archive import Archive
from services.game.adapters.redis_sessions import RedisSessions

EVERY_SECONDS = 0.5
"""How often it is asked whose bans have changed."""
_AGAIN_WITHIN = timedelta(seconds=60)
"""For how long a change is told the sessions again: one that was being read meanwhile may have missed it."""
_AT_FIRST = timedelta(days=1)
"""How far back to look at the start, or after a while without PostgreSQL."""
_log = log(__name__)


class Banning:
    """One loop a process; any number may run, for telling a session twice changes nothing."""

    def __init__(self, archive: Archive, sessions: RedisSessions) -> None:
        self._archive = archive
        self._sessions = sessions
        self._within = _AT_FIRST

    async def run(self) -> None:
        """Tells sessions of bans, for ever."""
        while True:
            try:
                for player_id, banned in await self._archive.ban_changes(self._within):
                    await self._sessions.ban(player_id, banned=banned)
                self._within = _AGAIN_WITHIN
            except errors.Failure as failed:
                if self._within != _AT_FIRST:
                    _log.warning("bans can't be read", reason=failed.reason)
                self._within = _AT_FIRST
            await asyncio.sleep(EVERY_SECONDS)
