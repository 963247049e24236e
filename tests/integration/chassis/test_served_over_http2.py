"""Calls served over HTTP/2: to gRPC's own client, to ours, and to peers that do what neither ever does."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import grpc
import pytest
from hpack import Decoder

from services.chassis.http2 import frames
from services.chassis.http2.accepted import MOST_STREAMS
from services.chassis.http2.channel import channel
from services.chassis.http2.headers import field as header
from services.chassis.http2.headers import read
from services.chassis.http2.served_call import ServedCall
from services.chassis.http2.server import Server
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 30.0
MIB = 1024 * 1024
Metadata: TypeAlias = tuple[tuple[str, str], ...]


@pytest.fixture(scope="module", autouse=True)
async def one_loop() -> None:
    """One for all tests here: gRPC's client speaks to its loop for a moment after it was closed."""


@dataclass
class Methods:
    """Each does what its name says."""

    called: int = 0
    sent: int = 0
    done: int = 0
    broken_off: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def Echo(self, request: bytes, rpc: ServedCall) -> bytes:
        self.called += 1
        said = dict(rpc.invocation_metadata())
        await rpc.send_initial_metadata((("first", said.get("say", "")),))
        rpc.set_trailing_metadata((("said", said.get("say", "")), ("raw-bin", said.get("raw-bin", b"\x00\xff"))))
        return request

    async def Sized(self, request: bytes, rpc: ServedCall) -> bytes:
        return bytes(int(request))

    async def Left(self, request: bytes, rpc: ServedCall) -> bytes:
        left = rpc.time_remaining()
        return b"none" if left is None else b"%d" % left

    async def From(self, request: bytes, rpc: ServedCall) -> bytes:
        return rpc.peer().encode()

    async def Abort(self, request: bytes, rpc: ServedCall) -> bytes:
        await rpc.abort(grpc.StatusCode.NOT_FOUND, "없다: 100 %", (("why-bin", b"\x01"),))

    async def Set(self, request: bytes, rpc: ServedCall) -> bytes:
        rpc.set_code(grpc.StatusCode.DATA_LOSS)
        rpc.set_details("gone")
        return b""

    async def Crash(self, request: bytes, rpc: ServedCall) -> bytes:
        raise asyncio.CancelledError

    async def Wait(self, request: bytes, rpc: ServedCall) -> bytes:
        self.called += 1
        rpc.add_done_callback(lambda _: self._count())
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        return request

    async def Ten(self, request: bytes, rpc: ServedCall) -> AsyncIterator[bytes]:
        for number in range(10):
            yield b"%d" % number

    async def Written(self, request: bytes, rpc: ServedCall) -> None:
        for number in range(10):
            await rpc.write(b"%d" % number)

    async def Fails(self, request: bytes, rpc: ServedCall) -> AsyncIterator[bytes]:
        yield b"one"
        await rpc.abort(grpc.StatusCode.ABORTED, "then no more")

    async def Endless(self, request: bytes, rpc: ServedCall) -> AsyncIterator[bytes]:
        try:
            while True:
                yield self.sent.to_bytes(4, "big") * 1000
                self.sent += 1
        finally:
            self.broken_off += 1

    async def Turns(self, requests: AsyncIterator[bytes], rpc: ServedCall) -> AsyncIterator[bytes]:
        async for request in requests:
            yield request[::-1]

    async def Joined(self, requests: AsyncIterator[bytes], rpc: ServedCall) -> bytes:
        return b" ".join([request async for request in requests])

    def _count(self) -> None:
        self.done += 1


KINDS = {
    grpc.unary_unary_rpc_method_handler: ("Echo", "Sized", "Left", "From", "Abort", "Set", "Crash", "Wait"),
    grpc.unary_stream_rpc_method_handler: ("Ten", "Written", "Fails", "Endless"),
    grpc.stream_stream_rpc_method_handler: ("Turns",),
    grpc.stream_unary_rpc_method_handler: ("Joined",),
}


@dataclass
class Served:
    """A server that serves."""

    server: Server
    methods: Methods
    port: int


@asynccontextmanager
async def served(port: int = 0, age_seconds: float = 300.0) -> AsyncIterator[Served]:
    methods, server = Methods(), Server(age_seconds)
    server.add_registered_method_handlers("t", {name: make(getattr(methods, name)) for make, names in KINDS.items() for name in names})
    made = Served(server, methods, server.bind(f"127.0.0.1:{port}"))
    await server.start()
    try:
        yield made
    finally:
        await server.stop(0)


@dataclass
class Caller:
    """Calls as gRPC's own client, or as ours; what came: the messages and the metadata at the end."""

    one: Callable[..., Awaitable[tuple[bytes, dict[str, str | bytes]]]]
    many: Callable[[str], AsyncIterator[bytes]]


@asynccontextmanager
async def grpcs(port: int) -> AsyncIterator[Caller]:
    sizes = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=sizes) as opened:

        async def one(name: str, request: bytes = b"", sent: Metadata = (), seconds: float | None = PATIENCE_SECONDS):
            call = opened.unary_unary(f"/t/{name}")(request, metadata=sent, timeout=seconds)
            return await call, {**dict(await call.initial_metadata()), **dict(await call.trailing_metadata())}

        async def many(name: str) -> AsyncIterator[bytes]:
            call = opened.unary_stream(f"/t/{name}")(b"")
            try:
                async for message in call:
                    yield message
            finally:
                call.cancel()

        yield Caller(one, many)


@asynccontextmanager
async def ours(port: int) -> AsyncIterator[Caller]:
    async with channel(f"127.0.0.1:{port}") as opened:

        async def one(name: str, request: bytes = b"", sent: Metadata = (), seconds: float = PATIENCE_SECONDS):
            call = opened.begin(f"/t/{name}", request, sent, seconds)
            return await call.answer(), dict(call.metadata)

        async def many(name: str) -> AsyncIterator[bytes]:
            call = opened.begin(f"/t/{name}", b"", (), PATIENCE_SECONDS, streams=True)
            try:
                while messages := await call.read():
                    for message in messages:
                        yield message
            finally:
                call.cancel()

        yield Caller(one, many)


@pytest.fixture(params=[grpcs, ours], ids=["gRPC's client", "ours"])
def calling(request):
    return request.param


@asynccontextmanager
async def connected(calling) -> AsyncIterator[tuple[Served, Caller]]:
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, calling(server.port) as caller:
        yield server, caller


async def failed(call: Awaitable[object]) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def is_so(value: bool) -> bool:
    return value


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


async def test_requests_may_all_come_before_the_first_is_answered():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port) as raw:
        turns = frames.head(1, HEAD + header(":path", b"/t/Turns"))
        raw.writer.write(turns + frames.frame(frames.DATA, 0, 1, b"\0\0\0\0\x01a"))
        assert (await raw.heard())[0] == frames.HEADERS
        raw.writer.write(frames.frame(frames.DATA, frames.END_STREAM, 1, b"\0\0\0\0\x01b" * 3))

        assert (await raw.answer())["data"] == b"\0\0\0\0\x01a" + b"\0\0\0\0\x01b" * 3


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


async def test_a_method_that_forgets_its_deadline_is_broken_off_and_so_is_a_request_that_never_ends():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port) as raw:
        wait = HEAD + header(":path", b"/t/Wait") + header("grpc-timeout", b"10m")
        raw.writer.write(frames.head(1, wait) + frames.frame(frames.DATA, frames.END_STREAM, 1, MESSAGE) + frames.head(3, wait))

        assert [(await raw.answer())["grpc-status"] for _ in range(2)] == [b"4", b"4"]
        await eventually(lambda: is_so(server.methods.broken_off == 1))


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


async def test_a_stop_is_not_held_up_by_who_has_said_nothing_and_leaves_nobody():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port, b"") as silent:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        begun = asyncio.get_running_loop().time()
        await server.server.stop(PATIENCE_SECONDS)

        assert asyncio.get_running_loop().time() - begun < PATIENCE_SECONDS / 2
        for one in (silent.reader, reader):
            with contextlib.suppress(ConnectionError):
                assert not (await one.read()).endswith(b"\0\0\0\0\x02hi")
        writer.close()


async def test_a_connection_goes_away_once_and_what_was_said_can_be_read_after():
    async with asyncio.timeout(PATIENCE_SECONDS), served(age_seconds=0.1) as server, peer(server.port, WIDE) as raw:
        raw.writer.write(frames.head(1, HEAD + header(":path", b"/t/Wait")) + frames.frame(frames.DATA, frames.END_STREAM, 1, MESSAGE))
        went = [await raw.heard()]
        while went[-1][0] != frames.PING:
            went.append(await raw.heard())
        sized = frames.head(3, HEAD + header(":path", b"/t/Sized"))  # it had not heard yet
        raw.writer.write(sized + frames.frame(frames.DATA, frames.END_STREAM, 3, b"\0\0\0\0\x08" + b"%8d" % (8 * MIB)))
        raw.writer.write(frames.frame(frames.PING, frames.ACK, 0, went[-1][3]))
        stopped = asyncio.create_task(server.server.stop(PATIENCE_SECONDS))
        server.methods.go_on.set()
        await asyncio.sleep(1.5)  # longer than who reads nothing is waited for, when all is read
        ended = set()
        while ended != {1, 3}:
            went.append(await raw.heard())
            if went[-1][0] == frames.HEADERS and went[-1][1] & frames.END_STREAM:
                ended.add(went[-1][2])

        assert sum(len(payload) for kind, _, number, payload in went if (kind, number) == (frames.DATA, 3)) == 8 * MIB + 5
        assert [payload[:4] for kind, _, _, payload in went if kind == frames.GOAWAY] == [b"\x7f\xff\xff\xff", bytes(3) + b"\x03"]
        await stopped


async def test_a_stream_waits_for_its_reader_however_wide_the_window():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port, WIDE) as raw:
        raw.writer.transport.pause_reading()
        raw.writer.write(frames.head(1, HEAD + header(":path", b"/t/Endless")) + frames.frame(frames.DATA, frames.END_STREAM, 1, MESSAGE))
        before = -1

        async def stuck() -> bool:
            nonlocal before
            now, before = before, server.methods.sent
            return bool(now == before) and now > 0

        await eventually(stuck)
        assert server.methods.sent * 4000 < 16 * MIB


async def test_there_is_a_most_of_calls_and_those_beyond_it_are_not_looked_at():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port) as raw:
        wait = HEAD + header(":path", b"/t/Wait")
        raw.writer.write(b"".join(frames.head(2 * number + 1, wait) for number in range(MOST_STREAMS + 1)))

        assert await raw.heard() == (frames.RST_STREAM, 0, 2 * MOST_STREAMS + 1, frames.REFUSED_STREAM.to_bytes(4, "big"))


async def test_who_keeps_no_table_is_told_that_none_is_used():
    small = frames.PREFACE + frames.settings({frames.HEADER_TABLE_SIZE: 0})
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port, small) as raw:
        decoder = Decoder()
        decoder.max_allowed_table_size = 0
        raw.writer.write(echo() + echo(3))
        blocks = [payload for kind, _, _, payload in [await raw.heard() for _ in range(6)] if kind == frames.HEADERS]

        assert [dict(decoder.decode(one, raw=True)).get(b"grpc-status") for one in blocks] == [None, b"0", None, b"0"]


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


HEAD = b"".join(
    header(name, value)
    for name, value in ((":method", b"POST"), (":scheme", b"http"), ("te", b"trailers"), ("content-type", b"application/grpc"))
)
ECHO = HEAD + header(":path", b"/t/Echo")
END = frames.END_HEADERS | frames.END_STREAM
MESSAGE = b"\0\0\0\0\x02hi"
WIDE = frames.PREFACE + frames.settings({frames.INITIAL_WINDOW_SIZE: frames.LAST_STREAM}) + frames.window_update(0, 2**30)


@dataclass
class Peer:
    """A peer that says what it likes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def heard(self) -> tuple[int, int, int, bytes]:
        """The next frame: its kind, its flags, its stream, what it holds. Settings and windows are passed over."""
        while True:
            sized, flags, number = frames.HEAD.unpack(await self.reader.readexactly(9))
            payload = await self.reader.readexactly(sized >> 8)
            if sized & 0xFF not in {frames.SETTINGS, frames.WINDOW_UPDATE}:
                return sized & 0xFF, flags, number, payload

    async def answer(self) -> dict[str, bytes]:
        """The headers of an answer, and of its end; and its "data"."""
        said: dict[str, bytes] = {}
        while True:
            kind, flags, _, payload = await self.heard()
            if kind == frames.GOAWAY:
                raise AssertionError(payload)
            if kind == frames.HEADERS:
                said |= read(payload)
            elif kind == frames.DATA:
                said["data"] = said.get("data", b"") + payload
            if flags & frames.END_STREAM:
                return said


@asynccontextmanager
async def peer(port: int, greeting: bytes = frames.PREFACE + frames.settings({})) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(greeting)
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()


def echo(number: int = 1) -> bytes:
    return frames.head(number, ECHO) + frames.frame(frames.DATA, frames.END_STREAM, number, MESSAGE)


IN_PIECES = b"".join(
    (
        frames.frame(200, 0, 0, b"?"),
        frames.frame(frames.HEADERS, frames.PADDED | frames.WITH_PRIORITY, 1, b"\x02" + bytes(5) + ECHO[:7] + b"\0\0"),
        frames.frame(frames.CONTINUATION, 0, 1, ECHO[7:30]),
        frames.frame(frames.CONTINUATION, frames.END_HEADERS, 1, ECHO[30:]),
        frames.frame(frames.PING, 0, 0, bytes(8)),
        frames.frame(frames.DATA, 0, 1, MESSAGE[:3]),
        frames.frame(frames.DATA, frames.PADDED, 1, b"\x01" + MESSAGE[3:6] + b"\0"),
        frames.frame(frames.DATA, 0, 1),
        frames.frame(frames.DATA, 0, 1, MESSAGE[6:]),
        frames.frame(frames.HEADERS, END, 1, header("said", b"at the end")),
    )
)


@pytest.mark.parametrize("size", [1, 7, 10_000], ids=["byte by byte", "in pieces", "at once"])
@pytest.mark.parametrize("says", [echo(), IN_PIECES], ids=["plain", "in the most frames"])
async def test_a_request_may_come_in_any_pieces(says, size):
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port, b"") as raw:
        whole = frames.PREFACE + frames.settings({}) + says
        for at in range(0, len(whole), size):
            raw.writer.write(whole[at : at + size])
            await raw.writer.drain()
            await asyncio.sleep(0)

        said = await raw.answer()
        if b"?" in says:
            assert said == {}  # a ping's answer, whose flag looks like an end
            said = await raw.answer()
        assert (said["data"], said["grpc-status"]) == (MESSAGE, b"0")


async def test_an_answer_waits_for_the_window_that_its_reader_gives():
    tight = frames.PREFACE + frames.settings({frames.INITIAL_WINDOW_SIZE: 3})
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port, tight) as raw:
        raw.writer.write(echo())
        got = [await raw.heard() for _ in range(2)]
        assert got[1] == (frames.DATA, 0, 1, MESSAGE[:3])
        raw.writer.write(frames.window_update(1, 1))
        assert await raw.heard() == (frames.DATA, 0, 1, MESSAGE[3:4])
        raw.writer.write(frames.settings({frames.INITIAL_WINDOW_SIZE: 5}))
        assert await raw.heard() == (frames.DATA, 0, 1, MESSAGE[4:6])
        raw.writer.write(frames.settings({frames.INITIAL_WINDOW_SIZE: 4}) + frames.window_update(1, 1))
        raw.writer.write(echo(3))
        assert [(kind, number, payload) for kind, _, number, payload in [await raw.heard() for _ in range(2)]][1] == (0, 3, MESSAGE[:4])
        raw.writer.write(frames.window_update(1, 100))
        assert await raw.heard() == (frames.DATA, 0, 1, MESSAGE[6:])
        kind, flags, number, _ = await raw.heard()
        assert (kind, flags, number) == (frames.HEADERS, END, 1)


def asked(*pairs: tuple[str, bytes], data: tuple[bytes, ...] = (MESSAGE,)) -> bytes:
    said = {":method": b"POST", ":scheme": b"http", "te": b"trailers", "content-type": b"application/grpc", ":path": b"/t/Echo"} | dict(
        pairs
    )
    head = frames.head(1, b"".join(header(name, value) for name, value in said.items()))
    return head + b"".join(frames.frame(frames.DATA, 0, 1, one) for one in data) + frames.frame(frames.DATA, frames.END_STREAM, 1)


@pytest.mark.parametrize(
    ("says", "status"),
    {
        "another's content": (asked(("content-type", b"text/html")), {":status": b"415"}),
        "compressed, it says": (asked(("grpc-encoding", b"gzip")), {"grpc-status": b"12", "grpc-accept-encoding": b"identity"}),
        "compressed": (asked(data=(b"\x01\0\0\0\x02hi",)), {"grpc-status": b"13"}),
        "not compressed, it says": (asked(("grpc-encoding", b"identity")), {"grpc-status": b"0"}),
        "a timeout that is none": (asked(("grpc-timeout", b"soon")), {"grpc-status": b"13"}),
        "no message": (asked(data=()), {"grpc-status": b"12", "grpc-message": b"0 messages came for one"}),
        "half a message": (asked(data=(MESSAGE[:4],)), {"grpc-status": b"12"}),
        "two messages": (asked(data=(MESSAGE, MESSAGE)), {"grpc-status": b"12", "grpc-message": b"2 messages came for one"}),
        "too long a message": (asked(data=(b"\0\xff\xff\xff\xff",)), {"grpc-status": b"8"}),
        "a method that crashes": (asked((":path", b"/t/Crash")), {"grpc-status": b"2", "grpc-message": b"the method broke off"}),
        "no path": (asked((":path", b"")), {"grpc-status": b"12"}),
    }.values(),
)  # fmt: skip
async def test_a_request_that_can_not_be_served_is_answered(says, status):
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port) as raw:
        raw.writer.write(says)
        said = await raw.answer()
        assert said | status == said
        raw.writer.write(echo(3))

        async def next_answer() -> dict[str, bytes]:
            said = await raw.answer()
            return said if "data" in said else await next_answer()

        assert (await next_answer())["data"] == MESSAGE


BOMB = b"\x40\x01a\x7f\xe1\x0e" + b"x" * 1888  # a header of 1,888 bytes, to be kept; then named over and over


@pytest.mark.parametrize(
    ("says", "code"),
    {
        "HTTP of old": (b"GET / HTTP/1.1\r\n\r\n", frames.PROTOCOL_ERROR),
        "too long a frame": (frames.HEAD.pack(20_000 << 8, 0, 1), frames.FRAME_SIZE_ERROR),
        "a stream that only a server opens": (frames.head(2, ECHO), frames.PROTOCOL_ERROR),
        "a push": (frames.frame(frames.PUSH_PROMISE, 4, 1), frames.PROTOCOL_ERROR),
        "a header that was not kept": (frames.head(1, b"\xbe"), frames.COMPRESSION_ERROR),
        "a table that is too long": (frames.head(1, b"\x3f\xff\xff\x03"), frames.COMPRESSION_ERROR),
        "headers without end": (frames.head(1, BOMB + b"\xbe" * 2000), frames.COMPRESSION_ERROR),
        "a block without end": (
            frames.frame(frames.HEADERS, 0, 1) + frames.frame(frames.CONTINUATION, 0, 1, bytes(16_000)) * 6, frames.PROTOCOL_ERROR,
        ),
        "a block that is left": (frames.frame(frames.HEADERS, 0, 1) + frames.frame(frames.PING, 0, 0, bytes(8)), frames.PROTOCOL_ERROR),
        "a block that was not begun": (frames.frame(frames.CONTINUATION, 4, 1), frames.PROTOCOL_ERROR),
        "all padding": (frames.head(1, ECHO) + frames.frame(frames.DATA, frames.PADDED, 1, b"\x09"), frames.PROTOCOL_ERROR),
        "half a setting": (frames.frame(frames.SETTINGS, 0, 0, b"12345"), frames.FRAME_SIZE_ERROR),
        "half a reset": (frames.head(1, ECHO) + frames.frame(frames.RST_STREAM, 0, 1, b"1"), frames.FRAME_SIZE_ERROR),
        "half a window": (frames.frame(frames.WINDOW_UPDATE, 0, 0, b"1"), frames.FRAME_SIZE_ERROR),
        "too wide a window": (frames.settings({frames.INITIAL_WINDOW_SIZE: 2**31}), frames.FLOW_CONTROL_ERROR),
        "more than the window": (
            frames.head(1, HEAD + header(":path", b"/t/Turns")) + frames.frame(frames.DATA, 0, 1, MESSAGE * 2000) * 5,
            frames.FLOW_CONTROL_ERROR,
        ),
    }.values(),
)  # fmt: skip
async def test_who_does_not_keep_to_the_protocol_is_told_and_nobody_else_is_disturbed(says, code):
    async with connected(ours) as (server, caller):
        waiting = asyncio.ensure_future(caller.one("Wait", b"!"))
        greeting = b"" if says.startswith(b"GET") else frames.PREFACE + frames.settings({})
        async with peer(server.port, greeting) as raw:
            raw.writer.write(says)
            kinds = [await raw.heard()]
            while kinds[-1][0] != frames.GOAWAY:
                kinds.append(await raw.heard())
            assert kinds[-1][3][4:] == code.to_bytes(4, "big")
            assert await raw.reader.read() == b""
        server.methods.go_on.set()
        assert (await waiting)[0] == b"!"


async def test_who_leaves_in_the_middle_takes_along_what_it_asked_for():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server:
        async with peer(server.port) as raw:
            wait = HEAD + header(":path", b"/t/Wait")
            for number in range(1, 200, 2):
                raw.writer.write(frames.head(number, wait) + frames.frame(frames.DATA, frames.END_STREAM, number, MESSAGE))
            await eventually(lambda: is_so(server.methods.called == 100))
            raw.writer.write(b"".join(frames.reset(number, frames.CANCEL) for number in range(1, 100, 2)))
            await eventually(lambda: is_so(server.methods.broken_off == 50))
        await eventually(lambda: is_so(server.methods.broken_off == 100))
        assert server.methods.done == 100


@pytest.mark.parametrize("asks", ["pings", "methods that there are not"])
async def test_who_asks_for_answers_and_reads_none_is_sent_away(asks):
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server:
        async with peer(server.port) as raw:
            raw.writer.transport.pause_reading()
            ping, unknown = frames.frame(frames.PING, 0, 0, bytes(8)), HEAD + header(":path", b"/" + b"x" * 1000)
            with pytest.raises(ConnectionError):
                for number in itertools.count():
                    numbers = range(2000 * number + 1, 2000 * number + 2001, 2)
                    raw.writer.write(ping * 1000 if asks == "pings" else b"".join(frames.head(one, unknown) for one in numbers))
                    await raw.writer.drain()
        async with ours(server.port) as caller:
            assert (await caller.one("Echo", b"others"))[0] == b"others"
