"""Calls served over HTTP/2 to peers on bare sockets, which do what no client ever does."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from hpack import Decoder

from services.chassis.http2 import frames
from services.chassis.http2.accepted import MOST_STREAMS
from services.chassis.http2.headers import field as header
from services.chassis.http2.headers import read
from tests.support.eventually import eventually
from tests.support.served_calls import MIB, PATIENCE_SECONDS, connected, is_so, ours, served

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", autouse=True)
async def one_loop() -> None:
    """One for all tests here: gRPC's client speaks to its loop for a moment after it was closed."""


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


async def test_requests_may_all_come_before_the_first_is_answered():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port) as raw:
        turns = frames.head(1, HEAD + header(":path", b"/t/Turns"))
        raw.writer.write(turns + frames.frame(frames.DATA, 0, 1, b"\0\0\0\0\x01a"))
        assert (await raw.heard())[0] == frames.HEADERS
        raw.writer.write(frames.frame(frames.DATA, frames.END_STREAM, 1, b"\0\0\0\0\x01b" * 3))

        assert (await raw.answer())["data"] == b"\0\0\0\0\x01a" + b"\0\0\0\0\x01b" * 3


async def test_a_method_that_forgets_its_deadline_is_broken_off_and_so_is_a_request_that_never_ends():
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, peer(server.port) as raw:
        wait = HEAD + header(":path", b"/t/Wait") + header("grpc-timeout", b"10m")
        raw.writer.write(frames.head(1, wait) + frames.frame(frames.DATA, frames.END_STREAM, 1, MESSAGE) + frames.head(3, wait))

        assert [(await raw.answer())["grpc-status"] for _ in range(2)] == [b"4", b"4"]
        await eventually(lambda: is_so(server.methods.broken_off == 1))


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
