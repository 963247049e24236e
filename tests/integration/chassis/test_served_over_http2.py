"""Calls served over HTTP/2, to gRPC's own client and to ours."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable

import grpc
import pytest

from services.chassis.http2.server import Server
from tests.support.eventually import eventually
from tests.support.served_calls import MIB, PATIENCE_SECONDS, connected, grpcs, is_so, ours, served

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", autouse=True)
async def one_loop() -> None:
    """One for all tests here: gRPC's client speaks to its loop for a moment after it was closed."""


@pytest.fixture(params=[grpcs, ours], ids=["gRPC's client", "ours"])
def calling(request):
    return request.param


async def failed(call: Awaitable[object]) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def test_a_message_goes_and_comes_with_its_metadata(calling):
    async with connected(calling) as (_, caller):
        assert await caller.one("Echo", b"said", (("say", "hello"),)) == (
            b"said",
            {"first": "hello", "said": "hello", "raw-bin": b"\x00\xff"},
        )
        assert (await caller.one("Echo", b"", (("say", "x" * 7000),)))[1]["said"] == "x" * 7000
        assert await asyncio.gather(*(caller.one("Echo", b"%d" % n, (("say", f"{n}"),)) for n in range(500))) == [
            (b"%d" % n, {"first": f"{n}", "said": f"{n}", "raw-bin": b"\x00\xff"}) for n in range(500)
        ]


async def test_metadata_may_be_binary_and_what_is_said_again_and_again_is_understood():
    async with connected(grpcs) as (_, caller):
        for number in (1, 1, 2, 1):
            sent = (("say", "always the same"), ("raw-bin", bytes(number)))
            said = (await caller.one("Echo", b"", sent))[1]
            assert said == {"first": "always the same", "said": "always the same", "raw-bin": bytes(number)}


async def test_what_is_longer_than_any_window_arrives_whole(calling):
    async with connected(calling) as (_, caller):
        requests = [bytes([number]) * (3 * MIB) for number in range(3)]

        assert [answer for answer, _ in await asyncio.gather(*(caller.one("Echo", one) for one in requests))] == requests


async def test_a_message_may_have_16_mib_and_no_more(calling):
    async with connected(calling) as (_, caller):
        assert len((await caller.one("Echo", bytes(16 * MIB)))[0]) == 16 * MIB
        assert (await failed(caller.one("Echo", bytes(16 * MIB + 1)))).code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert (await caller.one("Echo", b"and on"))[0] == b"and on"


async def test_a_failure_comes_with_its_words_and_metadata(calling):
    async with connected(calling) as (_, caller):
        failure = await failed(caller.one("Abort"))
        assert (failure.code(), failure.details()) == (grpc.StatusCode.NOT_FOUND, "없다: 100 %")
        assert dict(failure.trailing_metadata())["why-bin"] == b"\x01"

        failure = await failed(caller.one("Set"))
        assert (failure.code(), failure.details()) == (grpc.StatusCode.DATA_LOSS, "gone")

        failure = await failed(caller.one("Unknown"))
        assert (failure.code(), failure.details()) == (grpc.StatusCode.UNIMPLEMENTED, "there is no method /t/Unknown")


async def test_a_method_knows_who_calls_and_how_long_they_wait(calling):
    async with connected(calling) as (_, caller):
        assert (await caller.one("From"))[0].startswith(b"ipv4:127.0.0.1:")
        assert (await caller.one("Left", seconds=25))[0] in {b"24", b"25"}


async def test_who_names_no_deadline_has_none():
    async with connected(grpcs) as (_, caller):
        assert (await caller.one("Left", seconds=None))[0] == b"none"


async def test_a_stream_comes_to_its_end_or_to_its_failure(calling):
    async with connected(calling) as (_, caller):
        for name in ("Ten", "Written"):
            assert [message async for message in caller.many(name)] == [b"%d" % number for number in range(10)]

        got = []
        with pytest.raises(grpc.aio.AioRpcError, match="then no more"):
            async for message in caller.many("Fails"):
                got.append(message)
        assert got == [b"one"]


async def test_requests_may_be_many():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as opened:
        call = opened.stream_stream("/t/Turns")()
        for number in range(300):
            await call.write(b"%d." % number * 1000)
            assert await call.read() == (b"%d." % number * 1000)[::-1]
        await call.done_writing()
        assert await call.read() == grpc.aio.EOF

        assert await opened.stream_unary("/t/Joined")(iter((b"a", b"b", b"c"))) == b"a b c"
        assert await opened.stream_unary("/t/Joined")(iter(())) == b""


async def test_who_does_not_read_stops_its_sender_and_nobody_else(calling):
    async with connected(calling) as (server, caller):
        slow, before = caller.many("Endless"), -1

        async def stuck() -> bool:
            nonlocal before
            now, before = before, server.methods.sent
            return bool(now == before)

        first = [await anext(slow) for _ in range(2)]
        await eventually(stuck)
        assert server.methods.sent * 4000 < 64 * MIB
        assert (await caller.one("Echo", bytes(MIB)))[0] == bytes(MIB)
        rest = [await anext(slow) for _ in range(2000)]
        assert [*first, *rest] == [number.to_bytes(4, "big") * 1000 for number in range(2002)]
        await slow.aclose()
        await eventually(lambda: is_so(server.methods.broken_off == 1))


async def test_a_call_that_nobody_waits_for_is_broken_off_once(calling):
    async with connected(calling) as (server, caller):
        assert (await failed(caller.one("Wait", seconds=0.2))).code() == grpc.StatusCode.DEADLINE_EXCEEDED
        await eventually(lambda: is_so(server.methods.broken_off == 1))

        waiting = asyncio.ensure_future(caller.one("Wait"))
        await eventually(lambda: is_so(server.methods.called == 2))
        waiting.cancel()
        await eventually(lambda: is_so(server.methods.broken_off == 2))
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        assert server.methods.done == 2

        server.methods.go_on.set()
        assert (await caller.one("Wait"))[0] == b""
        assert (server.methods.done, server.methods.broken_off) == (3, 2)


async def test_a_server_that_stops_lets_calls_end_and_breaks_off_those_that_do_not(calling):
    async with connected(calling) as (_, caller):
        for grace, goes_on in ((PATIENCE_SECONDS, True), (0.1, False)):
            async with served() as stopping, calling(stopping.port) as stoppings:
                waiting = [asyncio.ensure_future(stoppings.one("Wait", b"%d" % number)) for number in range(3)]
                await eventually(lambda methods=stopping.methods: is_so(methods.called == 3))
                stopped = asyncio.create_task(stopping.server.stop(grace))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(stopped), 0.05)
                if goes_on:
                    stopping.methods.go_on.set()
                    assert [answer for answer, _ in await asyncio.gather(*waiting)] == [b"0", b"1", b"2"]
                else:
                    failures = [await failed(one) for one in waiting]
                    assert {(one.code(), one.details()) for one in failures} == {(grpc.StatusCode.UNAVAILABLE, "the server is stopping")}
                await stopped
                assert (stopping.methods.done, stopping.methods.broken_off) == ((3, 0) if goes_on else (3, 3))
                assert (await failed(stoppings.one("Echo", seconds=1))).code() in {
                    grpc.StatusCode.UNAVAILABLE,
                    grpc.StatusCode.DEADLINE_EXCEEDED,
                }
        assert (await caller.one("Echo", b"another's"))[0] == b"another's"


async def test_no_call_fails_when_its_connection_has_grown_old(calling):
    async with asyncio.timeout(PATIENCE_SECONDS), served(age_seconds=0.1) as server, calling(server.port) as caller:
        peers, begun = set(), asyncio.get_running_loop().time()
        long = asyncio.ensure_future(caller.one("Wait", b"longest"))
        while len(peers) < 5:
            for _ in range(50):
                peers.add((await caller.one("From"))[0])
        server.methods.go_on.set()

        assert await long == (b"longest", {})
        assert asyncio.get_running_loop().time() - begun > 0.3


async def test_a_port_is_one_servers_unless_it_is_shared():
    servers = [Server() for _ in range(3)]
    try:
        async with served() as one:
            with pytest.raises(OSError, match="in use"):
                servers[0].bind(f"127.0.0.1:{one.port}")
        port = servers[0].bind("127.0.0.1:0", shared=True)
        assert servers[1].bind(f"127.0.0.1:{port}", shared=True) == port
        for everywhere in ("[::]:0", "0.0.0.0:0"):
            both = servers[2].bind(everywhere)
            for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                with socket.socket(family) as caller:
                    caller.connect((host, both))
    finally:
        for each in servers:
            await each.stop(0)
