"""The states that are kept by the bytes they are stored as."""

from services.game.opening import opened
from services.game.rules import codec
from services.game.rules.decide import play
from services.game.rules.state import State
from services.game.states import States
from services.game.stored import compress
from tests.support.playthroughs import tutorial
from tests.support.walks import command

PACK, _ = tutorial()


def stored(state: State) -> bytes:
    return compress(codec.encode(state))


def test_a_state_that_was_kept_is_given_again_and_equals_what_its_bytes_say():
    before, _ = opened(PACK, "seed")
    after = play(PACK, before, command("open nightstand")).state
    kept = States()
    kept.keep("a", stored(after), after)
    assert kept.of("a", stored(after)) is after
    assert kept.of("b", stored(after)) == after


def test_the_bytes_that_are_stored_say_where_a_game_stands_whatever_was_kept_of_it():
    before, _ = opened(PACK, "seed")
    after = play(PACK, before, command("open nightstand")).state
    kept = States()
    kept.keep("a", stored(after), after)
    assert kept.of("a", stored(before)) == before
    assert kept.of("a", stored(before)) is kept.of("a", stored(before))


def test_the_state_of_the_game_that_was_played_longest_ago_is_let_go():
    state, _ = opened(PACK, "seed")
    kept = States(2)
    for game_id in ("a", "b", "a", "c"):
        kept.keep(game_id, stored(state), state)
    assert kept.of("a", stored(state)) is state
    assert kept.of("b", stored(state)) is not state
