import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.game.rules.begin import begin
from services.game.rules.codec import (
    action_hash,
    command_from_plain,
    command_to_plain,
    decode,
    encode,
    event_from_plain,
    event_to_plain,
    state_hash,
)
from services.game.rules.commands import Command, Verb
from services.game.rules.decide import play
from services.game.rules.events import Event, EventKind
from tests.support.scenarios import scenario
from tests.support.small_pack import small_pack
from tests.support.walks import command

WORDS = st.text(min_size=1, max_size=8)
MAYBE = st.none() | WORDS
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    subject=MAYBE,
    object=MAYBE,
    place=MAYBE,
    value=st.none() | WORDS | st.integers(min_value=-(2**31), max_value=2**31),
    text=MAYBE,
    hidden=st.booleans(),
)
COMMANDS = st.builds(
    Command, verb=st.sampled_from(Verb), object=MAYBE, target=MAYBE, topic=MAYBE, code=MAYBE, clues=st.lists(WORDS, max_size=3).map(tuple)
)


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_events_come_back_from_json_as_they_were(event: Event):
    assert event_from_plain(json.loads(json.dumps(event_to_plain(event)))) == event


@settings(max_examples=60, deadline=None)
@given(COMMANDS)
def test_commands_come_back_from_json_as_they_were(command: Command):
    assert command_from_plain(json.loads(json.dumps(command_to_plain(command)))) == command


def test_a_state_comes_back_from_its_bytes_as_it_was():
    state, _ = begin(small_pack(), b"seed")
    assert decode(encode(state)) == state
    assert encode(decode(encode(state))) == encode(state)


def test_the_bytes_are_canonical_json():
    encoded = encode(begin(small_pack(), b"seed")[0])
    assert encoded == json.dumps(json.loads(encoded), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_hash_is_of_the_state_or_of_its_bytes():
    state, _ = begin(small_pack(), b"seed")
    assert state_hash(state) == state_hash(encode(state))
    assert len(state_hash(state)) == 32


def test_another_seed_is_another_state():
    pack = small_pack()
    assert state_hash(begin(pack, b"one")[0]) != state_hash(begin(pack, b"two")[0])


@pytest.mark.parametrize(
    ("text", "command", "expected"),
    [
        ("", None, "dd46cc4d316b3c9c"),
        ("문을 연다", None, "14a60036b41e1f4e"),
        ("", Command(verb=Verb.OPEN, object="door"), "3f578b7be4baa377"),
    ],
)
def test_an_action_hashes_the_same_for_ever(text: str, command: Command | None, expected: str):
    assert action_hash(text, command).hex()[:16] == expected


def test_the_opening_hashes_the_same_for_ever():
    assert state_hash(begin(small_pack(), b"seed")[0]).hex()[:16] == "3e05158e7a8e5698"


def test_a_game_that_was_stored_goes_on_as_if_it_had_not_been():
    pack, _ = scenario("snowmark")
    state, _ = begin(pack, b"seed")
    for each in ("move stove_room", "read plate", "accuse haeju +founding_day"):
        outcome = play(pack, state, command(each))
        assert play(pack, decode(encode(state)), command(each)) == outcome, each
        state = outcome.state
