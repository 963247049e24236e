"""A wrong anything gets a problem document that says what is wrong."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from services.chassis import errors
from tests.support.player import Player, browser, sign_in
from tests.support.system import System

pytestmark = pytest.mark.anyio
GAME = "/v1/games/{game}"
TURN = {"text": "기다린다", "expectedTurn": 0}


@pytest.fixture
async def http(system: System) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(system.url) as client:
        yield client


@pytest.fixture
async def player(http: httpx.AsyncClient) -> Player:
    player = await sign_in(http)
    await player.begin()
    return player


def as_json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason", "fields"),
    [
        ("GET", "/v1/gmaes", None, 404, "PATH_NOT_FOUND", []),
        ("GET", "/v1/games/{game}/nowhere", None, 404, "PATH_NOT_FOUND", []),
        ("PUT", "/v1/games", b"{}", 405, "METHOD_NOT_ALLOWED", []),
        ("POST", "/v1/games", as_json({"scenarioId": "tutorial", "owner": "me"}), 400, "UNKNOWN_FIELD", ["owner"]),
        ("GET", "/v1/games?colour=red", None, 400, "UNKNOWN_FIELD", ["colour"]),
        ("POST", "/v1/games", as_json({"scenarioId": 7}), 400, "INVALID_ARGUMENT", ["scenarioId"]),
        ("GET", "/v1/games?pageSize=many", None, 400, "INVALID_ARGUMENT", ["pageSize"]),
        ("GET", "/v1/games?pageSize=101", None, 400, "INVALID_ARGUMENT", ["pageSize"]),
        ("POST", "/v1/games", b"{}", 400, "INVALID_ARGUMENT", ["scenarioId"]),
        ("POST", "/v1/games", as_json({"scenarioId": "tutorial", "locale": "fr"}), 400, "INVALID_ARGUMENT", ["locale"]),
        ("POST", "/v1/games", as_json({"scenarioId": "nothing"}), 404, "SCENARIO_NOT_FOUND", []),
        ("GET", "/v1/scenarios/nothing", None, 404, "SCENARIO_NOT_FOUND", []),
        ("GET", "/v1/games/11111111-1111-4111-8111-111111111111", None, 404, "GAME_NOT_FOUND", []),
        ("GET", "/v1/games/no-uuid", None, 404, "GAME_NOT_FOUND", []),
        ("POST", "/v1/games/no-uuid/turns", as_json(TURN), 404, "GAME_NOT_FOUND", []),
        ("GET", "/v1/games/%7Bs1%7D:g:x/view", None, 404, "GAME_NOT_FOUND", []),
        ("GET", GAME + "/turns/9", None, 404, "TURN_NOT_FOUND", []),
        ("GET", GAME + "/turns/9:watch", None, 404, "TURN_NOT_FOUND", []),
        ("GET", GAME + "/turns/1:watch", None, 404, "TURN_NOT_FOUND", []),
        ("POST", GAME + "/turns/9:stop", b"{}", 404, "TURN_NOT_FOUND", []),
        ("GET", GAME + "/turns/first", None, 400, "INVALID_ARGUMENT", ["turn"]),
        ("POST", GAME + "/turns", as_json({**TURN, "expectedTurn": 4}), 409, "STALE_TURN", []),
        ("POST", GAME + "/turns:stream", as_json({**TURN, "expectedTurn": 4}), 409, "STALE_TURN", []),
        ("POST", GAME + "/turns", as_json({"text": "x"}), 400, "INVALID_ARGUMENT", ["expectedTurn"]),
        ("POST", GAME + "/turns", as_json({**TURN, "expectedTurn": -1}), 400, "INVALID_ARGUMENT", ["expectedTurn"]),
        ("POST", GAME + "/turns", as_json({**TURN, "expectedTurn": "soon"}), 400, "INVALID_ARGUMENT", ["expectedTurn"]),
        ("POST", GAME + "/turns", as_json({"expectedTurn": 0}), 400, "INVALID_ARGUMENT", ["text"]),
        ("POST", GAME + "/turns", as_json({**TURN, "text": "가" * 501}), 400, "INVALID_ARGUMENT", ["text"]),
        ("POST", GAME + "/turns", as_json({**TURN, "command": {"verb": "WAIT"}}), 400, "INVALID_ARGUMENT", ["command"]),
        ("POST", GAME + "/turns", as_json({"command": {"verb": "FLY"}, "expectedTurn": 0}), 400, "INVALID_ARGUMENT", ["command.verb"]),
        ("POST", GAME + "/turns", as_json({"command": {}, "expectedTurn": 0}), 400, "INVALID_ARGUMENT", ["command.verb"]),
        ("POST", GAME + "/turns", as_json(TURN)[:-1], 400, "MALFORMED_JSON", []),
        ("POST", GAME + "/turns", b'{"text": "a\\u0000b", "expectedTurn": 0}', 400, "MALFORMED_JSON", ["text"]),
        ("POST", GAME + "/turns", b'{"text": "a\x00b", "expectedTurn": 0}', 400, "MALFORMED_JSON", []),
        ("POST", GAME + "/turns", b'{"text": "\xff", "expectedTurn": 0}', 400, "MALFORMED_JSON", []),
        ("POST", GAME + "/turns", b"[" * 200 + b"]" * 200, 400, "MALFORMED_JSON", []),
        ("POST", GAME + "/turns", as_json({**TURN, "text": "x" * 17_000}), 413, "BODY_TOO_LARGE", []),
        ("POST", "/v1/players:guest", as_json({"displayName": "x" * 41}), 400, "INVALID_ARGUMENT", ["displayName"]),
        ("PATCH", "/v1/players/me", as_json({"guest": False}), 400, "INVALID_ARGUMENT", None),
    ],
)
async def test_a_wrong_request(player: Player, method, path, body, status, reason, fields):
    headers = {**player.headers, **({"content-type": "application/json"} if body is not None else {})}

    answer = await player.http.request(method, path.format(game=player.game_id), content=body, headers=headers)

    problem = answer.json()
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (answer.status_code, problem["status"], problem["reason"]) == (status, status, reason), problem
    assert problem["reason"] in errors.reasons()
    assert problem["type"] == "urn:maratang:error:" + reason.lower().replace("_", "-")
    assert problem["title"] == errors.title_of(reason)
    assert problem["detail"]
    assert problem["instance"] == answer.headers["x-request-id"]
    if fields is not None:
        assert [one["field"] for one in problem.get("errors", [])] == fields


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, "UNAUTHENTICATED"),
        ("Bearer 1.nobody", "INVALID_TOKEN"),
        ("Bearer", "INVALID_TOKEN"),
        ("Bearer x", "INVALID_TOKEN"),
        ("Basic eA==", "INVALID_TOKEN"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/games"), ("GET", "/v1/players/me"), ("GET", GAME), ("POST", GAME + "/turns:stream")]
)
async def test_a_wrong_token(player: Player, http: httpx.AsyncClient, method, path, authorization, reason):
    headers = {"authorization": authorization} if authorization is not None else {}
    body = TURN if method == "POST" else None

    answer = await http.request(method, path.format(game=player.game_id), json=body, headers=headers)

    assert (answer.status_code, answer.json()["reason"]) == (401, reason)
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_body_that_is_not_json(player: Player):
    answer = await player.http.post(
        f"/v1/games/{player.game_id}/turns", content="text=x", headers={**player.headers, "content-type": "text/plain"}
    )

    assert (answer.status_code, answer.json()["reason"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_command_that_names_what_is_not_there_is_refused_in_the_game(player: Player):
    for command in (
        {"verb": "TAKE", "object": "no such thing"},
        {"verb": "TAKE"},
        {"verb": "TALK", "object": "yunseul", "topic": "no such topic"},
        {"verb": "UNLOCK", "object": "front_door", "code": "9999"},
        {"verb": "GIVE", "object": "bed", "target": "bed"},
        {"verb": "USE", "object": "recorder", "target": "recorder"},
        {"verb": "MOVE", "object": "front_door"},
        {"verb": "ACCUSE", "object": "yunseul", "clues": ["x"]},
    ):
        events = await player.turn(command)
        assert [event.name for event in events] == ["accepted", "refused", "done"], command
        assert events[-1].data["refusal"]["lines"]
