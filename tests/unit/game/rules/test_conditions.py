import pytest

from services.game.rules.state import ConditionState
from tests.support.manor_pack import manor_pack
from tests.support.turns import played

PACK = manor_pack()


@pytest.mark.parametrize(
    ("words", "condition", "expected"),
    [
        (("use wine",), "tipsy", ConditionState(until=4, strength=1)),
        (("use wine", "use wine"), "tipsy", ConditionState(until=5, strength=2)),
        (("use wine", "use wine", "use wine"), "tipsy", ConditionState(until=6, strength=2)),
        (("use tea",), "calm", ConditionState(until=3, strength=1)),
        (("use tea", "use tea"), "calm", ConditionState(until=5, strength=1)),
        (("use ice", "use ice"), "cold", ConditionState(until=3, strength=1)),
    ],
)
def test_conditions_stack_as_the_pack_says(words: tuple[str, ...], condition: str, expected: ConditionState):
    assert played(PACK, *words)[0].conditions[f"player:{condition}"] == expected


def test_a_condition_does_its_work_each_turn_after_the_one_it_began_in():
    suspicions = [played(PACK, *("use wine",) * 2, *("wait",) * turns)[0].player.statistics["suspicion"] for turns in range(2)]
    first = played(PACK, "use wine")[0].player.statistics["suspicion"]
    assert [first, *suspicions] == [0, 2, 4], "as strong as it is by then"


def test_a_scheduled_rule_comes_when_it_is_due_and_not_when_it_was_cancelled():
    assert not played(PACK, "examine wardrobe", "wait", "wait")[0].flags["warned"]
    assert played(PACK, "examine wardrobe", "wait", "wait", "wait")[0].flags["warned"]
    assert played(PACK, "examine wardrobe", "wait", "wait", "wait")[0].due == {}
    assert not played(PACK, "examine wardrobe", "examine bell", "wait", "wait", "wait")[0].flags["warned"]


def test_what_falls_due_by_night_comes_in_the_morning():
    state, _ = played(PACK, *("wait",) * 4, "examine wardrobe", "sleep")
    assert not state.flags["warned"]
    state, _ = played(PACK, *("wait",) * 4, "examine wardrobe", "sleep", "wait", "wait")
    assert state.flags["warned"]
