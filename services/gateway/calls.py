"""RPCs for HTTP requests: one route's unary calls or streams."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import Message

from services.chassis import context, errors, subjects
from services.chassis.http2.call import Call
from services.chassis.http2.channel import Channel
from services.gateway import bodies, metadata, problems
from services.gateway.answer import Answer
from services.gateway.binding import IDEMPOTENCY_KEY, Binder
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
_UNWATCHED_SECONDS = 0.25
"""How long a call goes unwatched: most are over by then, and the watch would cost as much as they."""
_JSON = (b"content-type", b"application/json")
_NO_STORE = (b"cache-control", b"no-store")
_REVALIDATE = (b"cache-control", b"private, no-cache")
_VARY = (b"vary", b"authorization, accept-language")


class Unserved(Refusal):
    """The service went away, or was not there: no word of it is about the request."""


class RouteCalls:
    """Answers the requests of one route. All that can be made before a request comes is made here."""

    def __init__(
        self,
        route: Route,
        channel: Channel,
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
        self._channel = channel
        self._streams = route.streaming or route.in_parts
        self._message: Callable[[bytes], Any] = route.response.FromString  # Any: one class serves every pair of messages
        output = route.descriptor.output_type
        if route.streaming:
            self._framings = Framings(sse=SseFraming(output, writers), lines=LineFraming(output, writers))
        self._encode: Callable[[Message], bytes] = writers.encode(output, route.response_body)

    async def serve(self, exchange: Exchange, segments: list[str]) -> None:
        """Answers one request. Raises Failure or Refusal for one that fails.

        One that the service did not serve, for it went away, is asked of its successor, once, if it may be asked twice.
        """
        seconds = metadata.seconds_allowed(exchange.headers, streaming=self.route.streaming)
        body = bodies.ABSENT
        if self.binder.takes_body and (raw := await exchange.body()):
            bodies.require_json(exchange.headers)
            body = bodies.parse(raw)
        request = self.binder.bind(segments, exchange.query, body, exchange.headers)
        current = context.current()
        assert current is not None
        current.facts |= subjects.of(request)
        deadline = asyncio.get_running_loop().time() + seconds
        try:
            await self._attempt(exchange, request, seconds)
        except Unserved:
            left = deadline - asyncio.get_running_loop().time()
            if exchange.status or left <= 0 or not (exchange.method in {"GET", "HEAD"} or IDEMPOTENCY_KEY in exchange.headers):
                raise
            await self._attempt(exchange, request, left)

    async def _attempt(self, exchange: Exchange, request: Message, seconds: float) -> None:
        current = context.current()
        assert current is not None
        crossing = metadata.inward(exchange.headers, current, exchange.address)
        call = self._channel.begin(self.route.rpc, request.SerializeToString(), crossing, seconds, streams=self._streams)
        running = Running(call)
        with self._draining.running(running):
            if self.route.streaming:
                await self._stream(exchange, call, running)
            elif self.route.in_parts:
                await self._document(exchange, call, running)
            else:
                await self._unary(exchange, call, running)

    async def _unary(self, exchange: Exchange, call: Call, running: Running) -> None:
        with _Watching(exchange, running):
            try:
                message = self._message(await call.answer())
            except (asyncio.CancelledError, grpc.aio.AioRpcError) as error:
                raise self._why(error, running) from None
        await exchange.answer(self._answer(exchange, message, metadata.outward(call.metadata)))

    def _answer(self, exchange: Exchange, message: Any, shown: dict[str, str]) -> Answer:  # Any: as _message
        crossing = [(name.encode(), value.encode("latin-1")) for name, value in shown.items()]
        etag = shown.get("etag")
        caching = [_REVALIDATE, _VARY] if etag is not None else [_NO_STORE]
        if exchange.method in {"GET", "HEAD"} and metadata.unchanged(exchange.headers, etag):
            return Answer(status=304, headers=(*crossing, *caching))
        if self.route.raw:
            kind = (b"content-type", message.content_type.encode() or b"application/octet-stream")
            return Answer(status=200, headers=(kind, *crossing, *caching), body=message.data)
        return Answer(status=200, headers=(_JSON, *crossing, *caching), body=self._encode(message))

    async def _document(self, exchange: Exchange, call: Call, running: Running) -> None:
        """Hands on a document that comes in parts; one that breaks off ends without an end, so that nobody takes it for whole."""
        try:
            with _Watching(exchange, running):
                parts = await call.read()
                await exchange.begin_document(self._message(parts[0]).content_type if parts else "")
                while parts:
                    for part in parts:
                        await exchange.write(self._message(part).data)
                    parts = await call.read()
            await exchange.end_stream()
        except (asyncio.CancelledError, grpc.aio.AioRpcError) as error:
            raise self._why(error, running) from None
        finally:
            call.cancel()

    async def _stream(self, exchange: Exchange, call: Call, running: Running) -> None:
        framing = self._framings.accepted(exchange.headers.get("accept", ""))
        first = asyncio.ensure_future(call.read())
        try:
            with _Watching(exchange, running, ping_seconds=self._ping_seconds):
                await asyncio.wait({first}, timeout=PATIENCE_SECONDS)
                messages = await first if first.done() else None
                await exchange.begin_stream(framing)
                if messages is None:
                    await exchange.ping()
                    messages = await first
                while messages:
                    # What has come together goes out together: each piece costs its readers, and those on the way, the same.
                    await exchange.write(b"".join([framing.message(self._message(one)) for one in messages]))
                    messages = await call.read()
            await exchange.end_stream()
        except (asyncio.CancelledError, grpc.aio.AioRpcError) as error:
            raise self._why(error, running) from None
        finally:
            first.cancel()
            call.cancel()

    def _why(self, error: BaseException, running: Running) -> BaseException:
        """What a call's end without an answer is to be told as."""
        if running.stopped is not None:
            return running.stopped
        if not isinstance(error, grpc.aio.AioRpcError):
            return error
        kind = Unserved if problems.unserved(error) else Refusal
        return kind(problems.of_rpc_error(error, self.route.target))


class _Watching:
    """While the block lasts: stops the call when the client leaves; pings the stream, once it has begun, each `ping_seconds`."""

    def __init__(self, exchange: Exchange, running: Running, *, ping_seconds: float | None = None) -> None:
        self._exchange = exchange
        self._running = running
        self._ping_seconds = ping_seconds
        self._watch: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        self._begins = asyncio.get_running_loop().call_later(_UNWATCHED_SECONDS, self._begin)

    def __exit__(self, *about: object) -> None:
        self._begins.cancel()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None  # whose end would hold us, and we it: a ring for the garbage collector with every call

    def _begin(self) -> None:
        self._watch = asyncio.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._ping_seconds):
                    await self._exchange.gone()
            except TimeoutError:
                await self._exchange.ping()
            else:
                self._running.stop(errors.Cancelled("CANCELLED", "the client left"))
                return
