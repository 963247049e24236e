"""Channels to other services: deadlines, request ids and credentials on every call, failures rebuilt from the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import grpc

from services.chassis import access, context, errors
from services.chassis.config import Secret
from services.chassis.http2.call import Call
from services.chassis.http2.channel import Channel, channel

DEADLINE_MARGIN_SECONDS = 0.05
"""What a service keeps of its caller's deadline for itself."""
DEFAULT_TIMEOUT = timedelta(seconds=10)
Sent = tuple[tuple[str, str], ...]
"""Metadata of a call."""


@asynccontextmanager
async def connect(
    address: str, *, credential: Secret | None = None, default_timeout: timedelta = DEFAULT_TIMEOUT
) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to "host:port" while the block lasts; it connects by itself, and again after its peer's restart.

    `default_timeout` is the deadline of calls made without one; no call outlives the one it serves. Failed calls raise errors.Failure.
    """
    async with channel(address) as opened:
        yield cast("grpc.aio.Channel", _Stubs(opened, _Calls(credential, default_timeout)))


class _Stubs:
    """What stubs are made of, in the place of gRPC's own channel."""

    def __init__(self, calls_to: Channel, calls: "_Calls") -> None:
        self._channel = calls_to
        self._calls = calls

    def unary_unary(
        self, method: str, request_serializer: Callable[[Any], bytes], response_deserializer: Callable[[bytes], Any], **_: object
    ) -> Callable[..., Awaitable[Any]]:  # Any: one class serves every pair of messages
        """Makes calls of a method with one answer."""
        begin, outgoing = self._channel.begin, self._calls.outgoing

        async def answer(request: Any, *, timeout: float | None = None, metadata: Sent = ()) -> Any:  # noqa: ASYNC109  as stubs have it
            seconds, sent = outgoing(timeout, metadata)
            try:
                return response_deserializer(await begin(method, request_serializer(request), sent, seconds).answer())
            except grpc.aio.AioRpcError as error:
                raise errors.from_rpc_error(error) from None

        return answer

    def unary_stream(
        self, method: str, request_serializer: Callable[[Any], bytes], response_deserializer: Callable[[bytes], Any], **_: object
    ) -> Callable[..., "_Stream"]:  # Any: as above
        """Makes calls of a method with many answers."""
        begin, outgoing = self._channel.begin, self._calls.outgoing

        def stream(request: Any, *, timeout: float | None = None, metadata: Sent = ()) -> _Stream:  # Any: as above
            seconds, sent = outgoing(timeout, metadata)
            return _Stream(begin(method, request_serializer(request), sent, seconds, streams=True), response_deserializer)

        return stream


class _Calls:
    """What goes out with every call."""

    def __init__(self, credential: Secret | None, timeout: timedelta) -> None:
        self._always: Sent = () if credential is None else ((access.CREDENTIAL, credential.reveal()),)
        self._timeout = timeout.total_seconds()

    def outgoing(self, timeout: float | None, metadata: Sent) -> tuple[float, Sent]:
        """How many seconds a call has, and its metadata. Raises OutOfTime where the call that it serves has no time left."""
        seconds = self._timeout if timeout is None else timeout
        sent = (*metadata, *self._always)
        call = context.current()
        if call is not None:
            sent = (*sent, (context.REQUEST_ID, call.request_id))
            if call.traceparent:
                sent = (*sent, (context.TRACEPARENT, call.traceparent))
            if call.deadline is not None:
                seconds = min(seconds, call.deadline - asyncio.get_running_loop().time() - DEADLINE_MARGIN_SECONDS)
                if seconds <= 0:
                    raise errors.OutOfTime("DEADLINE_EXCEEDED", "no time is left for a call that this one needs")
        return seconds, sent


class _Stream:
    """A call's messages as they come. Nobody holds it but its reader: with the reader it goes, and with it the call."""

    __slots__ = ("_call", "_message", "_next")

    def __init__(self, call: Call, message: Callable[[bytes], Any]) -> None:  # Any: as above
        self._call = call
        self._message = message
        self._next: Iterator[bytes] = iter(())

    def __aiter__(self) -> "_Stream":
        return self

    async def __anext__(self) -> Any:  # Any: as above
        for one in self._next:
            return self._message(one)
        try:
            messages = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise errors.from_rpc_error(error) from None
        if not messages:
            raise StopAsyncIteration
        self._next = iter(messages)
        return self._message(next(self._next))

    def cancel(self) -> None:
        """Ends the call."""
        self._call.cancel()

    __del__ = cancel
