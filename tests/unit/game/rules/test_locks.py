import pytest

from services.game.rules.commands import Refused
from tests.support.manor_pack import manor_pack
from tests.support.turns import kinds, lines, played

PACK = manor_pack()


@pytest.mark.parametrize(
    ("words", "locked", "progress", "failures"),
    [
        (("use bell", "use gong"), True, 2, 0),
        (("use bell", "use gong", "use bell"), False, 0, 0),
        (("use gong",), True, 0, 0),  # a wrong beginning is none
        (("use bell", "use bell"), True, 1, 1),  # a wrong step, and the first of a new try
        (("use bell", "use gong", "use gong"), True, 0, 1),
        (("use bell", "use bell", "use bell", "use gong"), True, 0, 2),  # two tries were all there were
    ],
)
def test_a_sequence_is_a_lock(words: tuple[str, ...], locked: bool, progress: int, failures: int):
    lock = played(PACK, *words)[0].locks["safe_lock"]
    assert (lock.locked, lock.progress, lock.failures) == (locked, progress, failures)


def test_the_last_step_of_a_sequence_tells_what_it_did():
    _, events = played(PACK, "use bell", "use gong", "use bell")
    assert kinds(events)[:3] == ["used", "unlocked", "happened"]
    assert "click" in lines(events)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("unlock safe",), "refusal.needs_sequence"),
        (("unlock crate",), "refusal.timed"),
        (("take crank", "unlock cabinet"), "refusal.needs_items"),
        (("unlock clockcase",), "refusal.needs_trust"),
        (("wait", "wait", "unlock clockcase"), "refusal.needs_trust"),
        (("open crate",), "refusal.locked"),
        (("wait", "open crate", "wait", "open crate"), "refusal.locked"),
    ],
)
def test_a_lock_says_what_it_wants(words: tuple[str, ...], key: str):
    with pytest.raises(Refused) as refused:
        played(PACK, *words)
    assert refused.value.key == key


def test_a_timed_lock_opens_and_closes_by_the_clock():
    assert [played(PACK, *("wait",) * slots)[0].locks["crate_lock"].locked for slots in range(4)] == [True, False, False, True]
    state, events = played(PACK, "wait", "open crate", "wait")
    assert "crate" not in state.opened, "what locks also closes"
    assert "locked" in kinds(events)
    assert not played(PACK, "sleep", *("wait",) * 4)[0].locks["crate_lock"].locked, "this day has an hour of its own"


def test_items_brought_together_open_and_are_spent():
    state, events = played(PACK, "wait", "open crate", "take gear", "take crank", "unlock cabinet")
    assert not state.locks["cabinet_lock"].locked
    assert (state.items["gear"].where, state.items["crank"].where) == ("gone", "gone")
    assert kinds(events)[:3] == ["unlocked", "consumed", "consumed"]


def test_trust_opens_while_they_are_there():
    trusted = ("examine vase", "move study", "persuade butler/cellar", "move hall")
    assert played(PACK, *trusted)[0].people["butler"].place == "garden", "gone before the player is back"
    with pytest.raises(Refused):
        played(PACK, *trusted, "unlock clockcase")
    state, _ = played(PACK, *trusted, "sleep", "wait", "wait", "unlock clockcase")
    assert not state.locks["clockcase_lock"].locked
