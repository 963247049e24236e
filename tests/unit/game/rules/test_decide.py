from contextlib import suppress

import pytest

from services.game.rules.begin import begin, start
from services.game.rules.commands import Command, Refused, Verb
from services.game.rules.decide import decide, dice_of, is_free
from services.game.rules.events import Event, EventKind
from services.game.rules.evolve import Undeclared, evolve, replay
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, ConditionState, DayPhase, State
from tests.support.small_pack import small_pack
from tests.support.turns import command, kinds, played

PACK = small_pack()


def play(*words: str, pack: Pack = PACK, seed: bytes = b"seed") -> tuple[State, tuple[Event, ...]]:
    """The state after the commands, and the events of the last."""
    return played(pack, *words, seed=seed)


TO_YARD = ("search rug", "take key", "unlock gate", "move yard")


@pytest.mark.parametrize(
    ("before", "words", "expected"),
    [
        ((), "search", ["searched", "time_passed"]),
        ((), "search rug", ["searched", "found", "time_passed"]),
        ((), "examine rug", ["examined"]),
        ((), "take book", ["taken", "time_passed"]),
        ((), "drop stick", ["dropped", "time_passed"]),
        ((), "read book", ["read", "learnt", "time_passed"]),
        ((), "combine wire stick", ["combined", "consumed", "consumed", "taken", "time_passed"]),
        ((), "combine stick wire", ["combined", "consumed", "consumed", "taken", "time_passed"]),
        ((), "use ladder", ["used", "state_changed", "time_passed"]),
        ((), "use bell", ["used", "statistic_changed", "happened"]),
        ((), "use potion", ["used", "consumed", "condition_started", "time_passed"]),
        ((), "unlock chest #30", ["unlock_failed", "time_passed"]),
        ((), "unlock chest #3 1", ["unlocked", "happened", "time_passed"]),
        (("read book",), "unlock chest", ["unlocked", "happened", "time_passed", "moved"]),
        (("unlock chest #31",), "open chest", ["opened", "time_passed", "moved"]),
        (("unlock chest #31", "open chest"), "close chest", ["closed", "time_passed"]),
        (TO_YARD[:2], "unlock gate", ["unlocked", "time_passed"]),
        (TO_YARD[:3], "move yard", ["opened", "moved", "day_began", "moved"]),
        ((), "wait", ["waited", "time_passed"]),
        (("wait", "wait"), "sleep", ["slept", "day_began", "moved"]),
    ],
)
def test_a_command_comes_to_these_visible_events(before: tuple[str, ...], words: str, expected: list[str]):
    assert kinds(play(*before, words)[1]) == expected


@pytest.mark.parametrize(
    ("before", "words", "key"),
    [
        ((), "take", "refusal.what"),
        ((), "take moon", "refusal.not_here"),
        ((), "take key", "refusal.not_here"),
        ((), "take coin", "refusal.not_here"),
        ((), "take rug", "refusal.not_portable"),
        ((), "take wire", "refusal.carried"),
        ((), "drop book", "refusal.not_carried"),
        ((), "read rug", "refusal.not_readable"),
        ((), "search book", "refusal.no_search"),
        ((), "search chest", "refusal.closed"),
        (("search rug",), "search rug", "refusal.searched"),
        ((), "search gate", "refusal.no_item"),
        ((), "move attic", "refusal.no_way"),
        ((), "move cell", "refusal.there_already"),
        ((), "move yard", "door.gate.refuse.locked"),
        ((), "open gate", "door.gate.refuse.locked"),
        ((), "open rug", "refusal.not_openable"),
        ((), "close chest", "refusal.closed_already"),
        (("unlock chest #31", "open chest"), "open chest", "refusal.open_already"),
        ((), "unlock rug", "refusal.no_lock"),
        ((), "unlock gate", "refusal.needs_key"),
        ((), "unlock gate wire", "refusal.wrong_key"),
        ((), "unlock gate book", "refusal.no_such_key"),
        ((), "unlock chest", "refusal.needs_code"),
        ((), "unlock chest #" + "1" * 33, "refusal.no_code"),
        (("unlock chest #31",), "unlock chest #31", "refusal.not_locked"),
        (("unlock chest #1", "unlock chest #2"), "unlock chest #31", "refusal.jammed"),
        ((), "use book", "refusal.not_carried"),
        ((), "use stick rug", "refusal.no_use"),
        (("use ladder",), "use ladder", "refusal.no_use"),
        ((), "combine wire die", "refusal.no_combination"),
        ((), "talk guard", "refusal.not_here"),
        ((), "give wire guard", "refusal.not_here"),
        (("use potion",), "move yard", "refusal.blocked"),
        ((), "sleep", "refusal.no_sleep"),
        ((), "persuade guard", "refusal.not_here"),
        ((), "hide", "refusal.no_hiding"),
        ((), "hide chest", "refusal.no_hiding"),
        ((), "listen", "refusal.no_listening"),
        ((), "follow guard", "refusal.not_here"),
    ],
)
def test_what_is_impossible_is_refused_with_a_text_of_the_pack(before: tuple[str, ...], words: str, key: str):
    with pytest.raises(Refused) as refused:
        play(*before, words)
    assert refused.value.key == key
    assert PACK.has_text(key)


def test_what_the_player_does_not_perceive_is_not_named_in_the_refusal():
    with pytest.raises(Refused) as refused:
        play("take coin")
    assert refused.value.params == {}


@pytest.mark.parametrize("verb", ["look", "inventory", "status", "map", "notes", "help"])
def test_free_verbs_change_nothing(verb: str):
    state, events = play(verb)
    assert events == ()
    assert is_free(PACK, state, command(verb))


@pytest.mark.parametrize("words", ["examine rug", "read book"])
def test_what_is_looked_at_again_spends_no_turn(words: str):
    state, events = play(words)
    assert kinds(events, hidden=True)[-1] == "turn_taken"
    assert is_free(PACK, state, command(words))


def test_what_has_changed_its_state_is_examined_anew():
    assert kinds(play("examine ladder", "use ladder", "examine ladder")[1]) == ["examined"]


def test_examining_takes_a_turn_but_no_time():
    state, _ = play("examine rug")
    assert (state.meta.turn, state.clock.slot) == (1, 1)


def test_an_exit_costs_what_the_pack_says():
    state, _ = play("use ladder", "move attic", "move cell")
    assert (state.clock.day, state.clock.slot) == (2, 1)


def test_the_evening_begins_with_its_slot():
    assert play("wait")[0].clock.phase is DayPhase.DAY
    assert play("wait", "wait")[0].clock.phase is DayPhase.EVENING


def test_a_rule_that_fires_once_does_not_fire_again():
    state, events = play("use bell")
    assert state.fired == {"echo"}
    assert [event.text for event in events if event.kind is EventKind.HAPPENED] == ["line.who_is_there"]
    assert kinds(play("use bell", "use bell")[1]).count("happened") == 0


def test_a_rule_that_fires_always_fires_each_time():
    assert play("wait", "wait")[0].variables["noise"] == 2


def test_numbers_stay_within_their_bounds():
    state, _ = play("use bell")
    assert state.player.statistics["nerve"] == 60


def test_a_statistic_moves_no_further_in_a_turn_than_its_cap():
    state, _ = play(*TO_YARD, "talk guard/weather")
    assert state.people["guard"].statistics["favour"] == 35


def test_a_phase_is_held_until_its_leaving_condition_holds():
    at_guard = (*TO_YARD, "talk guard/weather")
    assert play(*at_guard)[0].people["guard"].phase == "friendly"
    state, events = play(*at_guard, "talk guard/insult")
    assert state.people["guard"].statistics["favour"] == 15
    assert state.people["guard"].phase == "stern"
    assert [event.hidden for event in events if event.kind is EventKind.PHASE_CHANGED] == [True]


def test_entering_a_phase_is_told_to_those_who_are_there():
    events = play(*TO_YARD, "talk guard/weather")[1]
    assert [(event.text, event.hidden) for event in events if event.kind is EventKind.PHASE_CHANGED] == [
        ("person.guard.phase.friendly.enter", False)
    ]


def test_a_greeting_is_of_the_phase():
    assert play(*TO_YARD, "talk guard")[1][0].text == "person.guard.greeting"
    assert play(*TO_YARD, "talk guard/weather", "talk guard")[1][0].text == "person.guard.phase.friendly.greeting"


def test_what_a_person_says_is_spoken_by_them():
    assert play(*TO_YARD, "talk guard/weather")[1][0].speaker == "guard"


def test_a_topic_that_comes_once_is_gone_afterwards():
    with pytest.raises(Refused, match=r"refusal\.no_topic"):
        play(*TO_YARD, "talk guard/weather", "talk guard/weather")


def test_a_reaction_to_the_very_item_goes_before_one_to_any():
    before = ("unlock chest #31", "open chest", "take coin")
    state, events = play(*before, "give coin guard")
    assert state.items["coin"].where == "guard"
    assert state.people["guard"].knows == {"bribe"}
    assert [event.text for event in events if event.speaker == "guard"] == ["person.guard.reaction.thanks"]
    assert [event.text for event in play(*before, "show coin guard")[1] if event.speaker] == ["person.guard.reaction.hm"]


def test_people_keep_their_schedules_and_are_seen_to_come_and_go():
    state, events = play("wait", "wait")
    assert state.people["guard"].place == "cell"
    assert [(event.place, event.hidden) for event in events if event.subject == "guard"] == [("cell", False)]


def test_a_condition_wears_off_at_the_end_of_its_last_turn():
    assert play("use potion", "wait")[0].conditions == {"player:giddy": ConditionState(until=3, strength=1)}
    state, events = play("use potion", "wait", "wait")
    assert state.conditions == {}
    assert "condition_ended" in kinds(events)


def test_chance_is_the_seeds():
    outcomes = {play("use die", seed=bytes([seed]))[0].variables["noise"] for seed in range(1, 20)}
    assert outcomes == {0, 1}
    assert play("use die")[1] == play("use die")[1]


@pytest.mark.parametrize(
    ("before", "ending"),
    [
        ((*TO_YARD, "talk guard/weather", "talk guard/secret"), "freed"),
        (("use bell", "wait", "take book", "drop book"), "caught"),
        (("wait", "wait", "sleep", "take book", "drop book", "sleep"), "forgotten"),
        (("combine wire stick", "wait", "sleep"), "dreamt"),
    ],
)
def test_an_ending_is_reached(before: tuple[str, ...], ending: str):
    state = begin(PACK, b"seed")[0]
    for words in before:
        if state.ending is None:
            state = replay(PACK, state, decide(PACK, state, command(words), dice_of(state)))
    assert state.ending == ending
    assert state.clock.phase is DayPhase.ENDED


def test_after_the_end_only_free_verbs_are_left():
    state = play("combine wire stick", "wait", "sleep")[0]
    assert decide(PACK, state, command("look"), dice_of(state)) == ()
    with pytest.raises(Refused, match=r"refusal\.ended"):
        decide(PACK, state, command("wait"), dice_of(state))


@pytest.mark.parametrize(
    "event",
    [
        Event(kind=EventKind.FLAG_SET, object="nothing", value=1),
        Event(kind=EventKind.VARIABLE_SET, object="nothing", value=1),
        Event(kind=EventKind.TAKEN, object="nothing"),
        Event(kind=EventKind.ITEM_MOVED, object="coin", place="nowhere_at_all"),
        Event(kind=EventKind.MOVED, place="nothing"),
        Event(kind=EventKind.STATE_CHANGED, object="ladder", value="sideways"),
        Event(kind=EventKind.STATISTIC_CHANGED, subject="guard", object="nerve", value=1),
        Event(kind=EventKind.LEARNT, object="nothing"),
        Event(kind=EventKind.ENDED, object="nothing"),
        Event(kind=EventKind.VARIABLE_SET, object="noise", value="loud"),
    ],
)
def test_writing_what_the_pack_did_not_declare_is_an_error(event: Event):
    with pytest.raises(Undeclared):
        evolve(PACK, start(PACK, b"seed"), event)


def test_a_game_needs_a_seed():
    with pytest.raises(ValueError, match="seed"):
        begin(PACK, b"")


def test_the_opening_is_no_turn_and_replays_from_the_start():
    state, events = begin(PACK, b"seed")
    assert state.meta.turn == 0
    assert replay(PACK, start(PACK, b"seed"), events) == state
    assert [(event.kind, event.place) for event in events] == [(EventKind.BEGAN, "cell")]


def test_every_verb_of_the_contract_is_answered():
    state, _ = begin(PACK, b"seed")
    for verb in Verb:
        with suppress(Refused):
            decide(PACK, state, Command(verb=verb), dice_of(state))


def test_what_is_carried_is_where_the_player_is():
    assert play("take book")[0].items["book"].where == PLAYER
