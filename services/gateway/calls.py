"""RPCs for HTTP requests: one route's unary calls or streams."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
from google.protobuf.message import Message

from services.chassis import context, errors, subjects
from services.gateway import bodies, metadata, problems
from services.gateway.answer import Answer
from services.gateway.binding import Binder
from services.gateway.draining import Draining, Running
from services.gateway.exchange import Exchange
from services.gateway.json_reader import JsonReaders
from services.gateway.json_writer import JsonWriters
from services.gateway.problems import Refusal
from services.gateway.routes import Route
from services.gateway.streams import Framings, LineFraming, SseFraming

PATIENCE_SECONDS = 1.0
"""How long a stream's head waits for its first message: what fails before it is answered with a status of its own."""
PING_SECONDS = 15.0
_JSON = (b"content-type", b"application/json")
_NO_STORE = (b"cache-control", b"no-store")
_REVALIDATE = (b"cache-control", b"private, no-cache")
_VARY = (b"vary", b"authorization, accept-language")


class RouteCalls:
    """Answers the requests of one route. All that can be made before a request comes is made here."""

    def __init__(
        self,
        route: Route,
        channel: grpc.aio.Channel,
        readers: JsonReaders,
        writers: JsonWriters,
        draining: Draining,
        *,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self.route = route
        self.binder = Binder(route, readers)
        self._draining = draining
        self._ping_seconds = ping_seconds
        open_call: Any = channel.unary_stream if route.streaming else channel.unary_unary  # Any: one class serves every pair of messages
        self._call: Any = open_call(  # Any: as open_call
            route.rpc, request_serializer=route.request.SerializeToString, response_deserializer=route.response.FromString
        )
        output = route.descriptor.output_type
        if route.streaming:
            self._framings = Framings(sse=SseFraming(output, writers), lines=LineFraming(output, writers))
        self._encode: Callable[[Message], bytes] = writers.encode(output, route.response_body)

    async def serve(self, exchange: Exchange, segments: list[str]) -> None:
        """Answers one request. Raises Failure or Refusal for one that fails."""
        seconds = metadata.seconds_allowed(exchange.headers, streaming=self.route.streaming)
        body = bodies.ABSENT
        if self.binder.takes_body and (raw := await exchange.body()):
            bodies.require_json(exchange.headers)
            body = bodies.parse(raw)
        request = self.binder.bind(segments, exchange.query, body, exchange.headers)
        current = context.current()
        assert current is not None
        current.facts |= subjects.of(request)
        call = self._call(request, metadata=metadata.inward(exchange.headers, current, exchange.address), timeout=seconds)
        running = Running(call)
        with self._draining.running(running):
            if self.route.streaming:
                await self._stream(exchange, call, running)
            else:
                await self._unary(exchange, call, running)

    async def _unary(self, exchange: Exchange, call: Any, running: Running) -> None:  # Any: as _call
        async with _watching(exchange, running), self._failures(running):
            message = await call
            shown = metadata.outward((*await call.initial_metadata(), *await call.trailing_metadata()))
        await exchange.answer(self._answer(exchange, message, shown))

    def _answer(self, exchange: Exchange, message: Any, shown: dict[str, str]) -> Answer:  # Any: as _call
        crossing = [(name.encode(), value.encode("latin-1")) for name, value in shown.items()]
        etag = shown.get("etag")
        caching = [_REVALIDATE, _VARY] if etag is not None else [_NO_STORE]
        if exchange.method in {"GET", "HEAD"} and metadata.unchanged(exchange.headers, etag):
            return Answer(status=304, headers=(*crossing, *caching))
        if self.route.raw:
            kind = (b"content-type", message.content_type.encode() or b"application/octet-stream")
            return Answer(status=200, headers=(kind, *crossing, *caching), body=message.data)
        return Answer(status=200, headers=(_JSON, *crossing, *caching), body=self._encode(message))

    async def _stream(self, exchange: Exchange, call: Any, running: Running) -> None:  # Any: as _call
        framing = self._framings.accepted(exchange.headers.get("accept", ""))
        first: asyncio.Future[Message] = asyncio.ensure_future(call.read())
        try:
            async with _watching(exchange, running, self._ping_seconds), self._failures(running):
                await asyncio.wait({first}, timeout=PATIENCE_SECONDS)
                message = await first if first.done() else None
                await exchange.begin_stream(framing)
                if message is None:
                    await exchange.ping()
                    message = await first
                while message is not grpc.aio.EOF:
                    await exchange.write(framing.message(message))
                    message = await call.read()
            await exchange.end_stream()
        finally:
            first.cancel()
            call.cancel()

    @contextlib.asynccontextmanager
    async def _failures(self, running: Running) -> AsyncIterator[None]:
        try:
            yield
        except asyncio.CancelledError:
            if running.stopped is None:
                raise
            raise running.stopped from None
        except grpc.aio.AioRpcError as error:
            if running.stopped is not None:
                raise running.stopped from None
            raise Refusal(problems.of_rpc_error(error, self.route.target)) from None


@contextlib.asynccontextmanager
async def _watching(exchange: Exchange, running: Running, ping_seconds: float | None = None) -> AsyncIterator[None]:
    """Stops the call when the client leaves; pings the stream, once it has begun, each `ping_seconds`."""
    watch = asyncio.create_task(_watch(exchange, running, ping_seconds))
    try:
        yield
    finally:
        watch.cancel()


async def _watch(exchange: Exchange, running: Running, ping_seconds: float | None) -> None:
    while True:
        try:
            async with asyncio.timeout(ping_seconds):
                await exchange.gone()
        except TimeoutError:
            await exchange.ping()
        else:
            running.stop(errors.Cancelled("CANCELLED", "the client left"))
            return
