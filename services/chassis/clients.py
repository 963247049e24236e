"""Channels to other services: deadlines, request ids and credentials on every call, failures rebuilt from the wire."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import grpc
from grpc.aio import ClientCallDetails, Metadata

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

Continuation = Callable[[ClientCallDetails, Any], Awaitable[Any]]  # Any: one interceptor carries every pair of messages


@asynccontextmanager
async def connect(
    address: str, *, credential: Secret | None = None, default_timeout: timedelta = DEFAULT_TIMEOUT
) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to "host:port" while the block lasts; it connects by itself, and again after its peer's restart.

    `default_timeout` is the deadline of calls made without one; no call outlives the one it serves. Failed calls raise errors.Failure.
    """
    calls = _Calls(credential, default_timeout)
    channel = grpc.aio.insecure_channel(address, options=_OPTIONS, interceptors=[_Unary(calls), _Stream(calls)])
    try:
        yield channel
    finally:
        await channel.close()


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


class _Calls:
    """What goes out with every call."""

    def __init__(self, credential: Secret | None, timeout: timedelta) -> None:
        self._credential = credential
        self._timeout = timeout.total_seconds()

    def details(self, asked: ClientCallDetails) -> ClientCallDetails:
        """The call's details with its metadata and deadline.

        Raises OutOfTime where the call that this one serves has none left.
        """
        metadata = Metadata(*(asked.metadata or ()))
        seconds = self._timeout if asked.timeout is None else asked.timeout
        call = context.current()
        if call is not None:
            metadata.add(context.REQUEST_ID, call.request_id)
            if call.traceparent:
                metadata.add(context.TRACEPARENT, call.traceparent)
            if call.deadline is not None:
                seconds = min(seconds, call.deadline - asyncio.get_running_loop().time() - DEADLINE_MARGIN_SECONDS)
                if seconds <= 0:
                    raise errors.OutOfTime("DEADLINE_EXCEEDED", "no time is left for a call that this one needs")
        if self._credential is not None:
            metadata.add(access.CREDENTIAL, self._credential.reveal())
        return ClientCallDetails(
            method=asked.method, timeout=seconds, metadata=metadata, credentials=asked.credentials, wait_for_ready=asked.wait_for_ready
        )


class _Unary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, calls: _Calls) -> None:
        self._calls = calls

    async def intercept_unary_unary(self, continuation: Continuation, client_call_details: ClientCallDetails, request: Any) -> Any:
        call = await continuation(self._calls.details(client_call_details), request)
        try:
            await call
        except grpc.aio.AioRpcError as error:
            raise errors.from_rpc_error(error) from None
        return call


class _Stream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, calls: _Calls) -> None:
        self._calls = calls

    async def intercept_unary_stream(self, continuation: Continuation, client_call_details: ClientCallDetails, request: Any) -> Any:
        call = await continuation(self._calls.details(client_call_details), request)
        return _translated(call)


async def _translated(call: AsyncIterator[Any]) -> AsyncIterator[Any]:
    try:
        async for message in call:
            yield message
    except grpc.aio.AioRpcError as error:
        raise errors.from_rpc_error(error) from None
