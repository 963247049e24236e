"""The checker finds bugs: each of these systems has one, and must not pass."""

from functools import partial
from pathlib import Path

import pytest

from tests.chaos.clients import Habits
from tests.chaos.cluster import Shape, as_planted
from tests.chaos.nemesis import Rates
from tests.chaos.scripted import store_killed_while_postgres_is_away
from tests.chaos.storm import Plan, scene, storm

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
STORMS_MOST = 6
HABITS = Habits(cuts=0, doubles=0, rivals=0, think_seconds=(0, 0.2))
FREEZES = Rates(kills=None, wipes=None, others=(0.6, 1.2), other_weights={"freeze game": 1})
KILLS_OF_GAME = Rates(kills=(0.6, 1.2), wipes=None, others=None, kill_weights={"kill game": 1})


async def test_it_finds_scripts_without_a_fence(tmp_path: Path, seed: int):
    shape = Shape(command=partial(as_planted, "no fence"))
    # A worker must be frozen in the very middle of its work: a few storms are sure to meet one.
    for number in range(STORMS_MOST):
        folder = tmp_path / str(number)
        folder.mkdir()
        plan = Plan(seconds=12, clients=12, seed=seed + number, rates=FREEZES, habits=HABITS, shape=shape, settle_seconds=5)
        report = await storm(folder, plan)
        if {"I6", "I7"} & report.broken_promises.keys():
            return
    pytest.fail(report.as_text())


async def test_it_finds_a_sync_that_acknowledges_before_the_insert_commits(tmp_path: Path, seed: int):
    shape = Shape(command=partial(as_planted, "early ack"))
    report = await storm(
        tmp_path, Plan(seconds=10, clients=12, seed=seed, rates=KILLS_OF_GAME, habits=HABITS, shape=shape, settle_seconds=5)
    )

    assert "I1" in report.broken_promises, report.as_text()


async def test_it_finds_a_redis_that_does_not_write_what_it_acknowledges(tmp_path: Path, seed: int):
    async with scene(tmp_path, Shape(store_settings={"appendonly": "no"}), seed) as on:
        report = await store_killed_while_postgres_is_away(on, games=4, kills=1, seed=seed)

    assert "I1" in report.broken_promises, report.as_text()


async def test_and_finds_nothing_where_redis_writes_first(tmp_path: Path, seed: int):
    async with scene(tmp_path, Shape(), seed) as on:
        report = await store_killed_while_postgres_is_away(on, games=4, kills=3, seed=seed)

    assert not report.violations, report.as_text()
