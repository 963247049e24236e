import itertools

import pytest

from services.game.rules.admissible import admissible
from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.decide import decide, dice_of
from services.game.rules.dice import Dice
from services.game.rules.evolve import replay
from services.game.rules.state import State
from tests.support.small_pack import small_pack

PACK = small_pack()


def states(seed: int, turns: int) -> list[State]:
    """The states of a walk at random, by dice."""
    dice = Dice(bytes([seed]), 0)
    state, _ = begin(PACK, bytes([seed]))
    walked = [state]
    for turn in range(turns):
        choices = admissible(PACK, state)
        chosen = choices[dice.roll(len(choices), f"choice {turn}") - 1]
        state = replay(PACK, state, decide(PACK, state, chosen, dice_of(state)))
        walked.append(state)
    return walked


def is_accepted(state: State, command: Command) -> bool:
    try:
        decide(PACK, state, command, dice_of(state))
    except Refused:
        return False
    return True


@pytest.mark.parametrize("seed", range(1, 5))
def test_all_that_is_admissible_is_accepted_and_all_that_is_accepted_is_admissible(seed: int):
    ids = [None, *PACK.kinds]
    for state in states(seed, 8)[::4]:
        listed = set(admissible(PACK, state))
        for verb, named, target in itertools.product(Verb, ids, ids):
            command = Command(verb=verb, object=named, target=target)
            if needs_no_more(command) and is_accepted(state, command):
                assert command in listed
        assert all(is_accepted(state, command) for command in listed)


def needs_no_more(command: Command) -> bool:
    """Leave out what means the same as another command: names a verb doesn't ask for, and keys spelt out."""
    asks_object = command.verb not in FREE_VERBS and command.verb not in (Verb.WAIT, Verb.SLEEP)
    asks_target = command.verb in (Verb.GIVE, Verb.SHOW, Verb.USE, Verb.COMBINE)
    same_place = command.verb is Verb.SEARCH and command.object in PACK.places
    reverse = command.verb is Verb.COMBINE and command.object == "stick"
    return (command.object is None or asks_object) and (command.target is None or asks_target) and not same_place and not reverse


def test_a_code_is_offered_only_once_it_is_known():
    state, _ = begin(PACK, b"seed")
    unlock = Command(verb=Verb.UNLOCK, object="chest")
    assert unlock not in admissible(PACK, state)
    state = replay(PACK, state, decide(PACK, state, Command(verb=Verb.READ, object="book"), dice_of(state)))
    assert unlock in admissible(PACK, state)


def test_when_the_game_is_over_only_free_verbs_are_left():
    state = next(state for seed in range(1, 50) for state in states(seed, 30) if state.ending is not None)
    assert {command.verb for command in admissible(PACK, state)} == FREE_VERBS
