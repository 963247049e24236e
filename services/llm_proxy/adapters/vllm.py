"""One vLLM server over HTTP/1.1: its model list, and its chat completions as a stream."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeAlias, cast

import httpx
import orjson

from services.chassis import context
from services.chassis.config import Secret
from services.llm_proxy import faults
from services.llm_proxy.adapters.transport import Transport
from services.llm_proxy.chunks import Reading
from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.generation import Ending
from services.llm_proxy.ports import Listener, Order
from services.llm_proxy.routing import Models
from services.llm_proxy.timers import Timers

KEEP_ALIVE_SECONDS = 3.0
"""How long an idle connection is kept: vLLM closes its end after 5 s."""
_LAST_BYTES_SECONDS = 0.1
_LONGER = 1.125
"""How much longer the time for a next token may last at most: to move its end with every token would cost as much as to read one."""
Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""As they go out: so httpx takes them without looking at each."""
_ASKS: Headers = ((b"content-type", b"application/json"), (b"accept", b"text/event-stream"))
_WAITING = re.compile(rb"^vllm:num_requests_waiting(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)


@asynccontextmanager
async def connect(url: str, *, key: Secret | None, timers: Timers) -> AsyncIterator["Vllm"]:
    """A server at `url` (which ends in "/v1") while the block lasts. Nothing is sent before the first call."""
    async with Transport(httpx.URL(url), KEEP_ALIVE_SECONDS) as transport:
        yield Vllm(transport, url, key=key, timers=timers)


class Vllm:
    """The server at one URL; a ports.ModelServer. It speaks to httpx's transport as httpx's client does, whose own work costs 0.2 ms."""

    def __init__(self, transport: httpx.AsyncBaseTransport, url: str, *, key: Secret | None, timers: Timers) -> None:
        self._transport = transport
        self._models_url = httpx.URL(f"{url}/models")
        self._metrics_url = httpx.URL(f"{url.removesuffix('/v1')}/metrics")
        self._completions_url = httpx.URL(f"{url}/chat/completions")
        self._always: Headers = (
            (b"accept-encoding", b"identity"),  # compressed tokens would wait for each other
            (b"user-agent", b"maratang"),
            (b"ngrok-skip-browser-warning", b"1"),
            *_authorization(self._models_url, key),
        )
        self._connect = timers.connect.total_seconds()
        self._extensions = {"timeout": {"connect": self._connect}}
        self._headers = timers.headers.total_seconds()
        self._after_end = timers.after_end.total_seconds()

    async def models(self) -> Models:
        """The base model is the first that has no parent and is its own root; the others that have a parent are adapters."""
        phase = Phase.MODELS
        try:
            async with asyncio.timeout(self._connect + self._headers), aclosing(await self._send("GET", self._models_url)) as response:
                body = await _beginning(response, 1024 * 1024)
        except TimeoutError:
            raise Fault("BACKEND_UNREACHABLE", phase, timed_out=True) from None
        except httpx.TransportError as error:
            raise _lost(error, phase) from None
        if response.status_code != 200 or not _is(response, "application/json"):
            raise faults.of_response(response.status_code, response.headers, body, phase=phase)
        try:
            return _models(orjson.loads(body)["data"])
        except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
            raise Fault("BACKEND_PROTOCOL_ERROR", phase, http_status=200) from None

    async def waiting(self) -> int | None:
        """As vLLM's `/metrics` say, which stand beside "/v1"; None where there are none."""
        try:
            async with asyncio.timeout(self._connect + self._headers), aclosing(await self._send("GET", self._metrics_url)) as response:
                body = await _beginning(response, 1024 * 1024)
        except TimeoutError:
            raise Fault("BACKEND_UNREACHABLE", Phase.MODELS, timed_out=True) from None
        except httpx.TransportError as error:
            raise _lost(error, Phase.MODELS) from None
        found = _WAITING.findall(body) if response.status_code == 200 else []
        return sum(int(float(number)) for number in found) if found else None

    async def complete(self, order: Order, listener: Listener) -> Ending:
        """As ports.ModelServer says, within the timers."""
        reading = Reading(order.model, must_name=order.is_adapter)
        clock = asyncio.get_running_loop().time
        reading.phase = Phase.HEADERS
        began = clock()
        headers: Headers = (*_ASKS, (b"x-request-id", order.ask.request_id.encode()))
        if (traceparent := context.traceparent()) is not None:
            headers = (*headers, (context.TRACEPARENT.encode(), traceparent.encode()))
        try:
            async with (
                asyncio.timeout_at(began + min(self._connect + self._headers, order.first_token_seconds)) as limit,
                aclosing(await self._send("POST", self._completions_url, headers, _body(order))) as response,
            ):
                if response.status_code != 200 or not _is(response, "text/event-stream"):
                    body = await _beginning(response, faults.MAX_BODY_BYTES)
                    raise faults.of_response(response.status_code, response.headers, body, phase=Phase.HEADERS)
                await self._read(response, reading, order, listener, limit, began)
        except TimeoutError:
            if not (reading.whole or reading.done):
                reason = "STREAM_STALLED" if reading.phase is Phase.BETWEEN_TOKENS else "TTFT_TIMEOUT"
                raise Fault(reason, reading.phase, timed_out=True) from None
        except httpx.TransportError as error:
            if not (reading.whole or reading.done):
                raise _lost(error, reading.phase) from None
        return reading.ending()

    async def _send(self, method: str, url: httpx.URL, headers: Headers = (), content: bytes = b"") -> httpx.Response:
        """Sends a request: the answer's beginning, to be closed."""
        # A stream instead of `content` spares httpx what it would work out of it, and the transport does.
        stream = httpx.ByteStream(content)
        request = httpx.Request(method, url, headers=(*self._always, *headers), stream=stream, extensions=self._extensions)
        request.read()
        return await self._transport.handle_async_request(request)

    async def _read(
        self, response: httpx.Response, reading: Reading, order: Order, listener: Listener, limit: asyncio.Timeout, began: float
    ) -> None:
        """Reads a stream to its end, and moves the time limit on as tokens come."""
        clock = asyncio.get_running_loop().time
        reading.phase = Phase.FIRST_TOKEN
        until = began + order.first_token_seconds
        if limit.when() != until:
            limit.reschedule(until)
        last = began
        async for received in _bytes(response):
            text = reading.feed(received)
            if reading.heard:
                now = clock()
                if reading.phase is Phase.FIRST_TOKEN:
                    listener.first_token(now - began)
                    reading.phase = Phase.BETWEEN_TOKENS
                else:
                    listener.next_token(now - last)
                last = now
                seconds = self._after_end if reading.whole else order.between_tokens_seconds
                if not (reading.done or now + seconds <= until <= now + seconds * _LONGER):
                    until = now + seconds * _LONGER
                    limit.reschedule(until)
            if text:
                listener.hear(text)
            if reading.done:  # a connection that is read to its end can be used again
                limit.reschedule(clock() + _LAST_BYTES_SECONDS)


def _authorization(url: httpx.URL, key: Secret | None) -> Headers:
    """The key, or else the URL's own user and password."""
    if key is not None:
        return ((b"authorization", f"Bearer {key.reveal()}".encode()),)
    if not url.userinfo:
        return ()
    return ((b"authorization", b"Basic " + b64encode(f"{url.username}:{url.password}".encode())),)


def _bytes(response: httpx.Response) -> AsyncIterable[bytes]:
    """What comes, as it comes: httpx's own way there counts, cuts and decodes, of which nothing is wanted here."""
    return cast("httpx.AsyncByteStream", response.stream)


async def _beginning(response: httpx.Response, limit: int) -> bytes:
    got = bytearray()
    async for received in _bytes(response):
        got += received
        if len(got) >= limit:
            break
    return bytes(got)


def _is(response: httpx.Response, kind: str) -> bool:
    said: str = response.headers.get("content-type", "")
    return said.lower().startswith(kind)


def _lost(error: httpx.TransportError, phase: Phase) -> Fault:
    """The fault of a connection that was not made or broke."""
    if phase in {Phase.HEADERS, Phase.MODELS}:
        if isinstance(error, httpx.ProtocolError):
            return Fault("BACKEND_PROTOCOL_ERROR", phase)  # an answer came, and it is no HTTP
        made = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        return Fault("BACKEND_UNREACHABLE", phase if made or phase is Phase.MODELS else Phase.CONNECT)
    return Fault("STREAM_INTERRUPTED", phase)


def _models(listed: list[Any]) -> Models:  # Any: JSON
    base, context = "", 0
    adapters: set[str] = set()
    for one in listed:
        name = one["id"]
        if one.get("parent"):
            adapters.add(name)
        elif not base:
            base = name
            context = int(one.get("max_model_len") or 0)
    return Models(base=base, adapters=frozenset(adapters), context=context)


def _body(order: Order) -> bytes:
    ask = order.ask
    body: dict[str, Any] = {  # Any: JSON
        "model": order.model,
        "messages": [{"role": message.role, "content": message.text} for message in order.messages],
        "max_tokens": order.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.temperature is not None:
        body["temperature"] = ask.temperature
    if ask.stop:
        body["stop"] = ask.stop
    if ask.seed is not None:
        body["seed"] = ask.seed
    if ask.schema is not None:
        # vLLM passes over `guided_json` without a word; this it obeys.
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": ask.schema.document, "strict": True}}
    if order.continues:
        body["continue_final_message"] = True
        body["add_generation_prompt"] = False
    return orjson.dumps(body)
