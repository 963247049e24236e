"""The guide: from wherever a game has strayed to, its way is a victory when it is played."""

import pytest

from services.game.packs.prover.guide import Guide
from services.game.rules.begin import begin
from services.game.rules.commands import Command, Verb
from services.game.rules.decide import play
from services.game.rules.story import EndingKind
from tests.support.playthroughs import tutorial

PACK, TRIALS = tutorial()
WAIT = Command(verb=Verb.WAIT)
STRAYED = {
    "the beginning": (),
    "two slots wasted": (WAIT, WAIT),
    "half of the way, and one slot wasted": (*TRIALS.witnesses["together"][:7], WAIT),
}


@pytest.fixture(scope="module")
def guide() -> Guide:
    return Guide(PACK)


@pytest.mark.parametrize("strayed", STRAYED)
def test_its_way_wins(guide: Guide, strayed: str):
    state, _ = begin(PACK, TRIALS.seed)
    for command in STRAYED[strayed]:
        state = play(PACK, state, command).state

    way = guide.way(state, seconds=20)

    assert way
    for command in way:
        state = play(PACK, state, command).state
    assert state.ending is not None
    assert PACK.endings[state.ending].kind is EndingKind.VICTORY


def test_where_there_is_no_way_it_says_so(guide: Guide):
    state, _ = begin(PACK, TRIALS.seed)
    for _ in range(PACK.slots_per_day - 1):
        state = play(PACK, state, WAIT).state

    assert guide.way(state, seconds=1) == ()
