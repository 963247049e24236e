import pytest

from services.game.rules.admissible import admissible
from services.game.rules.commands import FREE_VERBS, Refused, Verb
from services.game.rules.decide import check
from services.game.rules.state import DayPhase
from tests.support.manor_pack import manor_pack
from tests.support.turns import command, kinds, lines, played

PACK = manor_pack()
DAY = ("wait",) * 5
NOISY_DAY = (*("wait",) * 2, "use gong", "move garden", "wait")


def test_the_last_slot_of_a_day_brings_the_night():
    state, events = played(PACK, *DAY)
    assert (state.clock.day, state.clock.slot, state.clock.phase) == (1, 5, DayPhase.NIGHT)
    assert kinds(events)[:2] == ["waited", "night_fell"]
    assert state.people["butler"].place == "study", "the night has a stay of its own"


def test_by_night_one_can_but_hide_listen_wait_and_sleep():
    state, _ = played(PACK, *DAY)
    verbs = {each.verb for each in admissible(PACK, state)} - FREE_VERBS
    assert verbs == {Verb.HIDE, Verb.LISTEN, Verb.WAIT, Verb.SLEEP}
    with pytest.raises(Refused) as refused:
        check(PACK, state, command("move study"))
    assert refused.value.key == "refusal.night"


def test_the_night_is_one_turn_and_then_it_is_morning():
    state, events = played(PACK, *DAY, "wait")
    assert (state.clock.day, state.clock.slot, state.clock.phase) == (2, 1, DayPhase.DAY)
    assert "day_began" in kinds(events)
    assert state.meta.turn == 6


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ((*DAY, "wait"), ["wind"]),  # the butler had noticed nothing: he dozes, in the study
        ((*DAY, "sleep"), []),
        ((*DAY, "listen"), ["snore", "wind", "mutter"]),
        ((*DAY, "listen study"), ["snore", "wind", "mutter"]),
        ((*DAY, "listen garden"), ["wind"]),
        ((*NOISY_DAY, "wait"), ["wind"]),  # he searches the hall, and the player is in the garden
        ((*NOISY_DAY, "listen hall"), ["steps", "wind"]),
    ],
)
def test_what_is_heard_of_a_night_depends_on_where_one_listens(words: tuple[str, ...], heard: list[str]):
    told = lines(played(PACK, *words)[1])
    assert [line for line in told if line in ("steps", "snore", "wind", "mutter")] == heard


def test_people_do_one_thing_a_night_the_weightiest_first():
    state, events = played(PACK, *NOISY_DAY, "sleep")
    assert state.flags["searched"]
    assert [event.text for event in events if event.text in ("line.steps", "line.snore")] == ["line.steps"]
    assert not played(PACK, *DAY, "sleep")[0].flags["searched"]


def test_what_happens_out_of_earshot_happens_all_the_same():
    state, events = played(PACK, *NOISY_DAY, "sleep")
    assert state.flags["searched"]
    assert all(event.hidden for event in events if event.text == "line.steps" or (event.subject == "butler" and event.place == "hall"))


def test_sleeping_by_day_passes_the_night_asleep():
    state, events = played(PACK, "sleep")
    assert (state.clock.day, state.clock.slot, state.clock.phase) == (2, 1, DayPhase.DAY)
    assert kinds(events)[:2] == ["slept", "night_fell"]
    assert "mutter" not in lines(events)


def test_morning_forgets_what_was_noticed():
    assert played(PACK, "use gong")[0].people["butler"].noticed == 1
    assert played(PACK, "use gong", "sleep")[0].people["butler"].noticed == 0


def test_the_last_night_is_played_and_then_time_has_run_out():
    state, _ = played(PACK, "sleep", *DAY)
    assert (state.clock.phase, state.ending) == (DayPhase.NIGHT, None)
    assert played(PACK, "sleep", *DAY, "wait")[0].ending == "over"


def test_what_is_overheard_once_is_not_overheard_again():
    state, events = played(PACK, "listen study")
    assert "mutter" in lines(events)
    assert "quarrel" in state.clues
    assert "mutter" not in lines(played(PACK, "listen study", "listen study")[1])
