"""The sync between a real Redis and a PostgreSQL that is played: what it sends when, and what it makes of the answers."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.archive import Saved
from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_erasures import RedisErasures
from services.game.adapters.redis_games import RedisGames
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads
from services.game.loading import LOADS_AT_ONCE, Loading
from services.game.stored import TOLD, LiveGame, Row
from services.game.sync import BATCH_GAMES, Sync
from tests.integration.game.live_games import GAME, OWNER, a_game, a_row, play, play_and_tell
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio
PATIENCE = timedelta(milliseconds=250)


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


@pytest.fixture
async def world(redis_url: str) -> AsyncIterator[World]:
    async with connect(redis_url) as redis:
        keeping, reads, archive, metrics = RedisKeeping(redis), RedisReads(redis), Played(), CollectorRegistry()
        loading = Loading(keeping, reads, archive)  # type: ignore[arg-type]  # it plays the archive
        sync = Sync(keeping, reads, archive, loading, RedisErasures(redis), metrics)  # type: ignore[arg-type]  # as above
        running = asyncio.create_task(sync.run())
        games = RedisGames(redis, lease_ms=10_000)
        yield World(redis=redis, games=games, keeping=keeping, reads=reads, archive=archive, sync=sync, metrics=metrics)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def restored(world: World) -> None:
    await world.keeping.restore(a_game(), known_keys=[], untold=[])


async def test_a_flush_starts_at_once_and_the_next_takes_all_that_gathered_meanwhile(world: World):
    await world.dirty("first", *(f"game {number}" for number in range(BATCH_GAMES + 20)))
    world.archive.gate.clear()
    world.sync.nudge("first")
    await eventually(lambda: sent(world, 1))
    for number in range(BATCH_GAMES + 20):
        world.sync.nudge(f"game {number}")
    world.archive.gate.set()

    await eventually(world.settled)
    assert [len(batch) for batch in world.archive.sent] == [1, BATCH_GAMES, 20]
    assert all(batch == sorted(batch) for batch in world.archive.sent), "in one order, so that no two writers wait for each other"


async def sent(world: World, batches: int) -> bool:
    return len(world.archive.sent) >= batches


async def test_both_revisions_are_written_and_only_then_a_turn_is_replicated(world: World):
    await restored(world)
    job = await play(world.games, 1)
    world.sync.nudge(GAME)
    await eventually(world.settled)
    assert world.archive.rows[GAME, 1].telling is None
    assert not await world.sync.told_in_database(a_row(), 3, patience=timedelta(milliseconds=20))

    assert await world.games.finish(a_row().told({"text": "x"}), fence=job.fence, events=[("told", b"")]) == 3
    world.sync.nudge(GAME)

    assert await world.sync.told_in_database(a_row(), 3, patience=timedelta(seconds=10))
    assert world.archive.rows[GAME, 1].telling == {"text": "x"}


async def test_nobody_waits_while_postgresql_is_away(world: World):
    await restored(world)
    await play_and_tell(world.games, 1)
    world.archive.failure = errors.Unavailable("DATABASE_UNAVAILABLE", "away")
    world.sync.nudge(GAME)
    await eventually(lambda: sent(world, 2))

    began = time.perf_counter()
    answers = [await world.sync.told_in_database(a_row(), 3, patience=PATIENCE) for _ in range(20)]

    assert answers == [False] * 20
    assert (time.perf_counter() - began) / 20 < PATIENCE.total_seconds() / 2
    world.archive.failure = None
    await eventually(world.settled)
    assert await world.sync.told_in_database(a_row(), 3, patience=PATIENCE)


async def test_who_waits_when_postgresql_goes_away_waits_no_longer(world: World):
    await restored(world)
    await play_and_tell(world.games, 1)
    world.archive.gate.clear()
    world.archive.failure = errors.Unavailable("DATABASE_UNAVAILABLE", "away")
    world.sync.nudge(GAME)
    waiting = asyncio.create_task(world.sync.told_in_database(a_row(), 3, patience=timedelta(seconds=60)))
    await eventually(lambda: sent(world, 1))
    world.archive.gate.set()

    async with asyncio.timeout(10):
        assert not await waiting


async def test_a_postgresql_that_hangs_counts_as_away(world: World):
    await restored(world)
    await play_and_tell(world.games, 1)
    world.archive.gate.clear()
    world.sync.nudge(GAME)

    async def away() -> bool:
        return world.sync.is_away

    await eventually(away)
    async with asyncio.timeout(5):
        assert not await world.sync.told_in_database(a_row(), 3, patience=timedelta(seconds=60))
    world.archive.gate.set()
    await eventually(world.settled)


async def test_while_postgresql_is_away_one_game_at_a_time_asks_whether_it_is_back(world: World):
    await world.dirty(*(f"game {number}" for number in range(50)))
    world.archive.failure = errors.Unavailable("DATABASE_UNAVAILABLE", "away")
    for number in range(50):
        world.sync.nudge(f"game {number}")
    await eventually(lambda: sent(world, 3))
    world.archive.failure = None

    await eventually(world.settled)
    assert [len(batch) for batch in world.archive.sent[:3]] == [50, 1, 1]


async def test_after_an_outage_live_turns_go_before_what_was_left(world: World):
    left = [f"left {number:03}" for number in range(3 * BATCH_GAMES)]
    await world.dirty(*left, "live")
    world.archive.failure = errors.Unavailable("DATABASE_UNAVAILABLE", "away")
    sweeping = asyncio.create_task(world.sync.sweep())
    await eventually(lambda: sent(world, 2))
    world.archive.gate.clear()
    world.archive.failure = None
    before = len(world.archive.sent)
    await eventually(lambda: sent(world, before + 1))
    world.sync.nudge("live")
    world.archive.gate.set()

    await eventually(world.settled)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert any("live" in batch for batch in world.archive.sent[before + 1 : before + 3]), "in the next batch"


async def test_a_game_that_spoils_its_batch_is_set_aside_and_the_others_are_written(world: World):
    games = [f"game {number:02}" for number in range(20)]
    await world.dirty(*games)
    world.archive.spoils[games[7]] = errors.Invalid("INVALID_ARGUMENT", "no such thing can be stored")
    for game_id in games:
        world.sync.nudge(game_id)

    await eventually(world.settled)
    assert {game_id for game_id, _ in world.archive.rows} == {*games} - {games[7]}
    poisoned = await world.reads.game(games[7])
    assert poisoned.halted == "POISON"
    assert world.counted("POISON") == 1
    world.archive.spoils.clear()
    assert await world.keeping.requeue(games[7])
    world.sync.nudge(games[7])
    await eventually(world.settled)
    assert (games[7], 0) in world.archive.rows


async def test_a_game_that_meets_a_defect_is_put_off_and_not_set_aside(world: World):
    games = [f"game {number:02}" for number in range(20)]
    await world.dirty(*games)
    world.archive.spoils[games[7]] = errors.Internal("INTERNAL", "a defect")
    sweeping = asyncio.create_task(world.sync.sweep())

    async def others_are_written() -> bool:
        return {game_id for game_id, _ in world.archive.rows} == {*games} - {games[7]}

    await eventually(others_are_written)
    assert (await world.reads.game(games[7])).halted == ""
    assert world.metrics.get_sample_value("maratang_sync_failures_total", {"reason": "INTERNAL"}) >= 1
    world.archive.spoils.clear()

    await eventually(world.settled, within=60)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert (games[7], 0) in world.archive.rows, "it is found again by the sweep"


@pytest.mark.parametrize(
    "failure",
    [
        errors.Unauthenticated("INVALID_CREDENTIAL", "another credential"),
        errors.Unimplemented("UNKNOWN_METHOD", "an older persistence"),
        errors.Internal("INTERNAL", "a defect of every call"),
        errors.Cancelled("CANCELLED", "it was cancelled"),
    ],
    ids=lambda failure: failure.reason,
)
async def test_what_is_wrong_with_persistence_sets_no_game_aside(world: World, failure: errors.Failure):
    games = [f"game {number:02}" for number in range(40)]
    await world.dirty(*games)
    world.archive.failure = failure
    sweeping = asyncio.create_task(world.sync.sweep())

    async def failing() -> bool:
        return world.sync.is_away

    await eventually(failing)
    tries = len(world.archive.sent)
    world.archive.failure = None
    await eventually(world.settled, within=60)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert tries < 20, "not once for each game"
    assert {game_id for game_id, _ in world.archive.rows} == {*games}
    assert world.metrics.get_sample_value("maratang_sync_failures_total", {"reason": failure.reason}) >= 1


async def test_what_an_older_backup_lacks_is_written_once_more_while_redis_has_it(world: World):
    await world.dirty(GAME)
    world.sync.nudge(GAME)
    await eventually(world.settled)
    for number in (1, 2, 3):
        await play_and_tell(world.games, number, key=f"k{number}")
        world.sync.nudge(GAME)
        await eventually(world.settled)
    restored_from_a_backup = {at: row for at, row in world.archive.rows.items() if at[1] <= 1}
    written = dict(world.archive.rows)
    world.archive.rows, world.archive.restored = restored_from_a_backup, True
    await play_and_tell(world.games, 4, key="k4")
    world.sync.nudge(GAME)

    await eventually(world.settled)
    assert world.counted("REFILLED") == 1
    assert {at: row for at, row in world.archive.rows.items() if at[1] <= 3} == written
    assert (GAME, 4) in world.archive.rows
    game = await world.reads.game(GAME)
    assert (game.halted, game.number, game.persisted) == ("", 4, 4)


async def test_a_game_whose_lost_rows_are_nowhere_goes_back_to_what_is_stored(world: World):
    await world.dirty(GAME)
    world.sync.nudge(GAME)
    await eventually(world.settled)
    for number in (1, 2, 3):
        await play_and_tell(world.games, number, key=f"k{number}")
        world.sync.nudge(GAME)
        await eventually(world.settled)
    world.archive.rows = {at: row for at, row in world.archive.rows.items() if at[1] == 0}
    await world.redis.delete(keys.stream(GAME, 2))
    world.archive.restored = True
    await play_and_tell(world.games, 4, key="k4")
    world.sync.nudge(GAME)

    async def set_back() -> bool:
        return world.counted("SET_BACK") == 1

    await eventually(set_back)
    game = await world.reads.game(GAME)
    assert (game.halted, game.epoch, game.number, game.persisted) == ("", 1, 0, 0)
    assert await play(world.games, 1, key="anew")


async def test_a_game_that_an_older_backup_has_nothing_of_is_dropped(world: World):
    await restored(world)
    await play_and_tell(world.games, 1)
    world.archive.restored = True
    world.archive.unknown.add(GAME)
    world.sync.nudge(GAME)

    async def set_back() -> bool:
        return world.counted("SET_BACK") == 1

    await eventually(set_back)
    assert await world.reads.game(GAME) is None
    assert (await world.reads.counts()).dirty == 0


@pytest.mark.parametrize("outcome", ["DIVERGED", "GAP", "POISON"])
async def test_a_game_that_can_not_be_written_is_stopped_for_all_processes_and_counted(world: World, outcome: str):
    await world.dirty(GAME)
    world.archive.outcomes[GAME] = outcome
    world.sync.nudge(GAME)

    await eventually(world.settled)
    assert (await world.reads.game(GAME)).halted == outcome
    assert world.counted(outcome) == 1
    world.sync.nudge(GAME)
    await world.dirty("another")
    world.sync.nudge("another")
    await eventually(world.settled)
    assert world.archive.sent == [[GAME], ["another"]], "it is not sent again"


async def test_a_game_that_was_erased_is_forgotten_with_all_its_keys(world: World):
    await world.dirty(GAME)
    await play_and_tell(world.games, 1)
    await play(world.games, 2, key="another")
    world.archive.outcomes[GAME] = "ERASED"
    world.sync.nudge(GAME)

    await eventually(world.settled)
    assert await world.reads.game(GAME) is None
    assert await world.redis.keys("*:[gpketu]:*") == []
    assert world.counted("ERASED") == 1


async def test_a_stale_game_takes_the_epoch_it_was_given_and_is_written(world: World):
    await restored(world)
    await play_and_tell(world.games, 1)
    world.archive.outcomes[GAME] = "STALE"
    world.sync.nudge(GAME)

    async def reloaded() -> bool:
        return (await world.reads.game(GAME)).epoch == 1

    await eventually(reloaded)
    world.sync.nudge(GAME)
    await eventually(world.settled)
    assert (await world.reads.game(GAME)).number == 1
    assert (GAME, 1) in world.archive.rows


async def test_a_game_that_has_gone_on_while_it_was_sent_is_sent_again_and_not_loaded(world: World):
    await restored(world)
    await play_and_tell(world.games, 1)
    world.archive.outcomes[GAME] = "STALE"
    world.archive.gate.clear()
    world.sync.nudge(GAME)
    await eventually(lambda: sent(world, 1))
    await play_and_tell(world.games, 2, key="k2")
    world.archive.gate.set()
    await eventually(lambda: sent(world, 2))

    assert world.archive.sent[:2] == [[GAME], [GAME]], "at once"
    world.archive.outcomes.pop(GAME, None)
    world.sync.nudge(GAME)
    await eventually(world.settled)
    assert (GAME, 2) in world.archive.rows


async def test_at_most_twenty_games_are_loaded_at_once(world: World):
    loading = Loading(world.keeping, world.reads, world.archive)  # type: ignore[arg-type]  # it plays the archive
    world.archive.gate.clear()
    loads = [asyncio.create_task(loading.load(f"game {number}", OWNER)) for number in range(100)]

    async def full() -> bool:
        return world.archive.loading == LOADS_AT_ONCE

    await eventually(full)
    world.archive.gate.set()
    await asyncio.gather(*loads)
    assert (world.archive.loaded, world.archive.most_loading) == (100, LOADS_AT_ONCE)
    assert [await world.redis.zcard(keys.dirty(shard)) for shard in range(keys.SHARDS)] == [0] * keys.SHARDS
