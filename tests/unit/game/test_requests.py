"""What players may ask, and how a wrong request is told all that is wrong with it."""

import pytest
from maratang.game.v1 import game_pb2, game_service_pb2, player_service_pb2

from services.chassis import errors
from services.game.asked import Asked
from services.game.rules.commands import Command, Verb
from services.game.wire import requests

Turn = game_service_pb2.TakeTurnRequest


def faults(parse, request) -> list[str]:
    with pytest.raises(errors.Invalid) as caught:
        parse(request)
    return [violation.field for violation in caught.value.violations]


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (Turn(), ["expectedTurn", "text"]),
        (Turn(text="x"), ["expectedTurn"]),
        (Turn(text="  ", expected_turn=0), ["text"]),
        (Turn(text="x" * 501, expected_turn=-1), ["expectedTurn", "text"]),
        (Turn(text="a\x00b", expected_turn=0), ["text"]),
        (Turn(text="x", expected_turn=0, request_id="k" * 65), ["requestId"]),
        (Turn(command=game_pb2.Command(), expected_turn=0), ["command.verb"]),
        (Turn(command=game_pb2.Command(verb=99), expected_turn=0), ["command.verb"]),
        (Turn(command=game_pb2.Command(verb="TAKE", object="o" * 65, code="1" * 33), expected_turn=0), ["command.object", "command.code"]),
        (Turn(command=game_pb2.Command(verb="ACCUSE", clues=["c"] * 13), expected_turn=0), ["command.clues"]),
    ],
)
def test_a_wrong_turn_names_every_wrong_field(request_: Turn, fields: list[str]):
    assert faults(requests.turn_asked, request_) == fields


def test_a_turn_is_asked_by_words_or_by_a_command():
    assert requests.turn_asked(Turn(text="문을 연다", expected_turn=0, request_id="k")) == (Asked(text="문을 연다"), 0, "k")
    command = game_pb2.Command(verb="USE", object="fuse", target="breaker")
    assert requests.turn_asked(Turn(command=command, expected_turn=3))[0] == Asked(
        command=Command(verb=Verb.USE, object="fuse", target="breaker")
    )


def test_every_verb_of_the_contract_is_one_of_the_rules():
    assert {value.name.lower() for value in game_pb2.Command.Verb.DESCRIPTOR.values if value.number} == {verb.value for verb in Verb}


def test_an_action_is_the_same_again_by_its_hash_and_from_its_bytes():
    asked = Asked(command=Command(verb=Verb.TAKE, object="key"))

    assert Asked.from_bytes(asked.to_bytes()) == asked
    assert asked.hash == Asked(command=Command(verb=Verb.TAKE, object="key")).hash != Asked(text="take key").hash


@pytest.mark.parametrize(("after", "k"), [("", None), ("7-3", 3), ("7-0", 0)])
def test_a_watch_begins_after_an_event(after: str, k: int | None):
    assert requests.watched(game_service_pb2.WatchTurnRequest(turn=7, after=after)) == k


@pytest.mark.parametrize("after", ["7", "7-", "-3", "8-3", "7-x", "7-99999999999", "٧-3"])
def test_a_watch_refuses_what_is_no_event_of_the_turn(after: str):
    assert faults(requests.watched, game_service_pb2.WatchTurnRequest(turn=7, after=after)) == ["after"]


def test_a_guest_has_a_name_and_a_language():
    assert requests.guest(player_service_pb2.CreateGuestRequest(display_name="  미나  ")) == ("미나", "ko")
    assert faults(requests.guest, player_service_pb2.CreateGuestRequest(display_name="x" * 41, locale="fr")) == ["displayName", "locale"]


def test_a_page_is_bounded():
    assert requests.page(game_service_pb2.ListGamesRequest()) == ("UNSPECIFIED", 20, "")
    assert faults(requests.page, game_service_pb2.ListGamesRequest(page_size=101, status=9)) == ["pageSize", "status"]
