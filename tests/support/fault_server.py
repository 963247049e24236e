"""A model server by hand, byte for byte: it lies, hangs and vanishes as a test tells it to, and notes when its callers leave."""

import asyncio
import contextlib
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

Behaviour: TypeAlias = Callable[["Exchange"], Awaitable[None]]
STREAM = {"content-type": "text/event-stream"}
TOKEN_SECONDS = 0.05
"""How long a token takes, so that it is on its way before what follows."""


class Exchange:
    """One request and its answer."""

    def __init__(self, link: "_Link", method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self._link = link
        self.method = method
        self.path = path
        self.headers = headers
        self.body: dict[str, Any] = json.loads(body) if body else {}

    def send(self, data: bytes) -> None:
        self._link.transport.write(data)

    def head(self, status: int = 200, headers: dict[str, str] | None = None, length: int | None = None) -> None:
        framing = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in (framing | (headers or {})).items())]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def chunk(self, data: bytes) -> None:
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def event(self, payload: object) -> None:
        self.chunk(f"data: {payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)}\n\n".encode())

    def token(self, text: str, *, finish: str | None = None, model: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
        self.event({"id": "c", "model": model or self.body["model"], "choices": [choice]})

    def usage(self, prompt: int, completion: int) -> None:
        self.event(
            {"id": "c", "model": self.body["model"], "choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion}}
        )

    def end(self) -> None:
        self.send(b"0\r\n\r\n")

    def close(self) -> None:
        self._link.transport.close()

    def half_close(self) -> None:
        self._link.transport.write_eof()

    def reset(self) -> None:
        self._link.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._link.transport.abort()

    @property
    def waiting(self) -> bool:
        """Whether more is on its way than the caller reads."""
        return bool(self._link.transport.get_write_buffer_size() > 1024 * 1024)

    async def gone(self) -> None:
        """Returns when the caller has left."""
        await self._link.gone.wait()


class FaultServer:
    """A server with a model list of its own; `behaviour` answers completions, `models` the list."""

    def __init__(self, *, base: str, adapters: tuple[str, ...] = ()) -> None:
        self.base = base
        self.adapters = adapters
        self.behaviour: Behaviour = says("하나", " two", " three")
        self.models: Behaviour = self._models
        self.asked: list[Exchange] = []
        self.left_at: list[float] = []
        """When callers left before their answer was whole, as time.monotonic() says."""
        self.open = 0
        """Completions that are neither answered nor left."""
        self._waiters: set[asyncio.Event] = set()
        self.links: set[_Link] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def until(self, open_: int) -> None:
        """Returns when so many completions are under way; bound it."""
        changed = asyncio.Event()
        self._waiters.add(changed)
        try:
            while self.open != open_:
                changed.clear()
                await changed.wait()
        finally:
            self._waiters.discard(changed)

    async def answer(self, exchange: Exchange) -> None:
        if exchange.method == "GET":
            await self.models(exchange)
            return
        self.asked.append(exchange)
        self.open += 1
        self._notify()
        try:
            await self.behaviour(exchange)
        finally:
            self.open -= 1
            self._notify()

    def _notify(self) -> None:
        for waiter in self._waiters:
            waiter.set()

    async def _models(self, exchange: Exchange) -> None:
        listed = [{"id": self.base, "root": self.base, "parent": None}]
        listed += [{"id": name, "root": f"/adapters/{name}", "parent": self.base} for name in self.adapters]
        body = json.dumps({"object": "list", "data": listed}).encode()
        exchange.head(200, {"content-type": "application/json"}, len(body))
        exchange.send(body)


class _Link(asyncio.Protocol):
    def __init__(self, server: FaultServer) -> None:
        self._server = server
        self._received = b""
        self._answering: asyncio.Task[None] | None = None
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport  # Any: uvloop's transport has no type of its own
        self._server.links.add(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        length = int(headers.get("content-length", 0))
        if not found or len(body) < length:
            return
        self._received = body[length:]
        method, path, _ = first.split(" ")
        self._answering = asyncio.create_task(self._server.answer(Exchange(self, method, path, headers, body[:length])))

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        self._server.links.discard(self)
        if self._answering is not None and not self._answering.done():
            self._server.left_at.append(time.monotonic())
            self._answering.cancel()


@asynccontextmanager
async def fault_server(
    *,
    base: str = "gemma",
    adapters: tuple[str, ...] = (),
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[FaultServer]:
    """A fault server while the block lasts."""
    server = FaultServer(base=base, adapters=adapters)
    listening = await asyncio.get_running_loop().create_server(lambda: _Link(server), host, port, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for link in list(server.links):
            link.transport.abort()


def crowded(places: int, seconds: float) -> Behaviour:
    """A server with so many places, of which a text takes one for so long; who finds none is answered 503 at once."""
    taken = 0

    async def behave(exchange: Exchange) -> None:
        nonlocal taken
        if taken >= places:
            await answers(503, "{}")(exchange)
            return
        taken += 1
        try:
            await asyncio.sleep(seconds)
            await says("whole")(exchange)
        finally:
            taken -= 1

    return behave


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """A URL whose connections are never made: the queue of a listener that accepts nobody is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def says(
    *texts: str, finish: str = "stop", usage: tuple[int, int] | None = (7, 3), done: bool = True, model: str | None = None
) -> Behaviour:
    """A whole answer."""

    async def behave(exchange: Exchange) -> None:
        exchange.head(headers=STREAM)
        for text in texts:
            exchange.token(text, model=model)
        exchange.token("", finish=finish, model=model)
        if usage is not None:
            exchange.usage(*usage)
        if done:
            exchange.event("[DONE]")
        exchange.end()

    return behave


def answers(status: int, body: str = "", *, content_type: str = "application/json", **headers: str) -> Behaviour:
    """A plain answer; header names are written with underscores."""

    async def behave(exchange: Exchange) -> None:
        data = body.encode()
        exchange.head(
            status, {"content-type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}, len(data)
        )
        exchange.send(data)

    return behave


def streams(*texts: str, then: Behaviour) -> Behaviour:
    """The first tokens of an answer, and then something else."""

    async def behave(exchange: Exchange) -> None:
        exchange.head(headers=STREAM)
        for text in texts:
            exchange.token(text)
            await asyncio.sleep(TOKEN_SECONDS)
        await then(exchange)

    return behave


async def silent(exchange: Exchange) -> None:
    """Nothing, until the caller leaves."""
    await exchange.gone()


async def comments(exchange: Exchange) -> None:
    """Signs of life that are no tokens: comments and a role."""
    exchange.event({"model": exchange.body["model"], "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
    while True:
        exchange.chunk(b": keep-alive\n\n")
        await asyncio.sleep(0.05)


async def resets(exchange: Exchange) -> None:
    """An RST."""
    exchange.reset()


async def closes(exchange: Exchange) -> None:
    """A FIN in the middle."""
    exchange.close()


async def half_closes(exchange: Exchange) -> None:
    """Says that no more comes, and keeps listening."""
    exchange.half_close()
    await exchange.gone()


async def ends(exchange: Exchange) -> None:
    """A clean end of the body."""
    exchange.end()


def sends(data: bytes) -> Behaviour:
    """Any bytes, as a chunk of the stream, and its clean end."""

    async def behave(exchange: Exchange) -> None:
        exchange.chunk(data)
        exchange.end()

    return behave
