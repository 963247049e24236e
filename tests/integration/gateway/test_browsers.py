"""What browsers ask for beside answers: leave for other origins' scripts, and fewer bytes."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.gateway import Edge, Upstream, gateway

pytestmark = pytest.mark.anyio
PLAY, OTHER = "https://play.example", "https://elsewhere.example"
ASKED = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,idempotency-key"}


@pytest.fixture(scope="module")
async def open_edge(upstream: Upstream) -> AsyncIterator[Edge]:
    """A gateway that another origin may use."""
    async with gateway(upstream, {"cors_origins": (PLAY, "http://localhost:5173")}) as edge:
        yield edge


def shared(answer: httpx.Response) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_other_origins_are_given_nothing_unless_they_are_allowed(client: httpx.AsyncClient, open_edge: Edge, method: str):
    for asked, origin in (
        (client, PLAY),
        (open_edge.client, OTHER),
        (open_edge.client, "null"),
        (open_edge.client, f"{PLAY}.evil.example"),
    ):
        answer = await asked.request(method, "/v1/games", headers={**ASKED, "origin": origin})

        assert answer.status_code in {200, 204}
        assert shared(answer) == set()


async def test_an_allowed_origin_may_ask_and_call(open_edge: Edge):
    beforehand = await open_edge.client.options("/v1/games", headers={**ASKED, "origin": PLAY, "authorization": ""})
    answer = await open_edge.client.post("/v1/games", json={"scenarioId": "s"}, headers={"origin": PLAY})

    assert beforehand.status_code == 204
    assert beforehand.headers["access-control-allow-origin"] == PLAY
    assert beforehand.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST"
    assert {"authorization", "content-type", "idempotency-key", "last-event-id"} <= set(
        beforehand.headers["access-control-allow-headers"].split(", ")
    )
    assert "access-control-allow-credentials" not in beforehand.headers
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PLAY)
    assert "etag" in answer.headers["access-control-expose-headers"].split(", ")
    assert "origin" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/v1/games/reason.STALE_TURN", "/nowhere", "/readyz", "/v1/games/g/turns/1:watch"])
async def test_every_answer_can_be_read_there_failures_and_streams_too(open_edge: Edge, path: str):
    answer = await open_edge.client.get(path, headers={"origin": PLAY})

    assert answer.headers["access-control-allow-origin"] == PLAY


async def test_caches_know_that_an_answer_differs_by_origin(open_edge: Edge):
    assert "origin" in (await open_edge.client.get("/version")).headers["vary"]


async def test_all_origins_can_be_allowed(upstream: Upstream):
    async with gateway(upstream, {"cors_origins": ("*",)}) as edge:
        beforehand = await edge.client.options("/v1/games", headers={**ASKED, "origin": OTHER})
        answer = await edge.client.get("/v1/games", headers={"origin": OTHER})

    assert beforehand.headers["access-control-allow-origin"] == answer.headers["access-control-allow-origin"] == "*"
    assert "idempotency-key" in beforehand.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/web/main.js", "/web/style.css", "/v1/games/long"])
async def test_what_is_long_comes_in_fewer_bytes_to_who_takes_them(client: httpx.AsyncClient, path: str):
    plain = await client.get(path, headers={"accept-encoding": "identity"})
    zipped = await client.get(path, headers={"accept-encoding": "br;q=1, gzip;q=0.5"})

    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.content == plain.content
    assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert "accept-encoding" in plain.headers["vary"]
    assert "accept-encoding" in zipped.headers["vary"]


async def test_the_name_of_a_state_is_weak_where_its_bytes_are_others_and_still_holds(client: httpx.AsyncClient):
    plain = await client.get("/docs", headers={"accept-encoding": "identity"})
    zipped = await client.get("/docs")
    same = await client.get("/docs", headers={"if-none-match": zipped.headers["etag"]})

    assert zipped.headers["etag"] == f"W/{plain.headers['etag']}"
    assert (same.status_code, same.content) == (304, b"")
    assert "content-encoding" not in same.headers


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "", "br", "gzip;q=no", "*;q=0"])
async def test_who_does_not_take_it_is_not_given_it(client: httpx.AsyncClient, accepted: str):
    answer = await client.get("/openapi.json", headers={"accept-encoding": accepted})

    assert "content-encoding" not in answer.headers


async def test_what_is_short_stays_as_it_is(client: httpx.AsyncClient):
    answer = await client.get("/v1/games/g")

    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("accept", ["text/event-stream", "application/x-ndjson"])
async def test_a_stream_is_never_held_back(client: httpx.AsyncClient, accept: str):
    answer = await client.post("/v1/games/g/turns:stream", json={"text": "문" * 400}, headers={"accept": accept, "accept-encoding": "gzip"})

    assert "content-encoding" not in answer.headers


async def test_head_says_what_get_would_send(client: httpx.AsyncClient):
    whole, head = await client.get("/v1/games/long"), await client.head("/v1/games/long")

    assert (head.headers["content-length"], head.headers["content-encoding"]) == (whole.headers["content-length"], "gzip")
