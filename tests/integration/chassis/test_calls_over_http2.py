"""Calls over HTTP/2 to gRPC's own servers, and to peers that do what those never do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
import pytest

from services.chassis.http2 import frames
from services.chassis.http2.channel import Channel, channel
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 30.0
MIB = 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
async def one_loop() -> None:
    """One for all tests here: a server of gRPC's still speaks to its loop for a moment after it has stopped."""


@dataclass
class Peer(grpc.GenericRpcHandler):
    """Does what a method's name says."""

    port: int = 0
    server: grpc.aio.Server | None = None
    called: int = 0
    sent: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        name = handler_call_details.method.removeprefix("/t/")
        if name in {"Endless", "Ten"}:
            return grpc.unary_stream_rpc_method_handler(getattr(self, name))
        return grpc.unary_unary_rpc_method_handler(getattr(self, name))

    async def Echo(self, request: bytes, rpc: grpc.aio.ServicerContext) -> bytes:
        self.called += 1
        said = dict(rpc.invocation_metadata())
        await rpc.send_initial_metadata((("first", said.get("say", "")),))
        rpc.set_trailing_metadata((("last", "1"), ("raw-bin", b"\x00\xff")))
        return request

    async def Sized(self, request: bytes, rpc: grpc.aio.ServicerContext) -> bytes:
        return bytes(int(request))

    async def Abort(self, request: bytes, rpc: grpc.aio.ServicerContext) -> bytes:
        await rpc.abort(grpc.StatusCode.NOT_FOUND, "없다: 100 %", (("why-bin", b"\x01"),))

    async def Wait(self, request: bytes, rpc: grpc.aio.ServicerContext) -> bytes:
        self.called += 1
        try:
            await self.go_on.wait()
        finally:
            self.ended.set()
        return request

    async def Ten(self, request: bytes, rpc: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
        for number in range(10):
            yield b"%d" % number

    async def Endless(self, request: bytes, rpc: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
        try:
            while True:
                yield self.sent.to_bytes(4, "big") * 1000
                self.sent += 1
        finally:
            self.ended.set()


@asynccontextmanager
async def peer(port: int = 0, **options: int) -> AsyncIterator[Peer]:
    served = Peer()
    sizes = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.max_metadata_size", MIB))
    server = grpc.aio.server(options=[*sizes, ("grpc.so_reuseport", 0), *((f"grpc.{name}", value) for name, value in options.items())])
    server.add_generic_rpc_handlers((served,))
    served.port, served.server = server.add_insecure_port(f"127.0.0.1:{port}"), server
    await server.start()
    try:
        yield served
    finally:
        await server.stop(0)


@asynccontextmanager
async def connected(**options: int) -> AsyncIterator[tuple[Peer, Channel]]:
    async with asyncio.timeout(PATIENCE_SECONDS), peer(**options) as served, channel(f"127.0.0.1:{served.port}") as calls:
        yield served, calls


def unary(calls: Channel, name: str, request: bytes = b"", seconds: float = PATIENCE_SECONDS):
    return calls.begin(f"/t/{name}", request, (), seconds)


def stream(calls: Channel, name: str):
    return calls.begin(f"/t/{name}", b"", (), PATIENCE_SECONDS, streams=True)


async def failure(call) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call.answer()
    return failed.value


async def test_a_message_goes_and_comes_with_its_metadata():
    async with connected() as (_, calls):
        call = calls.begin("/t/Echo", b"said", (("say", "hello"),), PATIENCE_SECONDS)

        assert await call.answer() == b"said"
        assert call.metadata == (("first", "hello"), ("last", "1"), ("raw-bin", b"\x00\xff"))


async def test_what_is_longer_than_any_window_arrives_whole():
    async with connected() as (_, calls):
        requests = [bytes([number]) * (3 * MIB) for number in range(3)]

        assert await asyncio.gather(*(unary(calls, "Echo", one).answer() for one in requests)) == requests
        long = calls.begin("/t/Echo", b"", (("say", "x" * 40_000),), PATIENCE_SECONDS)
        await long.answer()
        assert dict(long.metadata)["first"] == "x" * 40_000


async def test_a_message_may_have_16_mib_and_no_more():
    async with connected() as (_, calls):
        assert len(await unary(calls, "Sized", b"%d" % (16 * MIB)).answer()) == 16 * MIB
        assert (await failure(unary(calls, "Sized", b"%d" % (16 * MIB + 1)))).code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_failure_comes_with_its_words_and_metadata():
    async with connected() as (_, calls):
        failed = await failure(unary(calls, "Abort"))

        assert (failed.code(), failed.details()) == (grpc.StatusCode.NOT_FOUND, "없다: 100 %")
        assert dict(failed.trailing_metadata())["why-bin"] == b"\x01"


async def test_a_stream_is_read_as_it_comes_to_its_end():
    async with connected() as (_, calls):
        call, read = stream(calls, "Ten"), []
        while messages := await call.read():
            read += messages

        assert read == [b"%d" % number for number in range(10)]
        assert await call.read() == []


async def test_who_does_not_read_stops_its_sender_and_nobody_else():
    async with connected() as (served, calls):
        slow, read, before = stream(calls, "Endless"), 0, -1

        async def stuck() -> bool:
            nonlocal before
            now, before = before, served.sent
            return bool(now == before) and served.sent > 0

        await eventually(stuck)
        assert served.sent * 4000 < MIB
        assert await unary(calls, "Echo", bytes(MIB)).answer() == bytes(MIB)
        while read < 2000:
            for message in await slow.read():
                assert message == read.to_bytes(4, "big") * 1000
                read += 1
        slow.cancel()
        await served.ended.wait()


async def test_a_deadline_and_a_cancellation_reach_the_service():
    async with connected() as (served, calls):
        assert (await failure(unary(calls, "Wait", seconds=0.2))).code() == grpc.StatusCode.DEADLINE_EXCEEDED
        await served.ended.wait()

        served.ended.clear()
        waiting = asyncio.create_task(unary(calls, "Wait").answer())
        await eventually(lambda: _now(served.called == 2))
        waiting.cancel()
        await served.ended.wait()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def _now(value: bool) -> bool:
    return value


async def test_calls_beyond_what_a_peer_takes_at_once_wait_for_their_turn():
    async with connected(max_concurrent_streams=2) as (served, calls):
        waiting = [asyncio.create_task(unary(calls, "Wait", b"%d" % number).answer()) for number in range(5)]
        await eventually(lambda: _now(served.called == 2))
        served.go_on.set()

        assert await asyncio.gather(*waiting) == [b"%d" % number for number in range(5)]


async def test_calls_go_round_all_that_a_name_stands_for_and_past_those_that_are_away():
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        peer() as one,
        peer() as other,
        channel(f"ipv4:127.0.0.1:{one.port},127.0.0.1:{other.port}") as calls,
    ):

        async def called(*served: Peer) -> bool:
            await unary(calls, "Echo").answer()
            return all(one.called > 3 for one in served)

        async def others_alone() -> bool:
            before = other.called
            for _ in range(4):
                await unary(calls, "Echo").answer()
            return other.called == before + 4

        await eventually(lambda: called(one, other))
        await one.server.stop(0)
        await eventually(others_alone)
        async with peer(one.port) as back:
            await eventually(lambda: called(back))


async def test_a_peer_that_is_replaced_fails_no_call(monkeypatch: pytest.MonkeyPatch):
    async with asyncio.timeout(PATIENCE_SECONDS), peer() as old, peer() as new:
        known = [("127.0.0.1", old.port)]

        async def places(_address: str) -> tuple[tuple[str, int], ...]:
            await asyncio.sleep(0.05)  # meanwhile the old one is tried again, and refuses
            return tuple(known)

        monkeypatch.setattr("services.chassis.http2.channel.places", places)
        async with channel("replaced:1") as calls:
            await unary(calls, "Echo").answer()
            known.append(("127.0.0.1", new.port))
            await old.server.stop(None)
            for _ in range(4):
                assert await unary(calls, "Echo", b"!").answer() == b"!"
        assert (old.called, new.called) == (1, 4)


async def test_a_call_waits_for_the_first_connection_and_fails_at_once_where_there_is_none():
    async with asyncio.timeout(PATIENCE_SECONDS), peer() as served:
        port = served.port
        await served.server.stop(0)
        async with channel(f"127.0.0.1:{port}") as calls:
            for _ in range(2):
                assert (await failure(unary(calls, "Echo"))).code() == grpc.StatusCode.UNAVAILABLE
            async with peer(port):

                async def back() -> bool:
                    try:
                        return await unary(calls, "Echo", b"!").answer() == b"!"
                    except grpc.aio.AioRpcError:
                        return False

                await eventually(back)
        async with channel("nobody.invalid:1") as calls:
            assert (await failure(unary(calls, "Echo"))).code() == grpc.StatusCode.UNAVAILABLE


@asynccontextmanager
async def raw(*says: Callable[[int], bytes]) -> AsyncIterator[int]:
    """A peer whose first connection answers the first request with the first of these, and so on; the last stands for all after it."""
    met = 0

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        say, met = says[min(met, len(says) - 1)], met + 1
        writer.write(frames.settings({}))
        awaited = len(frames.PREFACE)
        while True:
            try:
                await reader.readexactly(awaited)
                awaited = 0
                sized, flags, number = frames.HEAD.unpack(await reader.readexactly(9))
                await reader.readexactly(sized >> 8)
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            if sized & 0xFF == frames.DATA and flags & frames.END_STREAM:
                writer.write(say(number))
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def fields(*pairs: tuple[str, bytes]) -> bytes:
    return b"".join(b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value for name, value in pairs)


HEAD = fields((":status", b"200"), ("content-type", b"application/grpc"))
END = frames.END_HEADERS | frames.END_STREAM
OK = fields(("grpc-status", b"0"))


def whole(number: int) -> bytes:
    """An answer in the most pieces: padded, with priorities and continuations, in the midst of what nobody knows."""
    return b"".join(
        (
            frames.frame(200, 0, 0, b"?"),
            frames.frame(frames.HEADERS, frames.PADDED | frames.WITH_PRIORITY, number, b"\x02" + bytes(5) + HEAD[:7] + b"\0\0"),
            frames.frame(frames.CONTINUATION, frames.END_HEADERS, number, HEAD[7:]),
            frames.frame(frames.DATA, 0, number, bytes(3)),
            frames.frame(frames.DATA, frames.PADDED, number, b"\x01\0\x02h\0"),
            frames.frame(frames.DATA, 0, number, b"i"),
            frames.frame(frames.HEADERS, END, number, OK),
        )
    )


def gone(last: int) -> Callable[[int], bytes]:
    return lambda _: frames.frame(frames.GOAWAY, 0, 0, last.to_bytes(4, "big") + bytes(4))


def refused(number: int) -> bytes:
    return frames.reset(number, frames.REFUSED_STREAM)


@pytest.mark.parametrize("first", [whole, gone(0), refused], ids=["in many pieces", "goes", "refuses"])
async def test_what_a_peer_has_not_looked_at_is_asked_of_the_next(first):
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        raw(first, whole) as one,
        raw(whole) as other,
        channel(f"ipv4:127.0.0.1:{one},127.0.0.1:{other}") as calls,
    ):
        assert [await unary(calls, "Any").answer() for _ in range(4)] == [b"hi"] * 4


@pytest.mark.parametrize(
    ("says", "code"),
    {
        "its reset": (lambda number: frames.reset(number, frames.CANCEL), "CANCELLED"),
        "another's reset": (lambda number: frames.reset(number, 2), "INTERNAL"),
        "refusing again and again": (refused, "UNAVAILABLE"),
        "a page": (lambda number: frames.frame(frames.HEADERS, END, number, fields((":status", b"503"))), "UNAVAILABLE"),
        "a page with words": (lambda number: frames.frame(frames.HEADERS, 4, number, fields((":status", b"404"))), "UNIMPLEMENTED"),
        "no status": (lambda number: frames.frame(frames.HEADERS, END, number, HEAD), "UNKNOWN"),
        "no message": (lambda number: frames.frame(frames.HEADERS, END, number, HEAD + OK), "UNIMPLEMENTED"),
        "a message that is compressed": (
            lambda number: frames.head(number, HEAD) + frames.frame(frames.DATA, 1, number, b"\x01\0\0\0\0"),
            "INTERNAL",
        ),
        "the end of the body alone": (lambda number: frames.head(number, HEAD) + frames.frame(frames.DATA, 1, number), "UNKNOWN"),
        "too long a frame": (lambda number: frames.HEAD.pack(20_000 << 8, 0, number), "UNAVAILABLE"),
        "a push": (lambda number: frames.frame(frames.PUSH_PROMISE, 4, number), "UNAVAILABLE"),
        "a table": (lambda number: frames.frame(frames.HEADERS, 4, number, b"\xbe"), "UNAVAILABLE"),
        "all padding": (lambda number: frames.frame(frames.DATA, frames.PADDED, number, b"\x09"), "UNAVAILABLE"),
        "a block that is left": (
            lambda number: frames.frame(frames.HEADERS, 0, number) + frames.frame(frames.PING, 0, 0, bytes(8)),
            "UNAVAILABLE",
        ),
        "a block that was not begun": (lambda number: frames.frame(frames.CONTINUATION, 4, number), "UNAVAILABLE"),
        "half a setting": (lambda _: frames.frame(frames.SETTINGS, 0, 0, b"12345"), "UNAVAILABLE"),
    }.values(),
)  # fmt: skip
async def test_whatever_a_peer_does_has_its_code(says, code):
    async with asyncio.timeout(PATIENCE_SECONDS), raw(says) as port, channel(f"127.0.0.1:{port}") as calls:
        for _ in range(2):  # the second by a new connection, where the first was of no more use
            assert (await failure(unary(calls, "Any"))).code().name == code


async def test_a_peer_that_is_silent_for_long_is_taken_for_dead():
    async with asyncio.timeout(PATIENCE_SECONDS), raw(lambda _: b"") as port, channel(f"127.0.0.1:{port}", silence_seconds=0.1) as calls:
        failed = await failure(unary(calls, "Any"))

        assert failed.code() == grpc.StatusCode.UNAVAILABLE
        assert "lost" in failed.details()
