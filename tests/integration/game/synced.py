"""A sync between a real Redis and a PostgreSQL that is played."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from services.chassis import errors
from services.game.adapters.archive import Saved
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_erasures import RedisErasures
from services.game.adapters.redis_games import RedisGames
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads
from services.game.loading import Loading
from services.game.stored import TOLD, LiveGame, Row
from services.game.sync import Sync
from services.game.workers import Workers
from tests.integration.game.live_games import a_game, a_row


@dataclass(slots=True)
class Played:
    """PostgreSQL as the test plays it."""

    sent: list[list[str]] = field(default_factory=list)
    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    restored: bool = False
    """Whether it was restored from a backup, and so may lack what it had."""
    unknown: set[str] = field(default_factory=set)
    failure: errors.Failure | None = None
    spoils: dict[str, errors.Failure] = field(default_factory=dict)
    """What a batch with such a game in it fails with."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    loaded: int = 0
    loading: int = 0
    most_loading: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    async def save(self, games: Sequence[tuple[LiveGame, Sequence[Row]]]) -> list[Saved]:
        ids = [game.game_id for game, _ in games]
        self.sent.append(ids)
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        for one in ids:
            if one in self.spoils:
                raise self.spoils[one]
        for game, rows in games:
            if self._outcome(game.game_id, rows) == "SAVED":
                self.rows.update(((game.game_id, row.number), row) for row in rows)
        return [Saved(game_id=game.game_id, outcome=self._outcome(game.game_id, rows), detail="") for game, rows in games]

    def _outcome(self, game_id: str, rows: Sequence[Row]) -> str:
        if self.restored and rows[0].number > 0 and (game_id, rows[0].number - 1) not in self.rows:
            return "GAP"
        return self.outcomes.get(game_id, "SAVED")

    async def load(self, game_id: str) -> tuple[LiveGame, list[Row]]:
        if game_id in self.unknown:
            raise errors.NotFound("GAME_NOT_FOUND", "there is no such game")
        self.loaded += 1
        self.loading += 1
        self.most_loading = max(self.most_loading, self.loading)
        await self.gate.wait()
        self.loading -= 1
        self.outcomes.pop(game_id, None)
        return a_game(game_id=game_id, epoch=self.loaded), []

    async def row(self, game_id: str, number: int) -> Row:
        if (game_id, number) not in self.rows:
            raise errors.NotFound("TURN_NOT_FOUND", "there is no such turn")
        return self.rows[game_id, number]

    async def rows_after(self, game_id: str, number: int) -> list[Row]:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A sync and all round it."""

    redis: Redis
    games: RedisGames
    keeping: RedisKeeping
    reads: RedisReads
    archive: Played
    sync: Sync
    metrics: CollectorRegistry

    def counted(self, outcome: str) -> float | None:
        return self.metrics.get_sample_value("maratang_sync_games_total", {"outcome": outcome})

    async def dirty(self, *game_ids: str) -> None:
        """Games with a row each that PostgreSQL lacks."""
        for game_id in game_ids:
            new, opening = a_game(game_id=game_id, persisted=-1), a_row(0, revision=TOLD, telling={"text": ""}, game_id=game_id)
            assert await self.keeping.create(new, [opening])

    async def settled(self) -> bool:
        return (await self.reads.counts()).dirty == 0


@asynccontextmanager
async def running_sync(redis_url: str) -> AsyncIterator[World]:
    async with connect(redis_url) as redis:
        keeping, reads, archive, metrics = RedisKeeping(redis), RedisReads(redis), Played(), CollectorRegistry()
        loading = Loading(keeping, reads, archive)  # type: ignore[arg-type]  # it plays the archive
        workers = Workers(metrics)
        sync = Sync(keeping, reads, archive, loading, RedisErasures(redis), workers, metrics)  # type: ignore[arg-type]  # as above
        running = asyncio.create_task(sync.run())
        games = RedisGames(redis, lease_ms=10_000)
        yield World(redis=redis, games=games, keeping=keeping, reads=reads, archive=archive, sync=sync, metrics=metrics)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def restored(world: World) -> None:
    await world.keeping.restore(a_game(), known_keys=[], untold=[])


async def sent(world: World, batches: int) -> bool:
    return len(world.archive.sent) >= batches
