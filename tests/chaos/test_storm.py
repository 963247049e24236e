"""Everything breaks while clients play, and no promise does."""

import pytest

from tests.chaos.scene import Scene
from tests.chaos.storm import Plan, storm
from tests.support.servers import PROJECT

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(900)]
CLIENTS = 16


async def test_no_promise_breaks_in_a_storm(calm: Scene, minutes: float, seed: int):
    report = await storm(calm, Plan(seconds=60 * minutes, clients=CLIENTS, seed=seed))

    report.write(PROJECT / "build" / "chaos", "test-storm")
    assert not report.violations, report.as_text()
    assert report.kills >= 10 * minutes, report.as_text()
    assert report.acknowledged >= 30 * minutes, report.as_text()
    assert report.samples["PostgreSQL"] >= 20 * minutes, report.as_text()
    assert report.samples["Redis"] >= 20 * minutes, report.as_text()
    # The same turn may be acknowledged more than once, to who asks again.
    assert report.samples["rows replayed"] >= 30 * minutes, report.as_text()
    assert report.counts["asked by strangers"] >= 20 * minutes, report.as_text()
