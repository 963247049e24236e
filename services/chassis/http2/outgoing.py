"""What goes out of a connection: in one write with all else that the loop's turn has to say, and no more than its reader allows."""

import asyncio
from typing import Any, Generic

from hpack.table import HeaderTable

from services.chassis.http2 import frames
from services.chassis.http2.frames import Violation
from services.chassis.http2.headers import NO_TABLE
from services.chassis.http2.stream import Stream, T

_MUCH_BYTES = 64 * 1024
"""What is more goes at once, so that it is known whether it can go."""
_MAX_UNREAD_ANSWERS = 1000
"""How many answers to what a peer may ask again and again are kept for one that reads nothing."""


class Outgoing(Generic[T]):
    """The way out, for `streams`."""

    def __init__(self, streams: dict[int, Stream[T]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None  # Any: uvloop's transport has no type of its own
        self._streams = streams
        self._stuck: dict[int, Stream[T]] = {}
        self._parts: list[bytes] = []
        self._size = 0
        self._free = frames.WINDOW_BYTES
        self.stream_free = frames.WINDOW_BYTES
        """How much a new stream may send."""
        self.paused = False
        """Whether the peer reads more slowly than it is written to."""
        self._unread = 0
        self._resized = b""
        self._closed = False

    def begin(self, transport: asyncio.BaseTransport, opening: bytes) -> None:
        """Sends what a connection begins with."""
        self._transport = transport
        self._transport.write(opening)

    def send(self, sent: bytes) -> None:
        """Sends frames."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(sent)
        self._size += len(sent)
        if self._size > _MUCH_BYTES:
            self.flush()

    def answer(self, answer: bytes) -> None:
        """Sends frames that the peer may ask for again and again. Raises Violation where it does, and reads none."""
        if self.paused:
            self._unread += 1
            if self._unread > _MAX_UNREAD_ANSWERS:
                raise Violation(frames.ENHANCE_YOUR_CALM, "it asks for answers and reads none")
        self.send(answer)

    def head(self, number: int, block: bytes, flags: int = 0) -> bytes:
        """The frames of a header block, as this peer takes it. They must be sent before the next one's are made."""
        resized, self._resized = self._resized, b""
        return frames.head(number, resized + block, flags)

    def data(self, stream: Stream[T], data: bytes) -> bool:
        """Sends data as soon as it may go; whether it has gone, and more can go."""
        size = len(data)
        if stream.unsent or size > stream.free or size > self._free or size > frames.MAX_BYTES:
            stream.unsent = memoryview(bytes(stream.unsent) + data)
            self._go_on(stream)
        else:
            stream.free -= size
            self._free -= size
            self.send(frames.frame(frames.DATA, stream.flags, stream.number, data))
        return not stream.unsent and not self.paused

    def told(self, settings: dict[int, int]) -> None:
        """The peer says how it wants to be spoken to."""
        window = settings.get(frames.INITIAL_WINDOW_SIZE, self.stream_free)
        for stream in self._streams.values():
            stream.free += window - self.stream_free
        self.stream_free = window
        if settings.get(frames.HEADER_TABLE_SIZE, HeaderTable.DEFAULT_SIZE) < HeaderTable.DEFAULT_SIZE:
            self._resized = NO_TABLE
        self._all_go_on()

    def allowed(self, number: int, more: int) -> None:
        """So many bytes more may be sent in a stream; 0: in the connection."""
        if not number:
            self._free += more
            self._all_go_on()
        elif stream := self._streams.get(number):
            stream.free += more
            if stream.unsent:
                self._go_on(stream)

    def pause(self) -> None:
        """The peer reads more slowly than it is written to."""
        self.paused = True

    def resume(self) -> None:
        """It has read."""
        self.paused, self._unread = False, 0
        for stream in tuple(self._streams.values()):
            if not stream.unsent:
                stream.call.sent()

    def forget(self, number: int) -> None:
        """A stream is over."""
        self._stuck.pop(number, None)

    def close(self) -> None:
        """Nothing goes out any more."""
        self._closed = True
        self._stuck.clear()

    def flush(self) -> None:
        """Writes what there is."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._closed and not self._transport.is_closing():
            try:
                self._transport.write(b"".join(parts))
            except RuntimeError:  # uvloop has ended a connection whose making was cancelled, and tells nobody else
                self.close()

    def _all_go_on(self) -> None:
        for stream in tuple(self._stuck.values()):
            self._go_on(stream)

    def _go_on(self, stream: Stream[T]) -> None:
        while stream.unsent:
            size = min(len(stream.unsent), frames.MAX_BYTES, stream.free, self._free)
            if size <= 0:
                self._stuck[stream.number] = stream
                return
            piece, stream.unsent = stream.unsent[:size], stream.unsent[size:]
            stream.free -= size
            self._free -= size
            self.send(frames.frame(frames.DATA, 0 if stream.unsent else stream.flags, stream.number, bytes(piece)))
        self._stuck.pop(stream.number, None)
        if not self.paused:
            stream.call.sent()
