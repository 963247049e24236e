"""Channels to other services: deadlines, request ids and credentials on every call, failures rebuilt from the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import grpc

from services.chassis import access, context, errors
from services.chassis.config import Secret

DEADLINE_MARGIN_SECONDS = 0.05
"""What a service keeps of its caller's deadline for itself."""
DEFAULT_TIMEOUT = timedelta(seconds=10)
_OPTIONS = (
    # The default lets a channel sleep for two minutes after a restart of its peer.
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    # A peer that is replaced comes back at another address; the default asks for names at most each 30 s.
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    ("grpc.enable_retries", 0),
    # A name may stand for many processes: calls go round all of them.
    ("grpc.service_config", '{"loadBalancingConfig": [{"round_robin": {}}]}'),
)

Sent = tuple[tuple[str, str], ...]
"""Metadata of a call."""


@asynccontextmanager
async def connect(
    address: str, *, credential: Secret | None = None, default_timeout: timedelta = DEFAULT_TIMEOUT
) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to "host:port" while the block lasts; it connects by itself, and again after its peer's restart.

    `default_timeout` is the deadline of calls made without one; no call outlives the one it serves. Failed calls raise errors.Failure.
    """
    async with connect_bare(address) as channel:
        yield cast("grpc.aio.Channel", _Channel(channel, _Calls(credential, default_timeout)))


@asynccontextmanager
async def connect_bare(address: str) -> AsyncIterator[grpc.aio.Channel]:
    """A channel as `connect` gives it, whose calls go out as they are made and fail with grpc.aio.AioRpcError.

    For one who hands calls on: deadline, metadata and what a failure means are its own.
    """
    channel = grpc.aio.insecure_channel(address, options=_OPTIONS)
    try:
        yield channel
    finally:
        await channel.close()


class _Channel:
    """What stubs are made of, in a channel's place.

    gRPC's own interceptors would do the same with a task and several objects more for each call, and a generator more for each message.
    """

    def __init__(self, channel: grpc.aio.Channel, calls: "_Calls") -> None:
        self._channel = channel
        self._calls = calls

    def unary_unary(self, method: str, **how: Any) -> Callable[..., Awaitable[Any]]:  # Any: one class serves every pair of messages
        """Makes calls of a method with one answer."""
        ask, outgoing = self._channel.unary_unary(method, **how), self._calls.outgoing

        async def answer(request: Any, *, timeout: float | None = None, metadata: Sent = ()) -> Any:  # noqa: ASYNC109  as stubs have it
            seconds, sent = outgoing(timeout, metadata)
            try:
                return await ask(request, timeout=seconds, metadata=sent)
            except grpc.aio.AioRpcError as error:
                raise errors.from_rpc_error(error) from None

        return answer

    def unary_stream(self, method: str, **how: Any) -> Callable[..., "_Stream"]:  # Any: as above
        """Makes calls of a method with many answers."""
        ask, outgoing = self._channel.unary_stream(method, **how), self._calls.outgoing

        def stream(request: Any, *, timeout: float | None = None, metadata: Sent = ()) -> _Stream:  # Any: as above
            seconds, sent = outgoing(timeout, metadata)
            return _Stream(ask(request, timeout=seconds, metadata=sent))

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

    __slots__ = ("_call",)

    def __init__(self, call: Any) -> None:  # Any: as above
        self._call = call

    def __aiter__(self) -> "_Stream":
        return self

    async def __anext__(self) -> Any:  # Any: as above
        try:
            message = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise errors.from_rpc_error(error) from None
        if message is grpc.aio.EOF:
            raise StopAsyncIteration
        return message

    def cancel(self) -> None:
        """Ends the call."""
        self._call.cancel()
