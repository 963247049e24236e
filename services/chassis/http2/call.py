"""One call: its messages as they come, and its end."""

import asyncio
from typing import Protocol
from urllib.parse import unquote

import grpc

from services.chassis.http2.headers import Fields
from services.chassis.http2.messages import Messages, Unreadable, prefixed
from services.chassis.http2.metadata import Pairs, read_metadata

_BY_NUMBER = {b"%d" % code.value[0]: code for code in grpc.StatusCode}
_OF_HTTP = {
    b"400": grpc.StatusCode.INTERNAL,
    b"401": grpc.StatusCode.UNAUTHENTICATED,
    b"403": grpc.StatusCode.PERMISSION_DENIED,
    b"404": grpc.StatusCode.UNIMPLEMENTED,
    b"429": grpc.StatusCode.UNAVAILABLE,
    b"502": grpc.StatusCode.UNAVAILABLE,
    b"503": grpc.StatusCode.UNAVAILABLE,
    b"504": grpc.StatusCode.UNAVAILABLE,
}
"""What an answer that is not gRPC's means, as gRPC has it."""


class Carrier(Protocol):
    """Who has a call, until it is over."""

    def give_up(self, call: "Call") -> None:
        """The caller is not interested any more."""

    def taken(self, call: "Call", size: int) -> None:
        """So many bytes of its messages were taken: as many more may come."""


class Call:
    """One call. It fails with grpc.aio.AioRpcError; whoever cancelled it gets asyncio.CancelledError."""

    __slots__ = (
        "_code", "_deadline", "_details", "_loop", "_messages", "_streams", "_trailing", "_untaken", "_waiter",
        "block", "carrier", "initial", "number", "over", "refused", "request",
    )  # fmt: skip

    def __init__(self, block: bytes, request: bytes, seconds: float, *, streams: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self.block = block
        """Its header block."""
        self.request = prefixed(request)
        """Its one message, as it is sent."""
        self.carrier: Carrier | None = None
        self.number = 0
        """That of its stream, in the connection that carries it."""
        self.refused = 0
        """How often it was begun anew, since a peer had not looked at it."""
        self.initial: Pairs = ()
        """The metadata that came before its first message."""
        self.over = False
        self._streams = streams
        self._messages = Messages()
        self._untaken = 0
        self._trailing: Pairs = ()
        self._code: grpc.StatusCode | None = None
        self._details = ""
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = self._loop.call_later(seconds, self._late)

    @property
    def metadata(self) -> Pairs:
        """All that came with the messages; after the end."""
        return self.initial + self._trailing

    async def answer(self) -> bytes:
        """The one message of a unary call."""
        if not self.over:
            await self._wait()
        self._raise_if_failed()
        messages = self._messages.whole
        if len(messages) != 1:
            raise self._error(grpc.StatusCode.UNIMPLEMENTED, f"{len(messages)} messages came for one")
        return messages[0]

    async def read(self) -> list[bytes]:
        """The messages of a stream that have come since it was last read, at least one; none: it is over."""
        while not self._messages.whole:
            if self.over:
                self._raise_if_failed()
                return []
            await self._wait()
        messages = self._messages.take()
        if not self.over and self.carrier is not None:
            size, self._untaken = self._untaken, 0
            self.carrier.taken(self, size)
        return messages

    def cancel(self) -> None:
        """Ends the call, if it is not over."""
        if not self.over:
            self._give_up()
            self._end(None, "", ())

    def heard(self, data: bytes, size: int) -> int:
        """A piece of its messages, which took so many bytes of what its peer may send; how many of them are free again."""
        try:
            self._messages.heard(data)
        except Unreadable as wrong:
            self._give_up()
            self.fail(wrong.code, str(wrong))
            return 0
        if not self._messages.whole:
            return size  # a message that is longer than what may be under way would else never be whole
        self._untaken += size
        if self._streams:
            self._wake()
        return 0

    def sent(self) -> None:
        """Its one message has gone: nothing waits for that."""

    def began(self, fields: Fields) -> None:
        """The head of its answer."""
        said = dict(fields)
        status = said.get(":status", b"")
        if status.startswith(b"1"):
            return
        if status != b"200" or not said.get("content-type", b"").startswith(b"application/grpc"):
            self._give_up()
            self.fail(_OF_HTTP.get(status, grpc.StatusCode.UNKNOWN), f"HTTP {status.decode('ascii', 'replace')} that is not gRPC's")
        else:
            self.initial = read_metadata(fields)

    def ended(self, fields: Fields) -> None:
        """What comes last."""
        said = dict(fields)
        number = said.get("grpc-status")
        if number is None:
            status = said.get(":status", b"200")
            self.fail(_OF_HTTP.get(status, grpc.StatusCode.UNKNOWN), f"HTTP {status.decode('ascii', 'replace')} without a status of gRPC's")
            return
        code = _BY_NUMBER.get(number, grpc.StatusCode.UNKNOWN)
        self._end(code, unquote(said.get("grpc-message", b"").decode("latin-1")), read_metadata(fields))

    def fail(self, code: grpc.StatusCode, details: str) -> None:
        """It failed on the way."""
        self._end(code, details, ())

    def _late(self) -> None:
        self._give_up()
        self.fail(grpc.StatusCode.DEADLINE_EXCEEDED, "the deadline passed")

    def _give_up(self) -> None:
        if self.carrier is not None:
            self.carrier.give_up(self)

    def _end(self, code: grpc.StatusCode | None, details: str, trailing: Pairs) -> None:
        """It is over; `code` None: cancelled. The first end stands."""
        if self.over:
            return
        self.over = True
        self.carrier = None
        self._code, self._details, self._trailing = code, details, trailing
        self._deadline.cancel()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.cancel()
            raise
        finally:
            self._waiter = None

    def _raise_if_failed(self) -> None:
        if self._code is None:
            raise asyncio.CancelledError
        if self._code is not grpc.StatusCode.OK:
            raise self._error(self._code, self._details)

    def _error(self, code: grpc.StatusCode, details: str) -> grpc.aio.AioRpcError:
        return grpc.aio.AioRpcError(code, grpc.aio.Metadata(*self.initial), grpc.aio.Metadata(*self._trailing), details=details)
