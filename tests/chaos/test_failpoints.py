"""Processes die at the points where it hurts the most."""

import random

import pytest

from tests.chaos.faults import GAME_POINTS, PERSISTENCE_POINTS
from tests.chaos.scene import Scene
from tests.chaos.scripted import at_every_failpoint

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]


async def test_no_promise_breaks_where_processes_die_at_failpoints(calm: Scene, seed: int, failpoints: int):
    # An action is pending for so short a time that it takes many deaths until one is taken over: `make chaos ARGS=failpoints` has them too.
    soon = [point for point in (*GAME_POINTS, *PERSISTENCE_POINTS) if "take_over_action" not in point]
    points = random.Random(seed).sample(soon, failpoints)

    report = await at_every_failpoint(calm, points, clients=8, seed=seed)

    assert not report.violations, report.as_text()
    assert set(points) <= report.failpoints.keys(), report.as_text()
