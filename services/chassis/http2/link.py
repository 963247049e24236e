"""What both ends of a connection do alike: they hear frames, and look for signs of life."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic

from services.chassis.http2 import frames
from services.chassis.http2.frames import Violation
from services.chassis.http2.outgoing import Outgoing
from services.chassis.http2.stream import Stream, T

SILENCE_SECONDS, ANSWER_SECONDS = 30.0, 10.0
"""A connection that has been silent so long is asked for a sign of life, and has so long to give it."""
LINGER_SECONDS = 1.0
"""How long a peer may take to read what was said last."""
_WINDOW_BYTES = 16 * 1024 * 1024
"""How much may come in the whole connection: one reader who is slow must not stop the others."""
_MAX_BLOCK_BYTES = 64 * 1024


class Link(asyncio.Protocol, ABC, Generic[T]):
    """One end of a connection."""

    _opening: bytes
    """What this end begins with."""

    def __init__(self, silence_seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._silence_seconds = silence_seconds
        self._transport: Any = None  # Any: uvloop's transport has no type of its own
        self._streams: dict[int, Stream[T]] = {}
        self._out: Outgoing[T] = Outgoing(self._streams)
        self._rest = b""
        self._heard = False
        self._check: asyncio.TimerHandle | None = None
        self._block: tuple[int, int, bytes] | None = None
        self._owed = 0
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
        self._out.close()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says how it wants to be spoken to."""
        self._transport = transport
        self._out.begin(transport, self._opening + frames.window_update(0, _WINDOW_BYTES - frames.WINDOW_BYTES))
        self._check = self._loop.call_later(self._silence_seconds, self._ask_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends all that it has."""
        if self._check is not None:
            self._check.cancel()
        self._out.close()
        self._lost(f"the connection was lost: {exc or 'the peer closed it'}")

    def pause_writing(self) -> None:
        """The peer reads more slowly than it is written to."""
        self._out.pause()

    def resume_writing(self) -> None:
        """It has read."""
        self._out.resume()

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
            self._out.send(frames.window_update(0, self._owed))
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
        self._out.answer(frames.frame(frames.SETTINGS, frames.ACK, 0))
        self._out.told(settings)
        self._told(settings)

    def _hear_ping(self, flags: int, _number: int, payload: bytes) -> None:
        if flags & frames.ACK:
            self._answered(payload)
        else:
            self._out.answer(frames.frame(frames.PING, frames.ACK, 0, payload))

    def _hear_push(self, _flags: int, _number: int, _payload: bytes) -> None:
        raise Violation(frames.PROTOCOL_ERROR, "a push that was not allowed")

    def _hear_window_update(self, _flags: int, number: int, payload: bytes) -> None:
        self._out.allowed(number, frames.number_of(payload) & frames.LAST_STREAM)

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
            self._out.send(frames.window_update(stream.number, stream.owed))
            stream.left += stream.owed
            stream.owed = 0

    def _forget(self, stream: Stream[T]) -> None:
        """A stream is over."""
        self._streams.pop(stream.number, None)
        self._out.forget(stream.number)

    def _violated(self, wrong: Exception) -> None:
        code = wrong.code if isinstance(wrong, Violation) else frames.COMPRESSION_ERROR
        self._out.close()
        self._transport.write(frames.goaway(self._newest, code))
        self._transport.close()
        self._loop.call_later(LINGER_SECONDS, self._transport.abort)  # where it does not read even that
        self._lost(f"the peer does not keep to HTTP/2: {wrong}")

    def _ask_if_silent(self) -> None:
        if self._heard:
            self._heard = False
            self._check = self._loop.call_later(self._silence_seconds, self._ask_if_silent)
        else:
            self._out.send(frames.frame(frames.PING, 0, 0, bytes(8)))
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
