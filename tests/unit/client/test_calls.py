"""What calls send: paths, queries, bodies and keys, from the generated methods."""

from collections.abc import Generator
from typing import Any

import pytest

from maratang_client.blocking_calls import BlockingCalls
from maratang_client.calls import Call
from maratang_client.shapes import Command, CommandVerb, CreateReportReason, GameStatus, GetTranscriptFormat, ListGamesResponse


class Written(BlockingCalls):
    """Keeps calls instead of making them."""

    def __init__(self) -> None:
        self.calls: list[Call[Any]] = []

    def answer(self, call: Call[Any]) -> Any:
        self.calls.append(call)
        return ListGamesResponse(next_page_token="2") if call.path == "/v1/games?pageSize=100" else ListGamesResponse()

    def events(self, call: Call[Any]) -> Generator[Any]:
        self.calls.append(call)
        return
        yield


@pytest.mark.parametrize(
    ("do", "method", "path", "body"),
    [
        (lambda calls: calls.get_game("a/b c"), "GET", "/v1/games/a%2Fb%20c", None),
        (lambda calls: calls.list_games(page_size=5, status=GameStatus.ENDED), "GET", "/v1/games?pageSize=5&status=ENDED", None),
        (lambda calls: calls.get_transcript("g", format=GetTranscriptFormat.TEXT), "GET", "/v1/games/g/transcript?format=TEXT", None),
        (lambda calls: calls.update_player(display_name=""), "PATCH", "/v1/players/me", {"displayName": ""}),
        (
            lambda calls: calls.take_turn("g", text="기다린다", expected_turn=0),
            "POST",
            "/v1/games/g/turns",
            {"text": "기다린다", "expectedTurn": 0},
        ),
        (
            lambda calls: calls.take_turn("g", command=Command(verb=CommandVerb.WAIT), expected_turn=7),
            "POST",
            "/v1/games/g/turns",
            {"command": {"verb": "WAIT"}, "expectedTurn": 7},
        ),
        (lambda calls: calls.undo("g", to_turn=1, expected_turn=2), "POST", "/v1/games/g:undo", {"toTurn": 1, "expectedTurn": 2}),
        (
            lambda calls: calls.create_report("g", turn=1, reason=CreateReportReason.WRONG),
            "POST",
            "/v1/games/g/reports",
            {"turn": 1, "reason": "WRONG"},
        ),
        (lambda calls: calls.delete_save("g", "s"), "DELETE", "/v1/games/g/saves/s", None),
    ],
)
def test_a_call_is_what_the_interface_takes(do: Any, method: str, path: str, body: object):
    written = Written()
    do(written)

    call = written.calls[-1]
    assert (call.method, call.path, call.body) == (method, path, body)
    assert bool(call.key) == (method != "GET")


def test_each_call_has_a_key_of_its_own_unless_it_is_given_one():
    written = Written()
    for request_id in (None, None, "mine"):
        written.create_game(scenario_id="tutorial", request_id=request_id)

    first, second, third = (call.headers["idempotency-key"] for call in written.calls)
    assert first != second
    assert third == "mine"


def test_a_stream_is_read_on_by_watching_it():
    written = Written()
    list(written.stream_turn("g/1", text="x", expected_turn=7))
    list(written.watch_turn("g/1", 8, after="8-2"))

    taken, watched = written.calls
    assert taken.watched_at.format(turn=8) == watched.path == "/v1/games/g%2F1/turns/8:watch"
    assert watched.headers == {"last-event-id": "8-2"}


def test_all_pages_are_asked_for():
    written = Written()
    list(written.all_games())

    assert [call.path for call in written.calls] == ["/v1/games?pageSize=100", "/v1/games?pageSize=100&pageToken=2"]
