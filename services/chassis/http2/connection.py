"""A connection to one peer, which many calls share."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc

from services.chassis.http2 import frames
from services.chassis.http2.call import Call
from services.chassis.http2.frames import Violation
from services.chassis.http2.headers import read

SILENCE_SECONDS, ANSWER_SECONDS = 30.0, 10.0
"""A connection that has been silent so long is asked for a sign of life, and has so long to give it."""
_WINDOW_BYTES = 16 * 1024 * 1024
"""How much may be under way in the whole connection: one reader who is slow must not stop the others."""
_MAX_BLOCK_BYTES = 1024 * 1024
_REFUSED_SECONDS = (0.0, 0.01, 0.02, 0.04, 0.08)
"""After how long a call that was not looked at is asked anew: a peer may count a stream for a moment longer than it lasts."""
_LAST_STREAM = 2**31 - 1
_OF_RESET = {
    frames.REFUSED_STREAM: grpc.StatusCode.UNAVAILABLE,
    frames.CANCEL: grpc.StatusCode.CANCELLED,
    11: grpc.StatusCode.RESOURCE_EXHAUSTED,
    12: grpc.StatusCode.PERMISSION_DENIED,
}
"""What the end of a stream without a status means, as gRPC has it; any other: INTERNAL."""


class _Stream:
    """A call's stream: what may still be sent in it, and what waits for that."""

    __slots__ = ("call", "free", "owed", "unsent")

    def __init__(self, call: Call, free: int) -> None:
        self.call = call
        self.free = free
        self.unsent = b""
        self.owed = 0
        """How many bytes its peer may send again, and was not yet told of."""


class Connection(asyncio.Protocol):
    """Carries calls. `again` gets a call that the peer has not looked at; `room` is told of room for one more after there was none."""

    def __init__(self, again: Callable[[Call], None], room: Callable[[], None], silence_seconds: float = SILENCE_SECONDS) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        """Done when the peer has said how it wants to be spoken to; ConnectionError: it never did."""
        self.left: asyncio.Future[None] = self._loop.create_future()
        """Done when it takes no more calls; those that it has go on, if they can."""
        self._again = again
        self._room = room
        self._silence_seconds = silence_seconds
        self._transport: Any = None  # Any: uvloop's transport has no type of its own
        self._streams: dict[int, _Stream] = {}
        self._stuck: dict[int, _Stream] = {}
        self._numbers: dict[Call, int] = {}
        self._next = 1
        self._most = _LAST_STREAM
        self._out: list[bytes] = []
        self._rest = b""
        self._heard = False
        self._check: asyncio.TimerHandle | None = None
        self._block: tuple[int, int, bytes] | None = None
        self._free = self._stream_free = frames.WINDOW_BYTES
        self._owed = 0

    @property
    def takes(self) -> bool:
        """Whether it can have one more call."""
        return len(self._streams) < self._most and not self.left.done()

    def begin(self, call: Call) -> None:
        """Sends a call. Only while it `takes`."""
        number = self._next
        self._next += 2
        if self._next > _LAST_STREAM:
            self._leave()
        stream = self._streams[number] = _Stream(call, self._stream_free)
        self._numbers[call] = number
        call.carrier = self
        self._send(frames.head(number, call.block))
        stream.unsent = call.request
        self._send_unsent(number, stream)

    def give_up(self, call: Call) -> None:
        """Its caller is not interested any more."""
        number = self._numbers.get(call)
        if number is not None:
            self._forget(number)
            self._send(frames.reset(number, frames.CANCEL))

    def taken(self, call: Call, size: int) -> None:
        """So many bytes of its messages were taken."""
        number = self._numbers.get(call)
        if number is not None and size:
            self._owe(number, self._streams[number], size)

    def close(self) -> None:
        """Ends it, and with it what it has."""
        self._out.clear()  # uvloop ends a connection whose making is cancelled without a word, and takes no more for it
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says how it wants to be spoken to."""
        self._transport = transport
        own = {frames.HEADER_TABLE_SIZE: 0, frames.ENABLE_PUSH: 0}
        more = frames.window_update(0, _WINDOW_BYTES - frames.WINDOW_BYTES)
        self._transport.write(frames.PREFACE + frames.settings(own) + more)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails all that it has."""
        if self._check is not None:
            self._check.cancel()
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError("the connection was closed before anything was said"))
        self._leave()
        self._fail_all(f"the connection was lost: {exc or 'the peer closed it'}")

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
                self._frame(kind, flags, number & _LAST_STREAM, data[at - length : at])
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

    def _data(self, flags: int, number: int, payload: bytes) -> None:
        size = len(payload)
        self._owed += size
        if self._owed > _WINDOW_BYTES // 2:
            self._send(frames.window_update(0, self._owed))
            self._owed = 0
        stream = self._streams.get(number)
        if stream is None:
            return  # one that was given up
        again = stream.call.heard(frames.unpadded(flags, payload), size)
        if flags & frames.END_STREAM:
            self._forget(number)
            stream.call.ended(())
        elif again and not stream.call.over:
            self._owe(number, stream, again)

    def _headers(self, flags: int, number: int, payload: bytes) -> None:
        payload = frames.unpadded(flags, payload)
        self._block_goes_on(flags, number, payload[5:] if flags & frames.WITH_PRIORITY else payload)

    def _continuation(self, flags: int, number: int, payload: bytes) -> None:
        if self._block is None or self._block[0] != number or len(self._block[2]) > _MAX_BLOCK_BYTES:
            raise Violation(frames.PROTOCOL_ERROR, "a header block goes on that was not begun, or without end")
        _, first, block = self._block
        self._block_goes_on(flags | first, number, block + payload)

    def _block_goes_on(self, flags: int, number: int, block: bytes) -> None:
        if not flags & frames.END_HEADERS:
            self._block = (number, flags, block)
            return
        self._block = None
        stream = self._streams.get(number)
        if stream is None:
            return  # no table is kept: what is not read is not missed
        fields = read(block)
        if not flags & frames.END_STREAM:
            stream.call.began(fields)
            return
        self._forget(number)
        if stream.unsent:
            self._send(frames.reset(number, frames.NO_ERROR))
        stream.call.ended(fields)

    def _settings(self, flags: int, _number: int, payload: bytes) -> None:
        if flags & frames.ACK:
            return
        for name, value in frames.settings_of(payload):
            if name == frames.MAX_CONCURRENT_STREAMS:
                self._most = value
            elif name == frames.INITIAL_WINDOW_SIZE:
                for stream in self._streams.values():
                    stream.free += value - self._stream_free
                self._stream_free = value
        self._send(frames.frame(frames.SETTINGS, frames.ACK, 0))
        self._go_on()
        if not self.ready.done():
            self.ready.set_result(None)
            self._check = self._loop.call_later(self._silence_seconds, self._ask_if_silent)

    def _ping(self, flags: int, _number: int, payload: bytes) -> None:
        if not flags & frames.ACK:
            self._send(frames.frame(frames.PING, frames.ACK, 0, payload))

    def _push(self, _flags: int, _number: int, _payload: bytes) -> None:
        raise Violation(frames.PROTOCOL_ERROR, "a push that was not allowed")

    def _may_send(self, _flags: int, number: int, payload: bytes) -> None:
        more = int.from_bytes(payload, "big") & _LAST_STREAM
        if not number:
            self._free += more
            self._go_on()
        elif stream := self._streams.get(number):
            stream.free += more
            if stream.unsent:
                self._send_unsent(number, stream)

    def _reset(self, _flags: int, number: int, payload: bytes) -> None:
        code = int.from_bytes(payload, "big")
        stream = self._streams.get(number)
        if stream is None:
            return
        self._forget(number)
        if code == frames.REFUSED_STREAM:
            self._unheard(stream.call)
        else:
            stream.call.fail(_OF_RESET.get(code, grpc.StatusCode.INTERNAL), f"the peer ended the stream: {code}")

    def _goes(self, _flags: int, _number: int, payload: bytes) -> None:
        last = int.from_bytes(payload[:4], "big") & _LAST_STREAM
        self._leave()
        for number in [one for one in self._streams if one > last]:
            call = self._streams[number].call
            self._forget(number)
            self._unheard(call)
        self._close_if_left()

    def _unheard(self, call: Call) -> None:
        """The peer says that it has not looked at a call."""
        if call.refused == len(_REFUSED_SECONDS):
            call.fail(grpc.StatusCode.UNAVAILABLE, "the peer refused the stream again and again")
            return
        pause = _REFUSED_SECONDS[call.refused]
        call.refused += 1
        call.carrier = None
        self._loop.call_later(pause, self._again, call)

    def _owe(self, number: int, stream: _Stream, size: int) -> None:
        stream.owed += size
        if stream.owed > frames.WINDOW_BYTES // 2:
            self._send(frames.window_update(number, stream.owed))
            stream.owed = 0

    def _go_on(self) -> None:
        for number, stream in tuple(self._stuck.items()):
            self._send_unsent(number, stream)

    def _send_unsent(self, number: int, stream: _Stream) -> None:
        while stream.unsent:
            size = min(len(stream.unsent), frames.MAX_BYTES, stream.free, self._free)
            if size <= 0:
                self._stuck[number] = stream
                return
            piece, stream.unsent = stream.unsent[:size], stream.unsent[size:]
            stream.free -= size
            self._free -= size
            self._send(frames.frame(frames.DATA, 0 if stream.unsent else frames.END_STREAM, number, piece))
        self._stuck.pop(number, None)

    def _send(self, sent: bytes) -> None:
        """Sends this with all else that the loop's present turn has to say."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(sent)

    def _flush(self) -> None:
        out, self._out = self._out, []
        if out and not self._transport.is_closing():
            self._transport.write(b"".join(out))

    def _forget(self, number: int) -> None:
        stream = self._streams.pop(number, None)
        if stream is None:
            return
        was_full = len(self._streams) + 1 >= self._most
        del self._numbers[stream.call]
        self._stuck.pop(number, None)
        if was_full:
            self._loop.call_soon(self._room)
        self._close_if_left()

    def _leave(self) -> None:
        if not self.left.done():
            self.left.set_result(None)

    def _close_if_left(self) -> None:
        if self.left.done() and not self._streams and self._transport is not None and not self._transport.is_closing():
            self._flush()
            self._transport.close()

    def _fail_all(self, details: str) -> None:
        streams, self._streams = self._streams, {}
        self._numbers.clear()
        self._stuck.clear()
        for stream in streams.values():
            stream.call.fail(grpc.StatusCode.UNAVAILABLE, details)

    def _violated(self, wrong: Exception) -> None:
        code = wrong.code if isinstance(wrong, Violation) else frames.PROTOCOL_ERROR
        self._transport.write(frames.frame(frames.GOAWAY, 0, 0, bytes(4) + code.to_bytes(4, "big")))
        self._transport.close()
        self._leave()
        self._fail_all(f"the peer does not keep to HTTP/2: {wrong}")

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


_HEARD: dict[int, Callable[[Connection, int, int, bytes], None]] = {
    frames.DATA: Connection._data,  # noqa: SLF001  its own, given out by the kind of the frame: flags, stream, payload
    frames.HEADERS: Connection._headers,  # noqa: SLF001  as above
    frames.RST_STREAM: Connection._reset,  # noqa: SLF001  as above
    frames.SETTINGS: Connection._settings,  # noqa: SLF001  as above
    frames.PUSH_PROMISE: Connection._push,  # noqa: SLF001  as above
    frames.PING: Connection._ping,  # noqa: SLF001  as above
    frames.GOAWAY: Connection._goes,  # noqa: SLF001  as above
    frames.WINDOW_UPDATE: Connection._may_send,  # noqa: SLF001  as above
    frames.CONTINUATION: Connection._continuation,  # noqa: SLF001  as above
}
