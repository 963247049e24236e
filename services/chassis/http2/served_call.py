"""A call that is served: what its method knows of it and says in it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from functools import lru_cache
from typing import Any, NoReturn, Protocol, TypeAlias
from urllib.parse import quote

import grpc
from google.protobuf.message import DecodeError

from services.chassis.http2.headers import Fields, field
from services.chassis.http2.messages import Messages, Unreadable, prefixed
from services.chassis.http2.metadata import Pairs, metadata, read_metadata

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # Any: one class serves every pair of messages
HEAD = b"\x88" + field("content-type", b"application/grpc")
"""What an answer begins with: HTTP's 200, since gRPC's own status comes last."""
_LATE_SECONDS = 1.0
"""How long after its deadline a method that has not ended is broken off."""
_UNQUOTED = " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_SECONDS = {b"H": 3600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}


class Carrier(Protocol):
    """Who has a call, until it is over."""

    peer: str
    """Who calls, as gRPC names it: "ipv4:10.0.0.1:50000"."""

    def work(self, method: Coroutine[Any, Any, None]) -> asyncio.Task[None]:  # Any: what a coroutine asks of its loop
        """Lets a method work."""

    def begin(self, call: "ServedCall", block: bytes) -> None:
        """Sends what an answer begins with."""

    def say(self, call: "ServedCall", data: bytes) -> bool:
        """Sends data; whether it has gone, and more can go."""

    def end(self, call: "ServedCall", block: bytes) -> None:
        """Sends what an answer ends with. Data that has not gone is not sent any more."""

    def taken(self, call: "ServedCall", size: int) -> None:
        """So many bytes of its requests were taken: as many more may come."""


class ServedCall:
    """One call. To its method it is what gRPC calls a ServicerContext, as far as methods here need one.

    Its deadline is kept by its method (server_calls.py), who can say more of it than that it passed; what is left a moment later is
    broken off.
    """

    __slots__ = (
        "_begun", "_carrier", "_code", "_deadline", "_details", "_done", "_fields", "_handler", "_late", "_load", "_loop", "_messages",
        "_more", "_over", "_room", "_task", "_trailing", "_untaken", "number", "whole",
    )  # fmt: skip

    def __init__(self, carrier: Carrier, number: int, handler: Handler, fields: Fields, seconds: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._carrier = carrier
        self.number = number
        """That of its stream."""
        self._handler = handler
        self._load = handler.request_deserializer or bytes
        self._fields = fields
        self._deadline = None if seconds is None else self._loop.time() + seconds
        self._late = None if seconds is None else self._loop.call_later(seconds + _LATE_SECONDS, self._pass)
        self._messages = Messages()
        self._untaken = 0
        self.whole = False
        """Whether no more requests come."""
        self._more: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._done: list[Callable[[ServedCall], object]] = []
        self._code = grpc.StatusCode.OK
        self._details = ""
        self._trailing: Pairs = ()
        self._begun = False
        self._over = False
        self._task = carrier.work(self._serve(self._requests())) if handler.request_streaming else None

    def invocation_metadata(self) -> Pairs:
        """What its caller sent along."""
        return read_metadata(self._fields)

    def peer(self) -> str:
        """Who calls."""
        return self._carrier.peer

    def time_remaining(self) -> float | None:
        """How many seconds there are until its deadline; None: it has none."""
        return None if self._deadline is None else self._deadline - self._loop.time()

    def set_code(self, code: grpc.StatusCode) -> None:
        """What it ends with, if its method returns."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Likewise, in words."""
        self._details = details

    def set_trailing_metadata(self, pairs: Pairs) -> None:
        """What is sent along with the end."""
        self._trailing = pairs

    def add_done_callback(self, callback: Callable[["ServedCall"], object]) -> None:
        """Called when it is over, however it ends."""
        self._done.append(callback)

    async def send_initial_metadata(self, pairs: Pairs) -> None:
        """Begins the answer, with what is sent along before its first message."""
        if not (self._begun or self._over):
            self._begun = True
            self._carrier.begin(self, HEAD + metadata(pairs))

    async def write(self, message: Any) -> None:  # Any: as Handler
        """Sends a message; returns when another can follow."""
        if self._over:
            return
        dump = self._handler.response_serializer
        data = prefixed(message if dump is None else dump(message))
        if not self._begun:
            self._begun = True
            self._carrier.begin(self, HEAD)
        if not self._carrier.say(self, data):
            self._room = self._loop.create_future()
            await self._room

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Pairs = ()) -> NoReturn:
        """Ends it as failed."""
        self.finish(code, details, trailing_metadata)
        raise grpc.aio.AbortError

    def heard(self, data: bytes, size: int) -> int:
        """A piece of its requests, which took so many bytes of what may come; how many of them are free again."""
        if self.whole:
            return size  # it said that no more would come
        try:
            self._messages.heard(data)
        except Unreadable as wrong:
            self.finish(wrong.code, str(wrong))
            self.cancel()
            return 0
        if not self._messages.whole:
            return size  # a message that is longer than what may be under way would else never be whole
        self._untaken += size
        _wake(self._more)
        return 0

    def asked(self) -> None:
        """No more requests come."""
        self.whole = True
        _wake(self._more)
        if self._task is None and not self._over:
            requests = self._messages.take()
            if len(requests) == 1:
                self._task = self._carrier.work(self._serve(requests[0]))
            else:
                self.finish(grpc.StatusCode.UNIMPLEMENTED, f"{len(requests)} messages came for one")

    def sent(self) -> None:
        """What was to be sent has gone."""
        _wake(self._room)

    def finish(self, code: grpc.StatusCode, details: str = "", trailing: Pairs = ()) -> None:
        """Ends it, if it is not over."""
        if not self._over:
            self._carrier.end(self, (b"" if self._begun else HEAD) + tail(code, details, trailing or self._trailing))
            self._end()

    def cancel(self) -> None:
        """Nobody waits for it any more: its method is broken off."""
        self._end()
        task, self._task = self._task, None  # it holds on to what it was broken off by, and that to this
        if task is not None:
            task.cancel()

    def _pass(self) -> None:
        self.finish(grpc.StatusCode.DEADLINE_EXCEEDED, "the deadline passed")
        self.cancel()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            if self._late is not None:
                self._late.cancel()
            for one in self._done:
                one(self)

    async def _serve(self, asked: bytes | AsyncIterator[Any]) -> None:  # Any: as Handler
        handler = self._handler
        method: Any = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream  # Any: one of four kinds
        try:
            answered = method(self._load(asked) if isinstance(asked, bytes) else asked, self)
            if isinstance(answered, AsyncGenerator):
                async with contextlib.aclosing(answered) as messages:
                    async for message in messages:
                        await self.write(message)
            elif (message := await answered) is not None:
                await self.write(message)
            self.finish(self._code, self._details)
        except DecodeError:
            self.finish(grpc.StatusCode.INTERNAL, "the request is no message of its method's")
        except grpc.aio.AbortError:
            """It is over."""
        finally:
            self.finish(grpc.StatusCode.UNKNOWN, "the method broke off")

    async def _requests(self) -> AsyncIterator[Any]:  # Any: as Handler
        while True:
            for message in self._messages.take():
                yield self._load(message)
            if self._messages.whole:
                continue
            if self.whole:
                return
            size, self._untaken = self._untaken, 0
            self._carrier.taken(self, size)
            self._more = self._loop.create_future()
            await self._more


def tail(code: grpc.StatusCode, details: str, trailing: Pairs = ()) -> bytes:
    """The header block that an answer ends with."""
    said = field("grpc-message", quote(details, safe=_UNQUOTED).encode("ascii")) if details else b""
    return _status(code) + said + metadata(trailing)


@lru_cache(maxsize=256)
def seconds_of(timeout: bytes) -> float:
    """What the header grpc-timeout says. Raises ValueError."""
    if not (1 < len(timeout) < 10 and timeout[:-1].isdigit() and timeout[-1:] in _SECONDS):
        raise ValueError(f"{timeout!r} is no timeout")
    return int(timeout[:-1]) * _SECONDS[timeout[-1:]]


@lru_cache(maxsize=len(grpc.StatusCode))
def _status(code: grpc.StatusCode) -> bytes:
    return field("grpc-status", b"%d" % code.value[0])


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
