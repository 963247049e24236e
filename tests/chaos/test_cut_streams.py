"""Streams that break at any byte and are resumed elsewhere."""

import pytest

from tests.chaos.scene import Scene
from tests.chaos.scripted import cut_streams

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]


async def test_a_stream_cut_at_any_byte_and_resumed_anywhere_has_the_same_text(calm: Scene, seed: int):
    report = await cut_streams(calm, cuts=60, clients=6, seed=seed)

    assert not report.violations, report.as_text()
    assert report.counts["streams cut by their readers"] >= 60
    assert report.counts["resumed streams"] >= 45, report.as_text()
