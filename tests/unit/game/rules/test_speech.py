import pytest

from services.game.rules.admissible import admissible
from services.game.rules.commands import Refused, Verb
from services.game.rules.decide import play
from tests.support.manor_pack import manor_pack
from tests.support.turns import command, kinds, lines, played

PACK = manor_pack()
LEARNT = ("examine vase", "listen study", "wait")  # by then the butler has come into the hall


@pytest.mark.parametrize(
    ("words", "said", "trust"),
    [
        (("move study", "persuade butler"), ["shrug"], 10),
        (("move study", "persuade butler/master"), ["shrug"], 10),
        (("examine vase", "move study", "persuade butler/cellar"), ["yields"], 50),
        (("move study", "lie butler/master"), ["unmoved"], 10),
    ],
)
def test_the_reaction_to_the_very_topic_goes_before_that_to_any(words: tuple[str, ...], said: list[str], trust: int):
    state, events = played(PACK, *words)
    assert lines(events) == said
    assert state.people["butler"].statistics["trust"] == trust


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("persuade butler",), "refusal.not_here"),
        (("move study", "persuade butler/cellar"), "refusal.no_topic"),
        (("move garden", "persuade maid"), "refusal.unmoved"),
        (("move study", "accuse butler"), "refusal.no_evidence"),
        (("move study", "accuse butler !draught"), "refusal.no_evidence"),
        (("listen study", "wait", "accuse butler !quarrel"), "refusal.unproved"),
    ],
)
def test_words_that_can_come_to_nothing_are_refused(words: tuple[str, ...], key: str):
    with pytest.raises(Refused) as refused:
        played(PACK, *words)
    assert refused.value.key == key


def test_an_accusation_counts_for_the_most_that_it_proves():
    assert lines(played(PACK, *LEARNT, "accuse butler !draught")[1]) == ["scoffs"]
    state, events = played(PACK, *LEARNT, "accuse butler !draught!quarrel")
    assert lines(events) == ["confesses"]
    assert state.ending == "confession"


def test_only_accusations_that_hold_are_offered():
    state, _ = played(PACK, *LEARNT)
    offered = {each.clues for each in admissible(PACK, state) if each.verb is Verb.ACCUSE}
    assert offered == {("draught",), ("draught", "quarrel")}
    assert command("persuade butler/cellar") in admissible(PACK, state)


@pytest.mark.parametrize(
    ("words", "label", "trust", "suspicion"),
    [
        ("talk butler", None, 10, 2),  # heard on the stairs, and speaking
        ("talk butler", "moved", 25, 1),
        ("talk butler", "insulted", 10, 17),
        ("talk butler/master", "insulted", 10, 17),
        ("persuade butler", "moved", 25, 1),
        ("lie butler/master", "insulted", 10, 17),
        ("talk butler", "amused", 10, 2),  # the pack says nothing of it
        ("examine butler", "moved", 10, 1),  # nothing was said
    ],
)
def test_a_label_does_what_the_pack_says_and_only_to_words(words: str, label: str | None, trust: int, suspicion: int):
    state, events = played(PACK, "move study", words, label=label)
    assert state.people["butler"].statistics["trust"] == trust
    assert state.player.statistics["suspicion"] == suspicion
    assert "judged" not in kinds(events)


def test_a_number_changes_no_more_in_a_day_than_its_cap():
    words = ("move study", "talk butler", "move hall", "move garden", "talk butler")
    state, _ = played(PACK, *words[:2], label="insulted")
    for each in words[2:]:
        state = play(PACK, state, command(each), "insulted").state
    assert state.player.statistics["suspicion"] == 20
    for each in ("sleep", "move hall", "use gong"):
        state = play(PACK, state, command(each)).state
    assert state.player.statistics["suspicion"] == 21
