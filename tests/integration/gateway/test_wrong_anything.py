"""A wrong anything gets a problem document with the right status and a reason of the contract."""

import asyncio
import json

import pytest

from services.chassis import errors

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}
TURNS = "/v1/games/g/turns"


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "reason", "fields"),
    [
        ("GET", "/v2/games", b"", {}, 404, "PATH_NOT_FOUND", None),
        ("GET", "/v1/games/", b"", {}, 404, "PATH_NOT_FOUND", None),
        ("GET", "/v1/games/g/nothing", b"", {}, 404, "PATH_NOT_FOUND", None),
        ("POST", "/v1/players:nobody", b"{}", JSON, 404, "PATH_NOT_FOUND", None),
        ("OPTIONS", "/v2", b"", {}, 404, "PATH_NOT_FOUND", None),
        ("PUT", "/v1/games", b"{}", JSON, 405, "METHOD_NOT_ALLOWED", None),
        ("GET", "/v1/players:guest", b"", {}, 405, "METHOD_NOT_ALLOWED", None),
        ("HEAD", "/v1/games/g/turns/1:watch", b"", {}, 405, None, None),
        ("POST", "/readyz", b"", {}, 405, "METHOD_NOT_ALLOWED", None),
        ("POST", TURNS, b"text=x", {"content-type": "application/x-www-form-urlencoded"}, 415, "UNSUPPORTED_MEDIA_TYPE", None),
        ("POST", TURNS, b"{}", {}, 415, "UNSUPPORTED_MEDIA_TYPE", None),
        ("POST", TURNS, b"{}", {**JSON, "content-encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE", None),
        ("POST", TURNS, b" " * 16385, JSON, 413, "BODY_TOO_LARGE", None),
        ("POST", TURNS, b" " * 500_000, JSON, 413, "BODY_TOO_LARGE", None),
        ("POST", TURNS, b"{", JSON, 400, "MALFORMED_JSON", None),
        ("POST", TURNS, b'{"text": "\xff"}', JSON, 400, "MALFORMED_JSON", None),
        ("POST", TURNS, b'{"text": "a\0"}', JSON, 400, "MALFORMED_JSON", None),
        ("POST", TURNS, b'{"text": "a\\u0000"}', JSON, 400, "MALFORMED_JSON", ["text"]),
        ("POST", TURNS, b"[" * 8000 + b"]" * 8000, JSON, 400, "MALFORMED_JSON", None),
        ("POST", TURNS, b'{"text": "a", "txet": 1, "x": {}}', JSON, 400, "UNKNOWN_FIELD", ["txet", "x"]),
        ("POST", f"{TURNS}?expectedTurn=1", b"{}", JSON, 400, "UNKNOWN_FIELD", ["expectedTurn"]),
        ("GET", "/v1/games?page=1", b"", {}, 400, "UNKNOWN_FIELD", ["page"]),
        ("POST", TURNS, b'{"expectedTurn": "seven", "text": 5}', JSON, 400, "INVALID_ARGUMENT", ["expectedTurn", "text"]),
        ("POST", TURNS, b'{"text": "a", "text": "b"}', JSON, 400, "INVALID_ARGUMENT", ["text"]),
        ("POST", TURNS, b'["text"]', JSON, 400, "INVALID_ARGUMENT", ["body"]),
        ("GET", "/v1/games/g/turns/seven", b"", {}, 400, "INVALID_ARGUMENT", ["turn"]),
        ("GET", "/v1/games/%ff", b"", {}, 400, "INVALID_ARGUMENT", ["path"]),
        ("GET", "/v1/games/%00", b"", {}, 400, "INVALID_ARGUMENT", ["gameId"]),
        ("GET", "/v1/games?pageSize=1&pageSize=2", b"", {}, 400, "INVALID_ARGUMENT", ["pageSize"]),
        ("GET", "/v1/games/g", b"", {"grpc-timeout": "soon"}, 400, "INVALID_ARGUMENT", ["grpc-timeout"]),
        ("GET", "/v1/games/g", b"", {"authorization": ""}, 401, "UNAUTHENTICATED", None),
        ("GET", "/v1/games/g", b"", {"authorization": "Bearer bad"}, 401, "INVALID_TOKEN", None),
        ("GET", "/v1/games/g", b"", {"authorization": "Basic good"}, 401, "INVALID_TOKEN", None),
        ("GET", "/v1/games/g", b"", {"authorization": "Bearer \u00e9\u00e9".encode("latin-1")}, 401, "INVALID_TOKEN", None),
        ("GET", "/v1/scenarios", b"", {"authorization": "Bearer bad"}, 401, "INVALID_TOKEN", None),
        ("GET", "/v1/games/reason.GAME_NOT_FOUND", b"", {}, 404, "GAME_NOT_FOUND", None),
        ("POST", f"{TURNS}:stream", b'{"text": "stale"}', JSON, 409, "STALE_TURN", None),
    ],
)  # fmt: skip
async def test_a_wrong_anything_is_a_problem(client, method, path, body, headers, status, reason, fields):
    answer = await client.request(method, path, content=body, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    if method == "HEAD":
        return
    said = answer.json()
    assert (said["status"], said["reason"], said["title"]) == (status, reason, errors.title_of(reason))
    assert said["instance"] == answer.headers["x-request-id"]
    if fields is not None:
        assert [one["field"] for one in said["errors"]] == fields
    assert ("allow" in answer.headers) == (status == 405)


HEAD = b"POST /v1/games/g/turns HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n"
CHUNK = b"3e8\r\n" + b" " * 1000 + b"\r\n"


async def test_a_body_is_counted_while_it_is_read(edge, seen):
    before = len(seen.requests["TakeTurn"])
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n" + CHUNK * 17)

    async with asyncio.timeout(5):
        said = await reader.readuntil(b'"maxBytes":"16384"}}')  # though the body has no end yet

    assert said.startswith(b"HTTP/1.1 413 ")
    assert len(seen.requests["TakeTurn"]) == before
    writer.close()


async def test_a_body_without_end_is_cut(edge):
    _, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    with pytest.raises(ConnectionError):
        async with asyncio.timeout(5):
            while True:
                writer.write(CHUNK * 100)
                await writer.drain()


async def test_dots_in_a_path_lead_nowhere(edge):
    said = await edge.raw(b"GET /v1/../livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")

    assert said.startswith(b"HTTP/1.1 404 ")


async def test_a_body_announced_too_large_is_never_asked_for(edge):
    said = await edge.raw(
        b"POST /v1/games/g/turns HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n"
        b"expect: 100-continue\r\nconnection: close\r\n\r\n"
    )

    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in said


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"HELLO\r\n\r\n",
        b"BREW /v1/games HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/games HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n",
        b"GET /v1/\xea\xb0\x80 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/games HTTP/1.1\r\nhost: x\r\nx-long: " + b"a" * 40000 + b"\r\n\r\n",
        b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/games HTTP/1.1\r\nhost: x\r\nx-nul: a\0b\r\n\r\n",
        b"POST /v1/games HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_a_problem_too(edge, request_bytes):
    said = await edge.raw(request_bytes)

    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["reason"] == "INVALID_ARGUMENT"
