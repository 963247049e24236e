import dataclasses
from datetime import UTC, datetime

import pytest

from maratang_client.contract import NEVER
from maratang_client.reading import Misread, event_kinds, read, written
from maratang_client.shapes import (
    Action,
    Clarify,
    Command,
    CommandVerb,
    Ending,
    EndingKind,
    Game,
    GameStatus,
    Line,
    Resolved,
    SignedIn,
    Telling,
    Turn,
    TurnEvent,
    ViewPlace,
)


def test_what_is_absent_has_the_zero_of_its_type():
    assert read(Turn, {"turn": 3}) == Turn(turn=3)
    assert read(Turn, {"telling": {}}).telling == Telling(text="", lines=(), model="")
    assert read(Turn, {"telling": None, "lines": None, "turn": None}) == read(Turn, {})
    assert read(Resolved, {}).view.place == ViewPlace()
    assert read(SignedIn, {}).expire_time == NEVER


def test_what_may_be_absent_is_none():
    game = read(Game, {"gameId": "g"})

    assert (game.opening, game.view, game.ending) == (None, None, None)
    assert read(Line, {}).speaker is None


def test_what_is_new_is_passed_over():
    assert read(Line, {"text": "하나", "tone": "quiet"}) == Line(text="하나")


def test_names_are_in_camel_case():
    assert read(Telling, {"toldBy": "LORA"}).told_by == "LORA"


def test_a_value_that_is_new_is_kept_as_its_text():
    ending = read(Ending, {"kind": "BITTERSWEET"})

    assert ending.kind == "BITTERSWEET"
    assert f"{ending.kind}" == "BITTERSWEET"
    assert isinstance(ending.kind, EndingKind)
    assert read(Game, {"status": "ACTIVE"}).status is GameStatus.ACTIVE


def test_times_are_times():
    assert read(SignedIn, {"expireTime": "2026-11-26T12:00:00.250Z"}).expire_time == datetime(2026, 11, 26, 12, 0, 0, 250_000, UTC)


def test_a_command_goes_back_as_it_came():
    command = {"verb": "TALK", "object": "yunseul", "clues": ["coin"], "loudly": True}

    read_command = read(Clarify, {"choices": [{"label": "말하기", "command": command}]}).choices[0].command

    assert (read_command.verb, read_command.object) == (CommandVerb.TALK, "yunseul")
    assert written(read_command) == command


def test_of_a_command_only_what_was_said_is_sent():
    assert written(Command(verb=CommandVerb.WAIT)) == {"verb": "WAIT"}
    assert written(Command(verb=CommandVerb.UNLOCK, object="chest", code="31")) == {"verb": "UNLOCK", "object": "chest", "code": "31"}


def test_shapes_are_values():
    assert {read(Line, {"text": "x"}), Line(text="x")} == {Line(text="x")}
    assert {Command(verb=CommandVerb.WAIT), Command(verb=CommandVerb.WAIT)} == {Command(verb=CommandVerb.WAIT)}
    with pytest.raises(dataclasses.FrozenInstanceError):
        Line(text="x").text = "y"  # type: ignore[misc]


def test_a_streams_events_are_known_by_their_names():
    assert event_kinds(TurnEvent)["done"] is Turn
    assert event_kinds(Turn) == {}


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (Turn, []),
        (Turn, None),
        (Turn, {"turn": "3"}),
        (Turn, {"turn": True}),
        (Turn, {"turn": 3.5}),
        (Turn, {"lines": "none"}),
        (Turn, {"lines": [1]}),
        (Turn, {"telling": "told"}),
        (Action, {"label": "x", "command": "WAIT"}),
        (Action, {"label": "x", "command": {"verb": 1}}),
        (SignedIn, {"expireTime": "soon"}),
        (SignedIn, {"expireTime": 5}),
    ],
)
def test_what_is_of_another_type_is_an_error(kind: type, found: object):
    with pytest.raises(Misread):
        read(kind, found)
