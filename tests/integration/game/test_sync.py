"""The sync between a real Redis and a PostgreSQL that is played: what it sends when, and what it makes of the answers."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.redis_games import Finished
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.adapters.redis_reads import RedisReads
from services.game.loading import LOADS_AT_ONCE, Loading
from services.game.shown import told_events
from services.game.sync import BATCH_GAMES
from tests.integration.game.live_games import GAME, OWNER, a_row, finish, play, play_and_tell
from tests.integration.game.synced import World, restored, running_sync, sent
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio
PATIENCE = timedelta(milliseconds=250)


@pytest.fixture
async def world(redis_url: str) -> AsyncIterator[World]:
    async with running_sync(redis_url) as world:
        yield world


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


async def test_both_revisions_are_written_and_only_then_a_turn_is_replicated(world: World):
    await restored(world)
    job = await play(world.games, 1)
    world.sync.nudge(GAME)
    await eventually(world.settled)
    assert world.archive.rows[GAME, 1].telling is None
    assert not await world.sync.told_in_database(a_row(), 3, patience=timedelta(milliseconds=20))

    assert await finish(world.games, job.fence) == 3
    world.sync.nudge(GAME)

    assert await world.sync.told_in_database(a_row(), 3, patience=timedelta(seconds=10))
    assert world.archive.rows[GAME, 1].telling == {"text": "x"}


async def told(world: World, number: int, key: str) -> None:
    """A turn that is told by whoever tells the sync."""
    job = await play(world.games, number, key=key)
    row = a_row(number, key=key).told({"text": "x"})
    done = await world.games.finish(row, fence=job.fence, events=told_events(row))
    assert isinstance(done, Finished), done
    world.sync.told(row, done.backlog)


async def test_what_is_told_here_is_written_as_it_stands_and_what_came_before_with_it(world: World, monkeypatch: pytest.MonkeyPatch):
    await restored(world)
    await play_and_tell(world.games, 1)
    monkeypatch.delattr(RedisReads, "backlog")
    await told(world, 2, "k2")

    await eventually(world.settled)
    assert world.archive.sent == [[GAME]]
    assert [world.archive.rows[GAME, number].telling for number in (1, 2)] == [{"text": "x"}] * 2


async def test_who_waits_is_let_go_before_redis_knows_and_who_comes_then_as_soon_as_it_does(world: World, monkeypatch: pytest.MonkeyPatch):
    await restored(world)
    known, ack = asyncio.Event(), RedisKeeping.ack

    async def slow(*said) -> None:
        await known.wait()
        await ack(*said)

    monkeypatch.setattr(RedisKeeping, "ack", slow)
    await told(world, 1, "k1")
    row = a_row(1, key="k1")
    async with asyncio.timeout(5):
        assert await world.sync.told_in_database(row, 3, patience=timedelta(seconds=60))
        late = asyncio.create_task(world.sync.told_in_database(row, 3, patience=timedelta(seconds=60)))
        await asyncio.sleep(0.05)
        assert not late.done()
        known.set()
        assert await late


async def test_what_is_told_while_postgresql_is_away_is_read_when_it_is_back(world: World):
    await restored(world)
    world.archive.failure = errors.Unavailable("DATABASE_UNAVAILABLE", "away")
    await told(world, 1, "k1")
    await eventually(lambda: sent(world, 1))
    await told(world, 2, "k2")
    await play(world.games, 3, key="k3")
    world.archive.failure = None

    await eventually(world.settled)
    assert world.archive.rows[GAME, 3].telling is None, "it came after what was told, and is read with it"


async def test_what_came_to_a_game_before_it_was_said_that_a_turn_was_told_is_written_too(world: World):
    await restored(world)
    world.archive.gate.clear()
    await world.dirty("another")
    world.sync.nudge("another")
    await eventually(lambda: sent(world, 1))
    job = await play(world.games, 1, key="k1")
    row = a_row(1, key="k1").told({"text": "x"})
    done = await world.games.finish(row, fence=job.fence, events=told_events(row))
    await play(world.games, 2, key="k2")
    world.sync.nudge(GAME)
    world.sync.told(row, done.backlog)
    world.archive.gate.set()

    await eventually(lambda: sent(world, 2))
    await eventually(world.settled)
    assert (world.archive.sent, world.archive.rows[GAME, 2].telling) == ([["another"], [GAME]], None)


async def test_of_a_game_with_many_rows_to_write_a_telling_does_not_bring_them_all(world: World):
    await restored(world)
    world.archive.failure = errors.Unavailable("DATABASE_UNAVAILABLE", "away")
    for number in range(1, 9):
        await play_and_tell(world.games, number, key=f"k{number}")
    job = await play(world.games, 9, key="k9")
    row = a_row(9, key="k9").told({"text": "x"})

    assert await world.games.finish(row, fence=job.fence, events=told_events(row)) == Finished(k=3, backlog=None)


async def test_who_waits_for_a_turn_that_another_process_wrote_is_let_go_at_once(world: World):
    await restored(world)
    world.archive.gate.clear()
    await told(world, 1, "k1")
    row = a_row(1, key="k1")
    waiting = asyncio.create_task(world.sync.told_in_database(row, 3, patience=timedelta(seconds=60)))
    await eventually(lambda: sent(world, 1))
    await play_and_tell(world.games, 2, key="k2")
    await world.keeping.ack(GAME, 0, {1: 2, 2: 2})
    world.archive.outcomes[GAME] = "STALE"
    world.archive.gate.set()

    async with asyncio.timeout(5):
        assert await waiting


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
