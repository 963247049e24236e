"""What the gateway answers out of itself, and how it tells what is missing."""

import re

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from maratang.llm_proxy.v1 import generation_service_pb2 as llm_pb2

from tests.support.eventually import eventually
from tests.support.gateway import gateway, upstream_services

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/openapi.json", "application/json"),
        ("/version", "application/json"),
    ],
)
async def test_a_page_is_there_and_named(client, path, content_type):
    whole = await client.get(path)
    same = await client.get(path, headers={"if-none-match": whole.headers["etag"]})

    assert (whole.status_code, whole.headers["content-type"]) == (200, content_type)
    assert (same.status_code, same.content) == (304, b"")


async def test_the_page_and_all_that_it_names_are_there_typed_and_guarded(client):
    page = await client.get("/")
    named = set(re.findall(r'(?:src|href)="(/web/[^"]+)"', page.text))
    seen: set[str] = set()
    while named - seen:
        path = min(named - seen)
        seen.add(path)
        answer = await client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].split(";")[0] in {"text/javascript", "text/css", "image/svg+xml"}, path
        named |= {f"/web/{name}" for name in re.findall(r'from "\./([^"]+)"', answer.text)}

    assert {"/web/main.js", "/web/style.css", "/web/turn_stream.js"} <= seen
    assert "require-trusted-types-for 'script'" in page.headers["content-security-policy"]
    assert "maratang play" in page.text, "for who has no scripts"
    assert page.text.index("터미널에서는") < page.text.index("In a terminal")


async def test_the_document_is_openapi(client):
    document = (await client.get("/openapi.json")).json()

    assert document["openapi"] == "3.1.0"
    assert "/v1/games/{gameId}/turns:stream" in document["paths"]


async def test_alive_says_alive(client):
    assert (await client.get("/livez")).json() == {"status": "live"}


async def test_ready_says_ready(client):
    async def nothing_is_wrong() -> bool:
        return (await client.get("/readyz")).json() == {"status": "ready", "degraded": []}

    assert await eventually(nothing_is_wrong)


async def test_grpc_health_is_on_the_internal_port(edge):
    async with grpc.aio.insecure_channel(f"127.0.0.1:{edge.internal}") as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_readiness_follows_what_is_there():
    state = llm_pb2.Backend
    async with upstream_services() as upstream, gateway(upstream) as edge:

        async def degraded(*expected: str) -> bool:
            answer = await edge.client.get("/readyz")
            return answer.status_code == 200 and answer.json()["degraded"] == list(expected)

        upstream.backends[:] = [
            llm_pb2.Backend(name="base", state=state.FAILING, reason="TUNNEL_OFFLINE"),
            llm_pb2.Backend(name="lora", state=state.NOT_CONFIGURED),
        ]
        assert await eventually(lambda: degraded("llm.base: TUNNEL_OFFLINE"))
        upstream.backends[:] = [
            llm_pb2.Backend(name="base", state=state.NOT_CONFIGURED),
            llm_pb2.Backend(name="lora", state=state.FAILING, reason="BACKEND_UNREACHABLE"),
        ]
        assert await eventually(lambda: degraded("llm.base: NOT_CONFIGURED", "llm.lora: BACKEND_UNREACHABLE"))
        upstream.backends[:] = [llm_pb2.Backend(name="base", state=state.UNKNOWN)]
        assert await eventually(degraded)

        await upstream.stop("llm_proxy")
        assert await eventually(lambda: degraded("llm_proxy: SERVICE_UNAVAILABLE"))
        await upstream.stop("persistence")
        assert await eventually(lambda: degraded("persistence: SERVICE_UNAVAILABLE", "llm_proxy: SERVICE_UNAVAILABLE"))
        answer = await edge.client.get("/v1/scenarios")
        assert (answer.status_code, answer.json()["metadata"], answer.headers["retry-after"]) == (503, {"service": "persistence"}, "1")
        assert "127.0.0.1" not in answer.text
        assert (await edge.client.get("/v1/games/g")).status_code == 200

        await upstream.stop("game")

        async def unready() -> bool:
            return (await edge.client.get("/readyz")).status_code == 503

        assert await eventually(unready)
        answer = await edge.client.get("/readyz")
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["reason"], answer.json()["metadata"]) == ("SERVICE_UNAVAILABLE", {"service": "game"})
        assert (await edge.client.get("/livez")).status_code == 200
