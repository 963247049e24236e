from pathlib import Path

import pytest

from tests.support.playthroughs import GOLDEN, SCENARIOS, goldens, tried

TOLD = dict(goldens())
LINES_MAX = 1000


@pytest.mark.parametrize("file", TOLD, ids=lambda file: file.stem)
def test_a_witness_plays_as_it_is_written_down(file: Path):
    assert TOLD[file] == file.read_text(encoding="utf-8"), "if the change is meant: make playthroughs"


def test_every_ending_of_every_pack_that_ships_is_written_down_and_nothing_else():
    endings = {f"{pack.scenario_id}.{ending}.txt" for pack, _ in map(tried, SCENARIOS) for ending in pack.endings}
    assert {file.name for file in GOLDEN.iterdir()} == endings


@pytest.mark.parametrize("file", TOLD, ids=lambda file: file.stem)
def test_a_playthrough_can_be_read_in_one_sitting(file: Path):
    assert len(TOLD[file].splitlines()) < LINES_MAX
