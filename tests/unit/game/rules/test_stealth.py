import pytest

from services.game.rules.commands import Refused
from tests.support.manor_pack import manor_pack
from tests.support.turns import played

PACK = manor_pack()


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        (("hide",), "hall"),
        (("hide wardrobe",), "wardrobe"),
        (("hide", "hide wardrobe"), "wardrobe"),
        (("hide wardrobe", "wait"), "wardrobe"),
        (("hide wardrobe", "listen"), "wardrobe"),
        (("hide wardrobe", "examine vase"), "wardrobe"),
        (("hide wardrobe", "take vase"), ""),
        (("hide wardrobe", "move study"), ""),
        (("hide wardrobe", "sleep"), "wardrobe"),
    ],
)
def test_one_stays_hidden_until_one_does_what_shows(words: tuple[str, ...], hidden: str):
    assert played(PACK, *words)[0].player.hidden == hidden


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("hide vase",), "refusal.no_hiding"),
        (("move study", "hide"), "refusal.no_hiding"),
        (("move study", "hide wardrobe"), "refusal.not_here"),
        (("hide", "hide"), "refusal.hidden_already"),
        (("listen cellar", "listen attic"), "refusal.no_listening"),
        (("follow maid",), "refusal.not_here"),
        (("move garden", "follow maid"), "refusal.stays"),
    ],
)
def test_nobody_hides_listens_or_follows_where_it_makes_no_sense(words: tuple[str, ...], key: str):
    with pytest.raises(Refused) as refused:
        played(PACK, *words)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("words", "noticed"),
    [
        (("wait",), 0),  # silent
        (("use bell",), 0),  # as loud as the room, and the butler is next door
        (("take vase",), 1),  # the pack says that taking is loud
        (("use gong",), 1),  # everywhere
        (("move study",), 1),  # the stairs creak
        (("wait", "wait", "use bell"), 1),  # by then he is here
        (("wait", "hide", "use bell"), 1),  # who comes out of hiding is heard
        (("move garden", "use wine"), 0),
    ],
)
def test_who_is_within_earshot_notices(words: tuple[str, ...], noticed: int):
    assert played(PACK, *words)[0].people["butler"].noticed == noticed


def test_a_rule_can_wait_for_what_somebody_hears():
    state, _ = played(PACK, "use gong")
    assert state.player.statistics["suspicion"] == 1


def test_following_leads_where_they_go():
    state, events = played(PACK, "wait", "wait", "follow butler")
    assert state.player.place == state.people["butler"].place == "garden"
    assert [event.subject for event in events if event.kind == "moved"] == ["butler", None]
    assert played(PACK, "move study", "follow butler")[0].player.place == "hall"


def test_following_who_stays_passes_the_time():
    state, _ = played(PACK, "wait", "wait", "follow butler", "follow butler")
    assert state.player.place == "garden"
