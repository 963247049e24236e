"""A caller's end of a connection, which many calls share."""

import asyncio
from collections.abc import Callable

import grpc

from services.chassis.http2 import frames
from services.chassis.http2.call import Call
from services.chassis.http2.headers import read
from services.chassis.http2.link import SILENCE_SECONDS, Link
from services.chassis.http2.stream import Stream

_REFUSED_SECONDS = (0.0, 0.01, 0.02, 0.04, 0.08)
"""After how long a call that was not looked at is asked anew: a peer may count a stream for a moment longer than it lasts."""
_OF_RESET = {
    frames.REFUSED_STREAM: grpc.StatusCode.UNAVAILABLE,
    frames.CANCEL: grpc.StatusCode.CANCELLED,
    frames.ENHANCE_YOUR_CALM: grpc.StatusCode.RESOURCE_EXHAUSTED,
    12: grpc.StatusCode.PERMISSION_DENIED,
}
"""What the end of a stream without a status means, as gRPC has it; any other: INTERNAL."""


class Connection(Link[Call]):
    """Carries calls. `again` gets a call that the peer has not looked at; `room` is told of room for one more after there was none."""

    _opening = frames.PREFACE + frames.settings({frames.HEADER_TABLE_SIZE: 0, frames.ENABLE_PUSH: 0})

    def __init__(self, again: Callable[[Call], None], room: Callable[[], None], silence_seconds: float = SILENCE_SECONDS) -> None:
        super().__init__(silence_seconds)
        self.ready: asyncio.Future[None] = self._loop.create_future()
        """Done when the peer has said how it wants to be spoken to; ConnectionError: it never did."""
        self.left: asyncio.Future[None] = self._loop.create_future()
        """Done when it takes no more calls; those that it has go on, if they can."""
        self._again = again
        self._room = room
        self._next = 1
        self._most = frames.LAST_STREAM

    @property
    def takes(self) -> bool:
        """Whether it can have one more call."""
        return len(self._streams) < self._most and not self.left.done()

    def begin(self, call: Call) -> None:
        """Sends a call. Only while it `takes`."""
        number = self._next
        self._next += 2
        if self._next > frames.LAST_STREAM:
            self._leave()
        stream = self._streams[number] = Stream(number, call, self._out.stream_free, frames.END_STREAM)
        call.carrier, call.number = self, number
        self._out.send(self._out.head(number, call.block))
        self._out.data(stream, call.request)

    def give_up(self, call: Call) -> None:
        """Its caller is not interested any more."""
        stream = self._streams.get(call.number)
        if stream is not None:
            self._forget(stream)
            self._out.send(frames.reset(stream.number, frames.CANCEL))

    def taken(self, call: Call, size: int) -> None:
        """So many bytes of its messages were taken."""
        stream = self._streams.get(call.number)
        if stream is not None and size:
            self._owe(stream, size)

    def _lost(self, details: str) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionResetError(details))
        self._leave()
        streams = tuple(self._streams.values())
        self._streams.clear()
        for stream in streams:
            stream.call.fail(grpc.StatusCode.UNAVAILABLE, details)

    def _head(self, number: int, block: bytes, *, last: bool) -> None:
        stream = self._streams.get(number)
        if stream is None:
            return  # no table is kept: what is not read is not missed
        fields = read(block)
        if not last:
            stream.call.began(fields)
            return
        self._forget(stream)
        if stream.unsent:
            self._out.send(frames.reset(number, frames.NO_ERROR))
        stream.call.ended(fields)

    def _ended(self, stream: Stream[Call]) -> None:
        self._forget(stream)
        stream.call.ended(())

    def _told(self, settings: dict[int, int]) -> None:
        self._most = settings.get(frames.MAX_CONCURRENT_STREAMS, self._most)
        if not self.ready.done():
            self.ready.set_result(None)

    def _reset(self, stream: Stream[Call], code: int) -> None:
        if code == frames.REFUSED_STREAM:
            self._unheard(stream.call)
        else:
            stream.call.fail(_OF_RESET.get(code, grpc.StatusCode.INTERNAL), f"the peer ended the stream: {code}")

    def _goes(self, last: int) -> None:
        self._leave()
        for stream in [one for number, one in self._streams.items() if number > last]:
            self._forget(stream)
            self._unheard(stream.call)
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

    def _forget(self, stream: Stream[Call]) -> None:
        was_full = len(self._streams) >= self._most
        super()._forget(stream)
        if was_full:
            self._loop.call_soon(self._room)
        self._close_if_left()

    def _leave(self) -> None:
        if not self.left.done():
            self.left.set_result(None)

    def _close_if_left(self) -> None:
        if self.left.done() and not self._streams and self._transport is not None and not self._transport.is_closing():
            self._out.flush()
            self._transport.close()
