"""The checker finds bugs: each of these systems has one, and must not pass."""

import pytest

from tests.chaos.scene import Scene
from tests.chaos.scripted import frozen_in_mid_telling, game_killed_after_turns, store_killed_while_postgres_is_away

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]


async def test_it_finds_scripts_without_a_fence(calm: Scene, seed: int):
    await calm.cluster.plant("no fence")

    report = await frozen_in_mid_telling(calm, games=8, times=1, seed=seed, sound=False)

    assert {"I6", "I7"} & report.broken_promises.keys(), report.as_text()


async def test_it_finds_a_sync_that_acknowledges_before_the_insert_commits(calm: Scene, seed: int):
    await calm.cluster.plant("early ack")

    report = await game_killed_after_turns(calm, games=8, times=1, seed=seed, sound=False)

    assert "I1" in report.broken_promises, report.as_text()


async def test_it_finds_a_redis_that_answers_before_a_slow_disk_has_written(calm: Scene, seed: int):
    store = calm.cluster.processes["valkey"]
    store.starts_as(*store.command, "--appendfsync", "everysec")
    await store.restarted()

    report = await store_killed_while_postgres_is_away(calm, games=4, kills=1, fsync_seconds=1.9, seed=seed, sound=False)

    assert "I1" in report.broken_promises, report.as_text()


async def test_and_nothing_where_the_fence_holds(calm: Scene, seed: int):
    report = await frozen_in_mid_telling(calm, games=8, times=1, seed=seed)

    assert not report.violations, report.as_text()
    assert report.counts["resets"] > 0, "somebody took over"


async def test_and_nothing_where_redis_answers_when_a_slow_disk_has_written(calm: Scene, seed: int):
    report = await store_killed_while_postgres_is_away(calm, games=4, kills=2, fsync_seconds=0.1, seed=seed)

    assert not report.violations, report.as_text()
