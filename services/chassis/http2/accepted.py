"""A server's end of a connection, which many calls share."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from hpack.table import HeaderTable

from services.chassis.http2 import frames, headers
from services.chassis.http2.frames import Violation
from services.chassis.http2.link import LINGER_SECONDS, SILENCE_SECONDS, Link
from services.chassis.http2.served_call import HEAD, Handler, ServedCall, seconds_of, tail
from services.chassis.http2.stream import Stream

MOST_STREAMS = 20_000
"""How many calls a connection may have under way: more than a gateway has players."""
_QUOTED_BYTES = 200
"""How much of a path is repeated to who asked for what there is not."""
_LEAVING = b"leaving!"
_PLAIN = b"identity"
_COMPRESSED = tail(grpc.StatusCode.UNIMPLEMENTED, "messages are taken as they are, not compressed")


@dataclass(kw_only=True, eq=False)
class Accepting:
    """What the connections of one server share."""

    methods: Mapping[bytes, Handler]
    """By their paths."""
    age_seconds: float
    """How old a connection may become."""
    over_seconds: float
    """How long what is under way may last after that."""
    stopping: bool = False
    """Whether who connects now is turned away."""
    links: set["Accepted"] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    parted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connection is no more."""


class Accepted(Link[ServedCall]):
    """Serves calls."""

    _opening = frames.settings({frames.MAX_CONCURRENT_STREAMS: MOST_STREAMS})

    def __init__(self, shared: Accepting, silence_seconds: float = SILENCE_SECONDS) -> None:
        super().__init__(silence_seconds)
        self._shared = shared
        self.peer = ""
        self._table = HeaderTable()
        self._greeted = False
        self._leaving = False
        self._until = 0.0
        """The loop's time until which what was said may be read."""
        self._deaf = False
        """Whether no more calls are looked at."""
        self._timer: asyncio.TimerHandle | None = None

    def leave(self) -> None:
        """Lets the peer go elsewhere with its next calls; those that it has sent are served."""
        if self._leaving:
            return
        self._leaving = True
        if not self._greeted:
            self.close()
            return
        self._timed(self._shared.over_seconds, self.close)
        self._until = self._loop.time() + self._shared.over_seconds
        # Only when this ping is answered has the peer heard it, and sends no more.
        self._out.send(frames.goaway(frames.LAST_STREAM, frames.NO_ERROR) + frames.frame(frames.PING, 0, 0, _LEAVING))

    def break_off(self, details: str) -> None:
        """Ends what it has."""
        self._deaf = True
        for stream in tuple(self._streams.values()):
            stream.call.finish(grpc.StatusCode.UNAVAILABLE, details)
            stream.call.cancel()
        self._close_if_left()

    def work(self, method: Coroutine[Any, Any, None]) -> asyncio.Task[None]:  # Any: what a coroutine asks of its loop
        """Lets a method work."""
        task = self._loop.create_task(method)
        self._shared.tasks.add(task)
        task.add_done_callback(self._shared.tasks.discard)
        return task

    def begin(self, call: ServedCall, block: bytes) -> None:
        """Sends what an answer begins with."""
        self._out.send(self._out.head(call.number, block))

    def say(self, call: ServedCall, data: bytes) -> bool:
        """Sends data; whether it has gone, and more can go."""
        return self._out.data(self._streams[call.number], data)

    def end(self, call: ServedCall, block: bytes) -> None:
        """Sends what an answer ends with. Data that has not gone is not sent any more."""
        stream = self._streams[call.number]
        self._out.send(self._out.head(call.number, block, frames.END_STREAM))
        if not call.whole:
            self._out.send(frames.reset(call.number, frames.NO_ERROR))
        self._forget(stream)

    def taken(self, call: ServedCall, size: int) -> None:
        """So many bytes of its requests were taken: as many more may come."""
        stream = self._streams.get(call.number)
        if stream is not None and size:
            self._owe(stream, size)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Is one more of its server's."""
        super().connection_made(transport)
        if self._shared.stopping:
            self.close()
            return
        host, port, *_ = transport.get_extra_info("peername") or ("0.0.0.0", 0)  # noqa: S104  of one that has left before it was met
        host = host.removeprefix("::ffff:")  # IPv4, met at a port that takes both
        self.peer = f"ipv6:[{host}]:{port}" if ":" in host else f"ipv4:{host}:{port}"
        self._shared.links.add(self)
        self._timed(self._shared.age_seconds * random.uniform(0.9, 1.1), self.leave)  # noqa: S311  so that all do not come at once

    def connection_lost(self, exc: Exception | None) -> None:
        """Is no more."""
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()
        self._shared.links.discard(self)
        self._shared.parted.set()

    def data_received(self, data: bytes) -> None:
        """Hears the greeting, then frames."""
        if not self._greeted:
            data, self._rest = self._rest + data, b""
            if not data.startswith(frames.PREFACE):
                self._rest = data
                if not frames.PREFACE.startswith(data):
                    self._violated(Violation(frames.PROTOCOL_ERROR, "it does not speak HTTP/2"))
                return
            self._greeted, data = True, data[len(frames.PREFACE) :]
        super().data_received(data)

    def _head(self, number: int, block: bytes, *, last: bool) -> None:
        fields = headers.read_with(self._table, block)
        if number <= self._newest or self._deaf:
            stream = self._streams.get(number)
            if stream is not None and last:  # what follows its messages says nothing
                stream.call.asked()
            return
        if not number & 1:
            raise Violation(frames.PROTOCOL_ERROR, "a stream that only a server may open")
        self._newest = number
        if len(self._streams) >= MOST_STREAMS:
            self._out.answer(frames.reset(number, frames.REFUSED_STREAM))
            return
        said = dict(fields)
        path = said.get(":path", b"")
        method = self._shared.methods.get(path)
        try:
            seconds = seconds_of(said["grpc-timeout"]) if "grpc-timeout" in said else None
        except ValueError as wrong:
            self._refuse(number, HEAD + tail(grpc.StatusCode.INTERNAL, str(wrong)), last=last)
            return
        if not said.get("content-type", b"").startswith(b"application/grpc"):
            self._refuse(number, headers.field(":status", b"415"), last=last)
        elif method is None:
            self._refuse(
                number,
                HEAD + tail(grpc.StatusCode.UNIMPLEMENTED, f"there is no method {path[:_QUOTED_BYTES].decode('latin-1')}"),
                last=last,
            )
        elif said.get("grpc-encoding", _PLAIN) != _PLAIN:
            self._refuse(number, HEAD + headers.field("grpc-accept-encoding", _PLAIN) + _COMPRESSED, last=last)
        else:
            call = ServedCall(self, number, method, fields, seconds)
            self._streams[number] = Stream(number, call, self._out.stream_free, 0)
            if last:
                call.asked()

    def _refuse(self, number: int, block: bytes, *, last: bool) -> None:
        self._out.answer(self._out.head(number, block, frames.END_STREAM) + (b"" if last else frames.reset(number, frames.NO_ERROR)))

    def _ended(self, stream: Stream[ServedCall]) -> None:
        stream.call.asked()

    def _reset(self, stream: Stream[ServedCall], code: int) -> None:
        stream.call.cancel()

    def _goes(self, last: int) -> None:
        """It will close the connection when it has what it asked for."""

    def _answered(self, said: bytes) -> None:
        if said == _LEAVING:
            self._deaf = True
            self._out.send(frames.goaway(self._newest, frames.NO_ERROR))
            self._close_if_left()

    def _forget(self, stream: Stream[ServedCall]) -> None:
        super()._forget(stream)
        self._close_if_left()

    def _lost(self, details: str) -> None:
        streams = tuple(self._streams.values())
        self._streams.clear()
        for stream in streams:
            stream.call.cancel()

    def _close_if_left(self) -> None:
        if self._deaf and not self._streams:  # the peer does it: who closes first may take away what was not yet read
            self._timed(LINGER_SECONDS, self._close_if_read)

    def _close_if_read(self) -> None:
        if self._transport.get_write_buffer_size() and self._loop.time() < self._until:
            self._timed(LINGER_SECONDS, self._close_if_read)
        else:
            self.close()

    def _timed(self, seconds: float, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, then)
