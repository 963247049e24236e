"""Streams through a real gateway: events, lines, pings, failures, and clients that leave."""

import asyncio
import json

import pytest

from tests.support.gateway import events, gateway

pytestmark = pytest.mark.anyio
STREAM = "/v1/games/g/turns:stream"
LINES = {"accept": "application/x-ndjson"}
RAW = (
    b"POST /v1/games/g/turns:stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n%s"
)


def raw(body: bytes) -> bytes:
    return RAW % (len(body), body)


async def test_a_turn_streams_as_server_sent_events(client, seen):
    answer = await client.post(STREAM, json={"text": "문을 연다", "expectedTurn": 7}, headers={"idempotency-key": "k"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream"
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
    got = events(answer.text)
    assert [(id_, name) for id_, name, _ in got] == [("8-1", "accepted"), ("8-2", "delta"), ("8-3", "done")]
    assert got[1][2] == {"k": 2, "text": "문이 열린다.\n"}
    assert got[2][2]["text"] == "문을 연다"
    request = seen.requests["StreamTurn"][-1]
    assert (request.game_id, request.expected_turn, request.request_id) == ("g", 7, "k")
    assert 590 < seen.seconds["StreamTurn"] < 603


async def test_a_turn_streams_as_lines(client):
    answer = await client.post(STREAM, json={"text": "문을 연다"}, headers=LINES)

    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["id"], *(line.keys() - {"id"})) for line in lines] == [("8-1", "accepted"), ("8-2", "delta"), ("8-3", "done")]


async def test_a_watch_goes_on_after_the_last_event(client, seen):
    answer = await client.get("/v1/games/g/turns/8:watch?after=8-1", headers={"last-event-id": "8-2"})

    assert [name for _, name, _ in events(answer.text)] == ["done"]
    assert seen.requests["WatchTurn"][-1].after == "8-2"


async def test_what_fails_before_its_first_event_has_a_status_of_its_own(client):
    answer = await client.post(STREAM, json={"text": "stale"})

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["metadata"] == {"turn": "8", "expectedTurn": "7"}


async def test_a_stream_without_events_is_empty(client):
    answer = await client.post(STREAM, json={"text": "silent"})

    assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.parametrize(("text", "status", "reason"), [("break", 503, "STORE_UNAVAILABLE"), ("crash", 500, "INTERNAL")])
async def test_what_fails_later_is_said_in_band(client, text, status, reason):
    answer = await client.post(STREAM, json={"text": text})

    assert answer.status_code == 200
    (_, first, _), (id_, last, said) = events(answer.text)
    assert (first, id_, last) == ("accepted", "", "error")
    assert (said["status"], said["reason"], said["instance"]) == (status, reason, answer.headers["x-request-id"])
    assert "secret" not in answer.text


async def test_in_lines_the_last_one_is_the_failure(client):
    answer = await client.post(STREAM, json={"text": "break"}, headers=LINES)

    assert json.loads(answer.text.splitlines()[-1])["error"]["reason"] == "STORE_UNAVAILABLE"


async def test_a_stream_that_takes_too_long_says_so(client, seen):
    answer = await client.post(STREAM, json={"text": "wait"}, headers={"grpc-timeout": "200m"})

    assert events(answer.text)[-1][2]["reason"] == "DEADLINE_EXCEEDED"
    async with asyncio.timeout(5):
        assert await seen.begun.get() == await seen.cancelled.get() == "StreamTurn"


async def test_an_event_is_sent_as_soon_as_it_is_there(edge, seen):
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(raw(b'{"text": "wait"}'))
    async with asyncio.timeout(5):
        said = await reader.readuntil(b'data: {"turn":8}\n\n')
        assert said.startswith(b"HTTP/1.1 200 OK\r\n")
        assert await seen.begun.get() == "StreamTurn"
        writer.close()
        assert await seen.cancelled.get() == "StreamTurn"


async def test_a_stream_that_is_silent_at_first_begins_all_the_same(edge, seen):
    seen.release.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(raw(b'{"text": "late"}'))
    async with asyncio.timeout(5):
        assert await seen.begun.get() == "StreamTurn"
        said = await reader.readuntil(b": ping\n\n")
        assert said.startswith(b"HTTP/1.1 200 OK\r\n")
        seen.release.set()
        assert b"event: accepted" in await reader.readuntil(b"event: done")
    writer.close()


async def test_a_silent_stream_is_pinged(upstream, seen):
    async with gateway(upstream, ping_seconds=0.05) as edge:
        reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
        writer.write(raw(b'{"text": "wait"}'))
        async with asyncio.timeout(5):
            said = b"".join([await reader.readuntil(b": ping\n\n") for _ in range(3)])
            assert said.count(b"event:") == 1
            writer.close()
            assert await seen.begun.get() == await seen.cancelled.get() == "StreamTurn"


async def test_a_client_that_does_not_read_stops_the_stream_not_the_gateway(edge, client):
    _, writer = await asyncio.open_connection("127.0.0.1", edge.port, limit=1024)
    writer.transport.pause_reading()
    writer.write(raw(b'{"text": "flood"}'))

    async with asyncio.timeout(5):
        answer = await client.get("/v1/games/g")

    assert answer.status_code == 200
    writer.transport.abort()
