import pytest

from services.game.packs.lines import refusal
from services.game.rules.begin import begin, start
from services.game.rules.codec import decode, encode, state_hash
from services.game.rules.commands import Command, Refused
from services.game.rules.decide import decide, dice_of
from services.game.rules.evolve import replay
from services.game.rules.state import State
from tests.support.playthroughs import tutorial

PACK, TRIALS = tutorial()


def after(commands: tuple[Command, ...]) -> State:
    state, _ = begin(PACK, TRIALS.seed)
    for command in commands:
        state = replay(PACK, state, decide(PACK, state, command, dice_of(state)))
    return state


@pytest.mark.parametrize("ending", PACK.endings)
def test_every_ending_has_a_witness_that_ends_there_and_no_sooner(ending: str):
    commands = TRIALS.witnesses[ending]
    assert after(commands[:-1]).ending is None
    assert after(commands).ending == ending


@pytest.mark.parametrize("ending", PACK.endings)
def test_a_witness_replays_by_its_events_alone(ending: str):
    state, events = begin(PACK, TRIALS.seed)
    replayed = replay(PACK, start(PACK, TRIALS.seed), events)
    for command in TRIALS.witnesses[ending]:
        events = decide(PACK, state, command, dice_of(state))
        state = replay(PACK, state, events)
        replayed = replay(PACK, decode(encode(replayed)), events)
        assert state_hash(replayed) == state_hash(state)


@pytest.mark.parametrize("trial", TRIALS.refusals, ids=lambda trial: f"{trial.command.verb}-{trial.command.object}-{trial.key}")
def test_what_must_fail_fails_in_the_words_of_the_pack(trial):
    state = after(trial.after)
    with pytest.raises(Refused) as refused:
        decide(PACK, state, trial.command, dice_of(state))
    assert refused.value.key == trial.key
    assert all(refusal(PACK, refused.value, locale) for locale in PACK.texts)


def test_the_second_phase_is_reached_in_the_middle_of_the_game_and_names_an_adapter():
    commands = TRIALS.witnesses["together"]
    phases = [after(commands[:length]).people["yunseul"].phase for length in range(len(commands) + 1)]
    first = phases.index("frank")
    assert 3 < first < len(commands) - 3
    assert set(phases[first:]) == {"frank"}
    phase = PACK.people["yunseul"].phase("frank")
    assert phase is not None
    assert phase.adapter == "yunseul-frank"


def test_the_tutorial_is_as_big_as_it_says():
    flat = [place for place in PACK.places if place != "landing"]
    assert len(flat) == 5
    assert len(PACK.endings) == 3
    assert 12 <= len(TRIALS.witnesses["together"]) <= 18
