"""What both ends of a connection do alike: frames out and in, how much may be under way, signs of life."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from hpack.table import HeaderTable

from services.chassis.http2 import frames
from services.chassis.http2.frames import Violation
from services.chassis.http2.headers import NO_TABLE

SILENCE_SECONDS, ANSWER_SECONDS = 30.0, 10.0
"""A connection that has been silent so long is asked for a sign of life, and has so long to give it."""
LINGER_SECONDS = 1.0
"""How long a peer may take to read what was said last."""
_WINDOW_BYTES = 16 * 1024 * 1024
"""How much may come in the whole connection: one reader who is slow must not stop the others."""
_MAX_BLOCK_BYTES = 64 * 1024
_MUCH_BYTES = 64 * 1024
_MAX_UNREAD_ANSWERS = 1000
"""How many answers, to settings and pings, are kept for a peer that reads nothing."""


class Call(Protocol):
    """Whose a stream is."""

    def heard(self, data: bytes, size: int) -> int:
        """A piece of its messages, which took so many bytes of what may come; how many of them are free again."""

    def sent(self) -> None:
        """All that it had to send has gone, and more can go."""


T = TypeVar("T", bound=Call)


class Stream(Generic[T]):
    """A call's part of a connection: what may be sent and may come in it, and what waits for that."""

    __slots__ = ("call", "flags", "free", "left", "number", "owed", "unsent")

    def __init__(self, number: int, call: T, free: int, flags: int) -> None:
        self.number = number
        self.call = call
        self.free = free
        """How many bytes may be sent."""
        self.unsent = memoryview(b"")
        self.flags = flags
        """Those of the frame that ends what is unsent."""
        self.left = frames.WINDOW_BYTES
        """How many bytes may come."""
        self.owed = 0
        """How many more may come, of which its peer was not yet told."""


class Link(asyncio.Protocol, ABC, Generic[T]):
    """One end of a connection."""

    _opening: bytes
    """What this end begins with."""

    def __init__(self, silence_seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._silence_seconds = silence_seconds
        self._transport: Any = None  # Any: uvloop's transport has no type of its own
        self._streams: dict[int, Stream[T]] = {}
        self._stuck: dict[int, Stream[T]] = {}
        self._out: list[bytes] = []
        self._waiting = 0
        self._rest = b""
        self._heard = False
        self._check: asyncio.TimerHandle | None = None
        self._block: tuple[int, int, bytes] | None = None
        self._free = self._stream_free = frames.WINDOW_BYTES
        self._owed = 0
        self._resized = b""
        """What the next header block must begin with."""
        self._paused = False
        self._unread = 0
        self._newest = 0
        """The number of the newest stream that the peer has opened."""

    @abstractmethod
    def _lost(self, details: str) -> None:
        """The connection is no more, and with it all that it had."""

    @abstractmethod
    def _head(self, number: int, block: bytes, *, last: bool) -> None:
        """A header block; `last`: nothing comes after it."""

    @abstractmethod
    def _ended(self, stream: Stream[T]) -> None:
        """No more data comes in a stream."""

    @abstractmethod
    def _reset(self, stream: Stream[T], code: int) -> None:
        """The peer ended a stream, which is forgotten."""

    @abstractmethod
    def _goes(self, last: int) -> None:
        """The peer looks at no streams after that one."""

    def _told(self, settings: dict[int, int]) -> None:
        """The peer says how it wants to be spoken to."""

    def _answered(self, said: bytes) -> None:
        """A ping was answered."""

    def close(self) -> None:
        """Ends it, and with it what it has."""
        self._out.clear()  # uvloop ends a connection whose making is cancelled without a word, and takes no more for it
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says how it wants to be spoken to."""
        self._transport = transport
        self._transport.write(self._opening + frames.window_update(0, _WINDOW_BYTES - frames.WINDOW_BYTES))
        self._check = self._loop.call_later(self._silence_seconds, self._ask_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends all that it has."""
        if self._check is not None:
            self._check.cancel()
        self._lost(f"the connection was lost: {exc or 'the peer closed it'}")

    def pause_writing(self) -> None:
        """The peer reads more slowly than it is written to."""
        self._paused = True

    def resume_writing(self) -> None:
        """It has read."""
        self._paused, self._unread = False, 0
        for stream in tuple(self._streams.values()):
            if not stream.unsent:
                stream.call.sent()

    def data_received(self, data: bytes) -> None:
        """Hears the frames that are whole."""
        self._heard = True
        if self._rest:
            data, self._rest = self._rest + data, b""
        at, end, unpack = 0, len(data), frames.HEAD.unpack_from
        try:
            while end - at >= 9:
                sized, flags, number = unpack(data, at)
                kind, length = sized & 0xFF, sized >> 8
                if length > frames.MAX_BYTES:
                    raise Violation(frames.FRAME_SIZE_ERROR, f"a frame of {length} bytes")
                if end - at - 9 < length:
                    break
                at += 9 + length
                self._frame(kind, flags, number & frames.LAST_STREAM, data[at - length : at])
        except (Violation, ValueError) as wrong:
            self._violated(wrong)
            return
        self._rest = data[at:] if at < end else b""

    def _frame(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        if self._block is not None and kind != frames.CONTINUATION:
            raise Violation(frames.PROTOCOL_ERROR, "a header block was interrupted")
        heard = _HEARD.get(kind)
        if heard is not None:  # what nobody knows is to be passed over
            heard(self, flags, number, payload)

    def _hear_data(self, flags: int, number: int, payload: bytes) -> None:
        size = len(payload)
        self._owed += size
        if self._owed > _WINDOW_BYTES // 2:
            self._send(frames.window_update(0, self._owed))
            self._owed = 0
        stream = self._streams.get(number)
        if stream is None:
            return  # one that was given up
        stream.left -= size
        if stream.left < 0:
            raise Violation(frames.FLOW_CONTROL_ERROR, "more data than was allowed")
        again = stream.call.heard(frames.unpadded(flags, payload), size)
        if flags & frames.END_STREAM:
            self._ended(stream)
        elif again:
            self._owe(stream, again)

    def _hear_headers(self, flags: int, number: int, payload: bytes) -> None:
        payload = frames.unpadded(flags, payload)
        self._block_goes_on(flags, number, payload[5:] if flags & frames.WITH_PRIORITY else payload)

    def _hear_continuation(self, flags: int, number: int, payload: bytes) -> None:
        if self._block is None or self._block[0] != number or len(self._block[2]) > _MAX_BLOCK_BYTES:
            raise Violation(frames.PROTOCOL_ERROR, "a header block goes on that was not begun, or without end")
        _, first, block = self._block
        self._block_goes_on(flags & frames.END_HEADERS | first, number, block + payload)

    def _block_goes_on(self, flags: int, number: int, block: bytes) -> None:
        if flags & frames.END_HEADERS:
            self._block = None
            self._head(number, block, last=bool(flags & frames.END_STREAM))
        else:
            self._block = (number, flags, block)

    def _hear_settings(self, flags: int, _number: int, payload: bytes) -> None:
        if flags & frames.ACK:
            return
        settings = frames.settings_of(payload)
        window = settings.get(frames.INITIAL_WINDOW_SIZE, self._stream_free)
        for stream in self._streams.values():
            stream.free += window - self._stream_free
        self._stream_free = window
        if settings.get(frames.HEADER_TABLE_SIZE, HeaderTable.DEFAULT_SIZE) < HeaderTable.DEFAULT_SIZE:
            self._resized = NO_TABLE
        self._answer(frames.frame(frames.SETTINGS, frames.ACK, 0))
        self._go_on()
        self._told(settings)

    def _hear_ping(self, flags: int, _number: int, payload: bytes) -> None:
        if flags & frames.ACK:
            self._answered(payload)
        else:
            self._answer(frames.frame(frames.PING, frames.ACK, 0, payload))

    def _hear_push(self, _flags: int, _number: int, _payload: bytes) -> None:
        raise Violation(frames.PROTOCOL_ERROR, "a push that was not allowed")

    def _hear_window_update(self, _flags: int, number: int, payload: bytes) -> None:
        more = frames.number_of(payload) & frames.LAST_STREAM
        if not number:
            self._free += more
            self._go_on()
        elif stream := self._streams.get(number):
            stream.free += more
            if stream.unsent:
                self._send_unsent(stream)

    def _hear_reset(self, _flags: int, number: int, payload: bytes) -> None:
        code = frames.number_of(payload)
        stream = self._streams.get(number)
        if stream is not None:
            self._forget(stream)
            self._reset(stream, code)

    def _hear_goaway(self, _flags: int, _number: int, payload: bytes) -> None:
        self._goes(int.from_bytes(payload[:4], "big") & frames.LAST_STREAM)

    def _owe(self, stream: Stream[T], size: int) -> None:
        """So many bytes more may come in a stream."""
        stream.owed += size
        if stream.owed > frames.WINDOW_BYTES // 2 and stream.number in self._streams:
            self._send(frames.window_update(stream.number, stream.owed))
            stream.left += stream.owed
            stream.owed = 0

    def _send_data(self, stream: Stream[T], data: bytes) -> None:
        """Sends data as soon as it may go."""
        size = len(data)
        if stream.unsent or size > stream.free or size > self._free or size > frames.MAX_BYTES:
            stream.unsent = memoryview(bytes(stream.unsent) + data)
            self._send_unsent(stream)
        else:
            stream.free -= size
            self._free -= size
            self._send(frames.frame(frames.DATA, stream.flags, stream.number, data))

    def _go_on(self) -> None:
        for stream in tuple(self._stuck.values()):
            self._send_unsent(stream)

    def _send_unsent(self, stream: Stream[T]) -> None:
        while stream.unsent:
            size = min(len(stream.unsent), frames.MAX_BYTES, stream.free, self._free)
            if size <= 0:
                self._stuck[stream.number] = stream
                return
            piece, stream.unsent = stream.unsent[:size], stream.unsent[size:]
            stream.free -= size
            self._free -= size
            self._send(frames.frame(frames.DATA, 0 if stream.unsent else stream.flags, stream.number, bytes(piece)))
        self._stuck.pop(stream.number, None)
        if not self._paused:
            stream.call.sent()

    def _answer(self, answer: bytes) -> None:
        if self._paused:
            self._unread += 1
            if self._unread > _MAX_UNREAD_ANSWERS:
                raise Violation(frames.ENHANCE_YOUR_CALM, "it asks for answers and reads none")
        self._send(answer)

    def _headers(self, number: int, block: bytes, flags: int = 0) -> bytes:
        """A header block, as this peer takes it."""
        resized, self._resized = self._resized, b""
        return frames.head(number, resized + block, flags)

    def _send(self, sent: bytes) -> None:
        """Sends this with all else that the loop's present turn has to say; where that is much, at once, to know whether it can go."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(sent)
        self._waiting += len(sent)
        if self._waiting > _MUCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        out, self._out, self._waiting = self._out, [], 0
        if out and not self._transport.is_closing():
            self._transport.write(b"".join(out))

    def _forget(self, stream: Stream[T]) -> None:
        """A stream is over."""
        self._streams.pop(stream.number, None)
        self._stuck.pop(stream.number, None)

    def _violated(self, wrong: Exception) -> None:
        code = wrong.code if isinstance(wrong, Violation) else frames.COMPRESSION_ERROR
        self._out.clear()
        self._transport.write(frames.goaway(self._newest, code))
        self._transport.close()
        self._loop.call_later(LINGER_SECONDS, self._transport.abort)  # where it does not read even that
        self._lost(f"the peer does not keep to HTTP/2: {wrong}")

    def _ask_if_silent(self) -> None:
        if self._heard:
            self._heard = False
            self._check = self._loop.call_later(self._silence_seconds, self._ask_if_silent)
        else:
            self._send(frames.frame(frames.PING, 0, 0, bytes(8)))
            self._check = self._loop.call_later(min(ANSWER_SECONDS, self._silence_seconds), self._end_if_dead)

    def _end_if_dead(self) -> None:
        if self._heard:
            self._ask_if_silent()
        else:
            self._transport.abort()


_HEARD: dict[int, Callable[[Link[Any], int, int, bytes], None]] = {  # Any: whosever the streams are
    frames.DATA: Link._hear_data,  # noqa: SLF001  its own, given out by the kind of the frame: flags, stream, payload
    frames.HEADERS: Link._hear_headers,  # noqa: SLF001  as above
    frames.RST_STREAM: Link._hear_reset,  # noqa: SLF001  as above
    frames.SETTINGS: Link._hear_settings,  # noqa: SLF001  as above
    frames.PUSH_PROMISE: Link._hear_push,  # noqa: SLF001  as above
    frames.PING: Link._hear_ping,  # noqa: SLF001  as above
    frames.GOAWAY: Link._hear_goaway,  # noqa: SLF001  as above
    frames.WINDOW_UPDATE: Link._hear_window_update,  # noqa: SLF001  as above
    frames.CONTINUATION: Link._hear_continuation,  # noqa: SLF001  as above
}
