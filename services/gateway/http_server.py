"""The HTTP server: uvicorn, without its signal handlers and its plain-text refusals, and with limits on what a connection may cost."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.chassis import errors
from services.gateway import problems
from services.gateway.connections import Connections, Patience
from services.gateway.corked import Corked

MAX_HEAD_BYTES = 32 * 1024
"""How long a request's address and headers may be together."""
MAX_DISCARDED_BYTES = 1024 * 1024
"""How much of a body is read after its answer: closing before its sender is done would take the answer from it."""
KEEP_ALIVE_SECONDS = 5
"""How long a connection is kept for its next request."""
_SEND_BUFFER_BYTES = 128 * 1024
"""How much the kernel keeps for a reader, beside the 64 KiB that are kept here; it would take megabytes."""
_LAST_SECONDS = 1
"""How long uvicorn waits for connections that did not end with their streams."""


class _Protocol(HttpToolsProtocol):
    """Speaks problem+json where uvicorn has words of its own; counts connections, heads and what nobody reads; cuts who is too slow."""

    _head_bytes = 0
    _discarded_bytes = 0
    _late: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def __init__(self, *about: Any, open_connections: Connections, patience: Patience, **more: Any) -> None:  # Any: uvicorn's own
        super().__init__(*about, **more)
        self._open = open_connections
        self._patience = patience
        self._address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(Corked(transport, self.loop))  # type: ignore[arg-type]  # it is one, as far as uvicorn asks
        self._address = self.client[0] if self.client else ""
        if self._open.opened(self._address):
            self._await_head()
        else:
            self._refuse(errors.Exhausted("TOO_MANY_AT_ONCE", "too many connections are open", retry_after=timedelta(seconds=1)))

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.closed(self._address)
        self._came()
        self._taken()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self._stuck or self.loop.call_later(self._patience.reader, self.transport.abort)

    def resume_writing(self) -> None:
        self._taken()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return  # what comes after a refusal is nobody's
        super().data_received(data)
        if self._late is None and self.cycle is not None and self.cycle.response_complete and not self.transport.is_closing():
            self._await_head()  # it has begun another

    def on_message_begin(self) -> None:
        self._head_bytes = self._discarded_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._came()
        super().on_headers_complete()

    def on_url(self, url: bytes) -> None:
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(name + value)
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        if self.cycle.response_complete:
            self._discarded_bytes += len(body)
            if self._discarded_bytes > MAX_DISCARDED_BYTES:
                self.transport.close()
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        said = f"the request's head is longer than {MAX_HEAD_BYTES} bytes" if self._head_bytes > MAX_HEAD_BYTES else "this is not HTTP/1.1"
        self._refuse(errors.Invalid("INVALID_ARGUMENT", said))

    def _await_head(self) -> None:
        seconds = self._patience.head
        late = errors.OutOfTime("DEADLINE_EXCEEDED", f"the request's head did not arrive within {seconds:g} s")
        self._late = self.loop.call_later(seconds, self._refuse, late)

    def _came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _taken(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _refuse(self, failed: errors.Failure) -> None:
        """Answers what never becomes a request, and hangs up."""
        problem = problems.of_failure(failed)
        request_id = secrets.token_hex(8)
        body = problems.dumps(problem.document(request_id))
        headers = [
            *problem.headers(),
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(b"HTTP/1.1 %d %s\r\n" % (problem.status, problem.phrase.encode()) + head + b"\r\n" + body)
        self.transport.close()

    def _count(self, more: bytes) -> None:
        self._head_bytes += len(more)
        if self._head_bytes > MAX_HEAD_BYTES:
            raise ValueError("head too long")  # the parser hands it to send_400_response


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        # Signals are the chassis' business: it drains all servers of the process in order.
        yield


class HttpServer:
    """A running HTTP server."""

    def __init__(self, server: uvicorn.Server, port: int, connections: Connections) -> None:
        self._server = server
        self._connections = connections
        self.port = port

    def stop_accepting(self) -> None:
        """Takes no more connections: others that share the port get them. Those that are open go on."""
        for one in self._server.servers:
            one.close()

    async def idle(self, seconds: float) -> None:
        """Returns when no connection is open any more, or after so long: who has just sent a request gets its answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._connections.none()


@asynccontextmanager
async def http_server(
    app: Any,  # Any: uvicorn's many kinds of application
    address: str,
    *,
    trusted_proxies: str,
    connections: Connections | None = None,
    patience: Patience | None = None,
    shared: bool = False,
) -> AsyncIterator[HttpServer]:
    """Serves an ASGI application at "host:port" while the block lasts. Raises OSError if it is taken.

    `shared`: other processes may serve there too, and the kernel parts the connections among them. What is under way when the block is
    left is cut after a second: who needs longer waits before.
    """
    connections, patience = connections or Connections(), patience or Patience()
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, int(port)), family=family, backlog=2048, reuse_port=shared)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)  # those accepted inherit it
    config = uvicorn.Config(
        app,
        http=partial(_Protocol, open_connections=connections, patience=patience),  # type: ignore[arg-type]  # uvicorn calls it, no more
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_LAST_SECONDS,
        reset_contextvars=True,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    try:
        yield HttpServer(server, int(listener.getsockname()[1]), connections)
    finally:
        server.should_exit = True
        await task
        listener.close()
