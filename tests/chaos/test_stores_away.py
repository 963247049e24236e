"""Redis is wiped, PostgreSQL is away, or both."""

import statistics

import pytest

from tests.chaos.scene import Scene
from tests.chaos.scripted import postgres_away, wiped_with_postgres_up

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]


async def test_nothing_is_lost_when_redis_is_wiped_and_every_game_goes_on(calm: Scene, seed: int):
    report = await wiped_with_postgres_up(calm, games=12, turns=2, times=2, seed=seed)

    assert not report.violations, report.as_text()
    assert (report.acknowledged, report.forgiven) == (12 * (2 * 2 + 1) + 12, 0), report.as_text()
    assert report.counts["answered STALE_TURN"] == 0, "each client found its game where it had left it"


async def test_play_goes_on_without_postgresql_and_only_local_turns_go_with_a_wiped_redis(calm: Scene, seed: int):
    away = await postgres_away(calm, games=4, turns=8, seed=seed)

    assert not away.report.violations, away.report.as_text()
    assert {told.replicated for told in away.local} == {False}
    assert (len(away.local), away.report.forgiven) == (4 * 3, 4 * 3), "those, and nothing else"
    assert statistics.median(away.during) < statistics.median(away.before) + 0.2, "nobody waits the 250 ms that a write may take"
