"""The edge, live: what nginx passes on, and as it comes; what it refuses, and in whose words; what it never does."""

import asyncio
import contextlib
import json
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from services.chassis import context
from tests.integration.nginx.conftest import (
    BALANCER,
    FIRST,
    NAME,
    SECOND,
    Names,
    Nginx,
    Origin,
    Request,
    running_nginx,
)
from tests.support.eventually import eventually
from tests.support.fault_server import black_hole
from tests.support.gateway import SIGNED_IN, gateway, upstream_services
from tests.support.nginx_programs import nginx_programs
from tests.support.servers import free_port

pytestmark = pytest.mark.anyio
Someone = Callable[..., httpx.AsyncClient]


def assert_problem(answer: httpx.Response, status: int, reason: str | None) -> dict:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert (said["status"], said.get("reason")) == (status, reason)
    assert said["type"] == ("about:blank" if reason is None else f"urn:maratang:error:{reason.lower().replace('_', '-')}")
    assert said["title"]
    assert said["detail"]
    assert said["instance"] == answer.headers["x-request-id"]
    return said


async def test_each_event_is_there_before_the_next_is_made_also_for_gzip(origin: Origin, someone: Someone):
    read = asyncio.Queue[str]()

    async def one_by_one(request: Request) -> None:
        await request.begin_stream()
        for number in range(5):
            await request.event(f"e{number}")
            async with asyncio.timeout(10):
                assert await read.get() == f"event: e{number}"

    origin.behave = one_by_one
    async with someone() as http, http.stream("POST", "/v1/games/g/turns:stream", json={}, headers={"accept-encoding": "gzip"}) as answer:
        assert "content-encoding" not in answer.headers
        lines = [line async for line in answer.aiter_lines() if line.startswith("event") and not read.put_nowait(line)]
    assert len(lines) == 5


async def test_json_is_compressed(origin: Origin, someone: Someone):
    origin.behave = lambda request: request.answer(json.dumps({"text": "가" * 2000}).encode())
    async with someone() as http:
        answer = await http.get("/v1/scenarios", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json() == {"text": "가" * 2000}


async def test_one_address_makes_so_many_requests_at_once_and_others_are_none_the_wiser(someone: Someone):
    """60 at once, and 20 a second in the long run."""
    async with someone() as busy, someone() as other:
        served, refused, began = 0, list[httpx.Response](), asyncio.get_running_loop().time()
        while len(refused) < 10:
            for answer in await asyncio.gather(*(busy.get("/v1/scenarios") for _ in range(15))):
                if answer.status_code == 429:
                    refused.append(answer)
                else:
                    served += 1
        assert 60 <= served <= 62 + 20 * (asyncio.get_running_loop().time() - began)
        assert_problem(refused[0], 429, None)
        assert refused[0].headers["retry-after"] == "1"
        assert (await other.get("/v1/scenarios")).status_code == 200


async def test_one_address_has_so_many_streams_open(origin: Origin, someone: Someone):
    async def lasting(request: Request) -> None:
        await request.begin_stream()
        await request.event("begun")
        with contextlib.suppress(ConnectionError):
            while not request.writer.is_closing():
                await request.event("more")
                await asyncio.sleep(0.05)

    origin.behave = lasting
    async with someone() as http, contextlib.AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(http.stream("GET", "/v1/games/g/turns/1:watch"))
        async with http.stream("GET", "/v1/games/g/turns/1:watch") as fourth:
            await fourth.aread()
        assert_problem(fourth, 429, None)
        await stack.aclose()

        async def free() -> bool:
            async with http.stream("GET", "/v1/games/g/turns/1:watch") as another:
                return another.status_code == 200

        await eventually(free)


async def test_one_address_has_so_many_requests_under_way(origin: Origin, someone: Someone):
    release, waiting = asyncio.Event(), asyncio.Semaphore(0)

    async def when_told(request: Request) -> None:
        waiting.release()
        await release.wait()
        await request.answer()

    origin.behave = when_told
    async with someone() as http:
        under_way = [asyncio.create_task(http.get("/v1/scenarios")) for _ in range(20)]
        async with asyncio.timeout(10):
            for _ in under_way:
                await waiting.acquire()
        assert_problem(await http.get("/v1/scenarios"), 429, None)
        release.set()
        assert {answer.status_code for answer in await asyncio.gather(*under_way)} == {200}


async def raw(nginx: Nginx, request: bytes) -> tuple[int, dict]:
    reader, writer = await asyncio.open_connection("127.0.0.1", nginx.port, local_addr=("127.9.0.1", 0))
    writer.write(request)
    async with asyncio.timeout(30):
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert b"application/problem+json" in head, head
        body = await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
    writer.close()
    return int(head.split()[1]), json.loads(body)


TOO_LONG = b"x" * 9000
REFUSED = [
    pytest.param(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\nConnection: close\r\n\r\n", 413, "BODY_TOO_LARGE", id="body"),
    pytest.param(b"GET /" + TOO_LONG + b" HTTP/1.1\r\nHost: h\r\n\r\n", 414, None, id="address"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: h\r\nX: " + TOO_LONG + b"\r\n\r\n", 431, None, id="header"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: many\r\n\r\n", 400, "INVALID_ARGUMENT", id="length"),
    pytest.param(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "INVALID_ARGUMENT", id="no host"),
    pytest.param(b"\x16\x03\x01 this is TLS\r\n\r\n", 400, "INVALID_ARGUMENT", id="no HTTP"),
    pytest.param(b"TRACE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 405, "METHOD_NOT_ALLOWED", id="method"),
    pytest.param(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: whatever\r\nConnection: close\r\n\r\n", 501, None, id="encoding"),
]


@pytest.mark.parametrize(("request_bytes", "status", "reason"), REFUSED)
async def test_what_nginx_itself_refuses_is_a_problem_document(
    nginx: Nginx, origin: Origin, request_bytes: bytes, status: int, reason: str | None
):
    answered, said = await raw(nginx, request_bytes)
    assert (answered, said["status"], said.get("reason")) == (status, status, reason)
    assert origin.requests == []


async def test_a_gateway_that_is_not_there_is_a_problem_that_says_when_to_come_again(names: Names, someone: Someone):
    async with someone() as http:
        names.addresses = ["127.0.0.77"]
        await eventually(lambda: _answers(http, 503))
        said = assert_problem(await http.get("/v1/scenarios"), 503, "SERVICE_UNAVAILABLE")
        assert said["metadata"] == {"service": "gateway"}
        names.addresses = []

        async def unknown() -> bool:
            answer = await http.get("/v1/scenarios")
            assert_problem(answer, 503, "SERVICE_UNAVAILABLE")
            return answer.headers["retry-after"] == "1"

        assert await eventually(unknown)


async def _answers(http: httpx.AsyncClient, status: int) -> bool:
    await asyncio.sleep(0.25)
    return (await http.get("/v1/scenarios")).status_code == status


async def test_a_gateway_that_does_not_take_the_connection_is_given_up_in_time(nginx: Nginx, someone: Someone, origin: Origin):
    async with someone() as http:
        with black_hole() as nowhere:
            await nginx.point(nowhere.removeprefix("http://"))
            await eventually(lambda: _answers(http, 504), within=30)
            assert_problem(await http.get("/v1/scenarios"), 504, "DEADLINE_EXCEEDED")
    await nginx.point(f"{NAME}:{origin.port}")


async def test_where_a_request_comes_from_is_no_claim_of_its_sender(origin: Origin, someone: Someone):
    claims = {"x-forwarded-for": "203.0.113.5, 198.51.100.7", "x-real-ip": "203.0.113.5", "forwarded": "for=203.0.113.5"}
    async with someone("127.0.0.8") as liar, someone(BALANCER) as balancer:
        await liar.get("/v1/scenarios", headers=claims)
        await balancer.get("/v1/scenarios", headers=claims)
        await balancer.get("/v1/scenarios", headers={"x-forwarded-for": "203.0.113.5, 192.0.2.4"})
    assert [one.headers["x-forwarded-for"] for one in origin.requests] == ["127.0.0.8", "198.51.100.7", "203.0.113.5"]
    assert not [one.headers for one in origin.requests if {"x-real-ip", "forwarded"} & set(one.headers)]


async def test_a_post_that_was_sent_is_never_sent_again(origin: Origin, names: Names, someone: Someone):
    """Its gateway dies with it in its hands. A GET may be asked of another."""

    async def die(request: Request) -> None:
        request.writer.transport.abort()

    names.addresses = [FIRST, SECOND]
    async with someone() as http:

        async def both() -> bool:
            await asyncio.sleep(0.25)
            await http.get("/v1/scenarios")
            return {one.address for one in origin.requests} == {FIRST, SECOND}

        await eventually(both)
        origin.requests.clear()
        origin.behave = die
        for path in ("/v1/games/g/turns", "/v1/games/g/turns:stream"):
            origin.requests.clear()
            assert_problem(await http.post(path, json={"text": "once"}), 503, "SERVICE_UNAVAILABLE")
            assert len(origin.requests) == 1
        origin.requests.clear()
        assert_problem(await http.get("/v1/scenarios"), 503, "SERVICE_UNAVAILABLE")
        assert len(origin.requests) == 2


async def test_a_post_goes_to_another_gateway_where_the_first_takes_no_connection(origin: Origin, names: Names, someone: Someone):
    names.addresses = ["127.0.0.77", SECOND]
    async with someone() as http:

        async def moved() -> bool:
            await asyncio.sleep(0.25)
            origin.requests.clear()
            assert (await http.post("/v1/games", json={})).status_code == 200
            return origin.requests[-1].address == SECOND

        await eventually(moved)


async def test_a_gateway_that_is_made_anew_elsewhere_is_found_again(origin: Origin, names: Names, someone: Someone):
    async with someone() as http:
        assert (await http.get("/v1/scenarios")).status_code == 200
        names.addresses = [SECOND]

        async def there() -> bool:
            await asyncio.sleep(0.25)
            await http.get("/v1/scenarios")
            return origin.requests[-1].address == SECOND

        await eventually(there)


async def test_a_stream_outlives_a_reload_and_new_requests_go_where_they_should(nginx: Nginx, origin: Origin, someone: Someone):
    go_on = asyncio.Event()

    async def in_two_parts(request: Request) -> None:
        if not request.path.endswith(":stream"):
            await request.answer()
            return
        await request.begin_stream()
        await request.event("before")
        await go_on.wait()
        await request.event("after")

    origin.behave = in_two_parts
    async with someone() as http, someone() as other, http.stream("POST", "/v1/games/g/turns:stream", json={}) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "event: before"
        await nginx.point(f"{SECOND}:{origin.port}")

        async def pointed() -> bool:
            assert (await other.get("/v1/scenarios")).status_code == 200
            await asyncio.sleep(0.25)
            return origin.requests[-1].address == SECOND

        await eventually(pointed)
        go_on.set()
        assert [line async for line in lines if line.startswith("event")] == ["event: after"]
    await nginx.point(f"{NAME}:{origin.port}")


async def test_the_log_has_one_line_a_request_and_no_words_of_players(nginx: Nginx, someone: Someone):
    async with someone() as http:
        await http.post(
            "/v1/games/g/turns?secret=word", json={"text": "비밀"}, headers={"x-request-id": "an-id", "authorization": "Bearer t0ken"}
        )
        await http.get("/v1/scenarios", headers={"x-request-id": '"}injected'})

    async def logged() -> bool:
        return "an-id" in nginx.log.read_text()

    await eventually(logged)
    text = nginx.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    mine = [line for line in lines if line["request_id"] == "an-id"]
    assert [(line["http_method"], line["path"], line["status"]) for line in mine] == [("POST", "/v1/games/g/turns", 200)]
    for word in ("비밀", "secret", "t0ken", "injected"):
        assert word not in text


@pytest.mark.parametrize("build", nginx_programs())
async def test_with_certificates_there_is_tls_and_http_leads_to_it(build: str, origin: Origin, resolver: tuple[Names, int], tmp_path: Path):
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    made = (
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    )
    made += ("-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate))
    await asyncio.to_thread(subprocess.run, made, check=True, capture_output=True)
    port = free_port()
    more = {"CERTIFICATES": str(tmp_path), "LISTEN_TLS": f"127.0.0.1:{port}"}
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with running_nginx(nginx_programs()[build], f"{NAME}:{origin.port}", resolver[1], **more) as nginx:
        async with httpx.AsyncClient(verify=trusting, trust_env=False) as http:
            answer = await http.get(f"https://localhost:{port}/v1/scenarios")
            assert (answer.status_code, answer.headers["strict-transport-security"]) == (200, "max-age=31536000")
            assert origin.requests[-1].headers["x-forwarded-proto"] == "https"
            led = await http.post(f"{nginx.url}/v1/games?x=1", json={})
            assert (led.status_code, led.headers["location"]) == (308, "https://127.0.0.1/v1/games?x=1")
            assert (await http.get(f"{nginx.url}/livez")).status_code == 200
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(str(certificate))
        old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        _, writer = await asyncio.open_connection("localhost", port, ssl=old, server_hostname="localhost")
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.2"
        writer.close()


async def test_before_the_real_gateway_its_own_words_pass_and_no_port_of_operators_is_reached(resolver: tuple[Names, int]):
    """`/metrics`, reflection, health and the internal services are on other ports, and nginx knows of one only."""
    async with upstream_services() as services, gateway(services) as edge:
        program = next(iter(nginx_programs().values()))
        async with (
            running_nginx(program, f"127.0.0.1:{edge.port}", resolver[1]) as nginx,
            httpx.AsyncClient(base_url=nginx.url, headers=SIGNED_IN, timeout=30) as http,
        ):
            for path in (
                "/.problem/400",
                "/metrics",
                "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                "/grpc.health.v1.Health/Check",
            ):
                assert_problem(await http.get(path), 404, "PATH_NOT_FOUND")
            stale = await http.post("/v1/games/g/turns:stream", json={"text": "stale", "expectedTurn": 7})
            assert (stale.status_code, stale.json()["reason"]) == (409, "STALE_TURN")
            read = await http.post(
                "/v1/games/g/turns:stream", json={"text": "go", "expectedTurn": 7}, headers={"x-forwarded-for": "203.0.113.5"}
            )
            assert [line for line in read.text.splitlines() if line.startswith("event")] == [
                "event: accepted",
                "event: delta",
                "event: done",
            ]
            assert services.seen.metadata["StreamTurn"][context.CLIENT] == "127.0.0.1"
