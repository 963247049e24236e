"""The background sync: takes what Redis has and PostgreSQL lacks to persistence, in batches."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters.archive import Archive, Saved
from services.game.adapters.redis_games import RedisGames
from services.game.adapters.redis_reads import RedisReads
from services.game.stored import TOLD, LiveGame, Row

BATCH_GAMES = 200
SWEEP_SECONDS = 1.0
"""How often all shards are asked for games that some process left dirty."""
_PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0)
"""How long to wait after each failure in a row before the next try."""
_TIMES_BEHIND = 3
"""So often in a row PostgreSQL may be ahead before a game is set aside."""
_log = log(__name__)

TurnId = tuple[str, int]


class Sync:
    """One loop a process. Any number may run: what is sent twice is stored once."""

    def __init__(self, games: RedisGames, reads: RedisReads, archive: Archive, registry: CollectorRegistry) -> None:
        self._games = games
        self._reads = reads
        self._archive = archive
        self._due: set[str] = set()
        self._wake = asyncio.Event()
        self._waiting: defaultdict[TurnId, set[asyncio.Future[None]]] = defaultdict(set)
        self._quarantine: dict[str, str] = {}
        self._behind: dict[str, int] = {}
        self._failures = 0
        self._saved = Counter("maratang_sync_games", "Games sent to persistence, by outcome.", ("outcome",), registry=registry)
        self._failed = Counter("maratang_sync_failures", "Batches that persistence did not take.", ("reason",), registry=registry)
        self._stopped = Gauge("maratang_sync_quarantined_games", "Games whose log can't be written.", registry=registry)

    def nudge(self, game_id: str) -> None:
        """Says that a game has something to write; it is written as soon as no other batch is under way."""
        self._due.add(game_id)
        self._wake.set()

    async def told_in_database(self, game_id: str, number: int, *, patience: timedelta) -> bool:
        """Whether PostgreSQL has a turn with its telling, waiting a little for it; not at all while PostgreSQL is away."""
        if self._failures or game_id in self._quarantine:
            return not await self._is_waiting(game_id, number)
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[game_id, number].add(arrived)
        try:
            if not await self._is_waiting(game_id, number):
                return True
            async with asyncio.timeout(patience.total_seconds()):
                await arrived
        except TimeoutError:
            return not await self._is_waiting(game_id, number)
        else:
            return True
        finally:
            self._waiting[game_id, number].discard(arrived)
            if not self._waiting[game_id, number]:
                del self._waiting[game_id, number]

    async def _is_waiting(self, game_id: str, number: int) -> bool:
        return await self._reads.row(game_id, number) is not None

    async def run(self) -> None:
        """Writes what is due, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
                self._failures = 0
            except errors.Failure as failed:
                self._failed.labels(failed.reason).inc()
                if self._failures == 0:
                    _log.warning("sync is failing", reason=failed.reason, detail=failed.message)
                await asyncio.sleep(_PAUSE_SECONDS[min(self._failures, len(_PAUSE_SECONDS) - 1)])
                self._failures += 1
                self._wake.set()

    async def sweep(self) -> None:
        """Finds the games that another process left dirty, for ever."""
        while True:
            try:
                for game_id in await self._reads.dirty_games(limit=BATCH_GAMES):
                    self.nudge(game_id)
            except errors.Unavailable as failed:
                _log.warning("dirty games can't be read", reason=failed.reason)
            await asyncio.sleep(SWEEP_SECONDS)

    async def drain(self) -> None:
        """Writes what is due here before the process ends; what can't be written stays dirty for the next one."""
        try:
            await self._flush()
        except errors.Failure as failed:
            _log.warning("left unwritten", games=len(self._due), reason=failed.reason)

    async def _flush(self) -> None:
        while self._due:
            batch = sorted(self._due - self._quarantine.keys())[:BATCH_GAMES]
            self._due.difference_update(batch)
            self._due.difference_update(self._quarantine)
            if not batch:
                return
            try:
                found = [backlog for game_id in batch if (backlog := await self._reads.backlog(game_id)) is not None]
                await self._send([(game, rows) for game, rows in found if rows])
            except BaseException:
                self._due.update(batch)
                raise

    async def _send(self, games: Sequence[tuple[LiveGame, Sequence[Row]]]) -> None:
        if not games:
            return
        outcomes = await self._archive.save(games)
        for (game, rows), saved in zip(games, outcomes, strict=True):
            self._saved.labels(saved.outcome).inc()
            if saved.outcome == "SAVED":
                self._behind.pop(game.game_id, None)
                await self._games.ack(game.game_id, game.epoch, {row.number: row.revision for row in rows})
                self._tell_who_waits(rows)
            elif saved.outcome == "STALE":
                # Another process may have been quicker with a newer snapshot: then the next try finds nothing to write.
                self._behind[game.game_id] = self._behind.get(game.game_id, 0) + 1
                if self._behind[game.game_id] >= _TIMES_BEHIND:
                    _log.error("game is behind what is stored", game=game.game_id, detail=saved.detail)
                    self._set_aside(saved)
            else:
                _log.error("game can't be written", game=game.game_id, outcome=saved.outcome, detail=saved.detail)
                self._set_aside(saved)

    def _set_aside(self, saved: Saved) -> None:
        self._quarantine[saved.game_id] = saved.outcome
        self._stopped.set(len(self._quarantine))

    def _tell_who_waits(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.revision == TOLD:
                for arrived in self._waiting.get((row.game_id, row.number), ()):
                    if not arrived.done():
                        arrived.set_result(None)
