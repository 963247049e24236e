"""Lets games go from Redis that nobody has played for long, sooner when memory is short; PostgreSQL has them."""

import asyncio
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.redis_games import NO_NEW_GAMES_PERCENT
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads

EVERY_SECONDS = 5.0
SHORT_OF_MEMORY_IDLE = timedelta(seconds=60)
"""How long a game must have rested to be let go when memory is short."""
_PAGE = 16
"""How many games of each shard are looked at together."""
_AT_ONCE = 500
"""How many games are let go before memory is measured again."""
_TOGETHER = 8
_log = log(__name__)


class Evictor:
    """One loop a process. A game is let go only by a script that sees that nothing would be lost, so any number may run."""

    def __init__(self, keeping: RedisKeeping, reads: RedisReads, registry: CollectorRegistry, *, idle: timedelta) -> None:
        self._keeping = keeping
        self._reads = reads
        self._idle = idle
        self._places = asyncio.Semaphore(_TOGETHER)
        self._evicted = Counter("maratang_evicted_games", "Games let go from Redis, PostgreSQL having them.", registry=registry)
        self._fullness = Gauge("maratang_store_fullness_percent", "How full Redis' memory is.", registry=registry)
        self._live = Gauge("maratang_live_games", "Games in Redis.", registry=registry)
        self._dirty = Gauge("maratang_dirty_games", "Games that PostgreSQL lacks something of.", registry=registry)
        self._behind = Gauge("maratang_sync_behind_seconds", "How long PostgreSQL has lacked something for, at most.", registry=registry)
        self._quarantined = Gauge("maratang_sync_quarantined_games", "Games whose log can't be written.", registry=registry)

    async def run(self) -> None:
        """Lets games go, for ever."""
        while True:
            try:
                await self.sweep()
            except errors.Unavailable as failed:
                _log.warning("no games let go", reason=failed.reason)
            await asyncio.sleep(EVERY_SECONDS)

    async def sweep(self) -> int:
        """Lets go what has rested long enough, the longest first; how many that were. Raises Unavailable."""
        gone = 0
        while True:
            full = await self._reads.fullest_percent()
            await self._measure(full)
            idle = min(self._idle, SHORT_OF_MEMORY_IDLE) if full >= NO_NEW_GAMES_PERCENT else self._idle
            before = await self._reads.now_ms() - idle // timedelta(milliseconds=1)
            now_gone = await self._let_go(before)
            gone += now_gone
            if now_gone < _AT_ONCE:
                return gone

    async def _let_go(self, before_ms: int) -> int:
        gone = offset = 0
        while gone < _AT_ONCE:
            games = await self._reads.played_games(limit=_PAGE, offset=offset, before_ms=before_ms)
            if not games:
                break
            answers = await asyncio.gather(*(self._evict(game_id, before_ms) for game_id in games[: _AT_ONCE - gone]))
            let_go = sum(answers)
            gone += let_go
            # Those that are still needed stand in the way of the next.
            offset = offset + _PAGE if let_go == 0 else offset
        if gone:
            self._evicted.inc(gone)
            _log.info("games let go", games=gone)
        return gone

    async def _evict(self, game_id: str, before_ms: int) -> bool:
        async with self._places:
            number = await self._reads.number(game_id)
            return await self._keeping.evict(game_id, number or 0, played_before_ms=before_ms) in {"OK", "ABSENT"}

    async def _measure(self, full: float) -> None:
        counts = await self._reads.counts()
        self._fullness.set(full)
        self._live.set(counts.live)
        self._dirty.set(counts.dirty)
        since = counts.dirty_since_ms
        self._behind.set(0 if since is None else max(0, await self._reads.now_ms() - since) / 1000)
        self._quarantined.set(counts.quarantined)
