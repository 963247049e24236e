"""Unary calls through a real gateway: what goes in, what comes out, and how each failure is said."""

import asyncio
import json

import grpc
import httpx
import pytest
from maratang.game.v1 import game_pb2, game_service_pb2

from services.chassis import errors
from services.gateway import problems
from services.gateway.problems import HTTP_STATUS

pytestmark = pytest.mark.anyio
CODES = [code.name for code in grpc.StatusCode if code is not grpc.StatusCode.OK]


async def test_a_guest_is_made_without_a_token(client, seen):
    answer = await client.post("/v1/players:guest", json={"displayName": "민아"}, headers={"authorization": ""})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    said = answer.json()
    assert (said["accessToken"], said["player"]) == ("good", {"playerId": "mina", "displayName": "", "locale": "", "guest": True})
    assert seen.requests["CreateGuest"][-1].display_name == "민아"


async def test_a_turn_is_taken_with_its_key(client, seen):
    command = {"verb": "MOVE", "object": "hall"}

    answer = await client.post("/v1/games/g%2F1/turns", json={"command": command, "expectedTurn": 0}, headers={"idempotency-key": "k1"})

    assert answer.status_code == 200
    assert (answer.json()["gameId"], answer.json()["turn"], answer.json()["events"]) == ("g/1", 8, [])
    assert seen.requests["TakeTurn"][-1] == game_service_pb2.TakeTurnRequest(
        game_id="g/1", command=game_pb2.Command(verb=game_pb2.Command.MOVE, object="hall"), expected_turn=0, request_id="k1"
    )


async def test_a_list_takes_its_query(client, seen):
    answer = await client.get("/v1/games", params={"pageSize": 5, "status": "ENDED"})

    assert answer.json() == {"games": [], "nextPageToken": ""}
    assert seen.requests["ListGames"][-1] == game_service_pb2.ListGamesRequest(page_size=5, status=game_pb2.Game.ENDED)


async def test_the_catalogue_comes_from_persistence(client):
    answer = await client.get("/v1/scenarios", headers={"authorization": ""})

    assert answer.json()["scenarios"][0]["scenarioId"] == "tutorial"


async def test_a_patch_names_what_it_changes(client, seen):
    answer = await client.patch("/v1/players/me", json={"displayName": "민아"})

    assert answer.status_code == 200
    assert list(seen.requests["UpdatePlayer"][-1].update_mask.paths) == ["display_name"]


async def test_an_empty_answer_is_an_empty_object(client, seen):
    answer = await client.delete("/v1/games/g", headers={"idempotency-key": "k2"})

    assert (answer.status_code, answer.content) == (200, b"{}")
    assert seen.requests["DeleteGame"][-1].request_id == "k2"


async def test_a_document_is_answered_as_it_is(client, seen):
    answer = await client.get("/v1/games/g/transcript?format=MARKDOWN")

    assert (answer.headers["content-type"], answer.text) == ("text/markdown; charset=utf-8", "# 끝")
    assert seen.requests["GetTranscript"][-1].format == game_service_pb2.GetTranscriptRequest.MARKDOWN


async def test_a_document_in_parts_is_answered_as_they_come(client, seen):
    seen.export = (b'{"player": ', b"{}", b"}")

    answer = await client.get("/v1/players/me:export")

    assert (answer.status_code, answer.headers["content-type"], answer.json()) == (200, "application/json", {"player": {}})


async def test_a_document_that_fails_before_its_first_part_is_a_problem(client, seen):
    seen.export = (b"",)

    answer = await client.get("/v1/players/me:export")

    assert (answer.status_code, answer.json()["reason"]) == (503, "DATABASE_UNAVAILABLE")


async def test_a_document_that_breaks_off_can_not_be_taken_for_whole(client, seen):
    seen.export = (b'{"player": {}}', b"")

    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/v1/players/me:export")


async def test_the_body_of_a_get_is_not_looked_at(client):
    answer = await client.request("GET", "/v1/games/g", content=b"\0 not JSON", headers={"content-type": "text/plain"})

    assert answer.json()["gameId"] == "g"


async def test_only_allowed_headers_get_in(client, seen):
    headers = {
        "x-request-id": "asked-for",
        "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
        "accept-language": "ko",
        "cookie": "c=d",
        "x-maratang-service": "stolen",
        "x-maratang-client": "192.0.2.1",
        "grpc-metadata-admin": "1",
        "x-player-id": "somebody",
    }

    answer = await client.get("/v1/games/g", headers=headers)

    assert answer.headers["x-request-id"] == "asked-for"
    got = {name: value for name, value in seen.metadata["GetGame"].items() if name != "user-agent"}
    passed = {name: headers[name] for name in ("x-request-id", "traceparent", "accept-language")}
    assert got == passed | {"authorization": "Bearer good", "x-maratang-client": "127.0.0.1"}


async def test_a_request_id_that_is_none_is_replaced(client):
    answer = await client.get("/v1/games/g", headers={"x-request-id": "a b<script>"})

    assert answer.headers["x-request-id"] not in {"", "a b<script>"}


@pytest.mark.parametrize(("asked", "least", "most"), [(None, 50, 62), ("7S", 5, 9), ("9H", 110, 122)])
async def test_every_call_has_a_deadline(client, seen, asked, least, most):
    await client.get("/v1/games/g", headers={} if asked is None else {"grpc-timeout": asked})

    # gRPC rounds a deadline up on the wire.
    assert least < seen.seconds["GetGame"] <= most


async def test_what_takes_longer_than_asked_is_out_of_time(client, seen):
    answer = await client.get("/v1/games/slow", headers={"grpc-timeout": "100m"})

    assert (answer.status_code, answer.json()["reason"]) == (504, "DEADLINE_EXCEEDED")
    async with asyncio.timeout(5):
        assert await seen.begun.get() == await seen.cancelled.get() == "GetGame"


async def test_an_etag_goes_out_and_is_compared(client):
    whole = await client.get("/v1/games/g/view")
    same = await client.get("/v1/games/g/view", headers={"if-none-match": f'"x", W/{whole.headers["etag"]}'})
    other = await client.get("/v1/games/g/view", headers={"if-none-match": '"6-ko"'})

    assert (whole.status_code, whole.headers["etag"], whole.headers["cache-control"]) == (200, '"7-ko"', "private, no-cache")
    assert "x-internal" not in whole.headers
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", '"7-ko"')
    assert other.status_code == 200


async def test_head_is_get_without_its_body(client):
    whole = await client.get("/v1/games/g")
    head = await client.head("/v1/games/g")

    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", whole.headers["content-length"])


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/games", "GET, HEAD, OPTIONS, POST"),
        ("/v1/games/g/turns:stream", "OPTIONS, POST"),
        ("/v1/games/g/turns/1:watch", "GET, OPTIONS"),
        ("/readyz", "GET, HEAD, OPTIONS"),
    ],
)
async def test_options_says_what_a_path_has(client, path, allow):
    answer = await client.options(path)

    assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", allow)


def problem(answer: httpx.Response) -> dict:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["instance"] == answer.headers["x-request-id"]
    assert {"type", "title", "detail"} <= said.keys()
    return said


@pytest.mark.parametrize("reason", errors.reasons())
async def test_every_reason_comes_out_as_its_problem(client, reason):
    answer = await client.get(f"/v1/games/reason.{reason}")

    said = problem(answer)
    assert answer.status_code == problems.status_of(reason)
    if answer.status_code == 500:
        assert said["reason"] == "INTERNAL"
        assert "what happened" not in answer.text
    else:
        assert (said["reason"], said["title"], said["metadata"]) == (reason, errors.title_of(reason), {"gameId": "g"})
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    if reason == "INVALID_ARGUMENT":
        assert said["errors"] == [{"field": "text", "description": "too long"}]


@pytest.mark.parametrize("code", CODES)
async def test_every_status_code_has_the_http_status_of_the_table(client, code):
    answer = await client.get(f"/v1/games/code.{code}")

    assert problem(answer)["status"] == HTTP_STATUS[getattr(grpc.StatusCode, code)]


async def test_of_a_crash_nothing_is_said(client):
    answer = await client.get("/v1/games/crash")

    assert (answer.status_code, problem(answer)["reason"]) == (500, "INTERNAL")
    assert "secret" not in answer.text


async def test_what_is_not_built_says_so(client):
    answer = await client.post("/v1/games/g:undo", json={"toTurn": 1, "expectedTurn": 2})

    assert (answer.status_code, problem(answer)["reason"]) == (501, "NOT_IMPLEMENTED")


async def test_a_client_that_leaves_cancels_its_call(edge, seen):
    _, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(b"GET /v1/games/slow HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n\r\n")
    async with asyncio.timeout(5):
        assert await seen.begun.get() == "GetGame"
        writer.close()
        assert await seen.cancelled.get() == "GetGame"


async def test_requests_on_one_connection_are_answered_in_order(edge):
    one = b"GET /v1/games/%d HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n%s\r\n"

    said = await edge.raw(one % (1, b"") + one % (2, b"") + one % (3, b"connection: close\r\n"))

    bodies = [json.loads(part[part.index(b"{") : part.rindex(b"}") + 1]) for part in said.split(b"HTTP/1.1 200 OK")[1:]]
    assert [body["gameId"] for body in bodies] == ["1", "2", "3"]
