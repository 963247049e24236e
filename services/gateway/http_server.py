"""The HTTP server: uvicorn, without its signal handlers and its plain-text refusals."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.chassis import errors
from services.gateway import problems

MAX_HEAD_BYTES = 32 * 1024
"""How long a request's address and headers may be together."""
MAX_DISCARDED_BYTES = 1024 * 1024
"""How much of a body is read after its answer: closing before its sender is done would take the answer from it."""
_LAST_SECONDS = 1
"""How long uvicorn waits for connections that did not end with their streams."""


class _Protocol(HttpToolsProtocol):
    """Speaks problem+json where uvicorn has words of its own, and counts heads and what nobody reads."""

    _head_bytes = 0
    _discarded_bytes = 0

    def on_message_begin(self) -> None:
        self._head_bytes = self._discarded_bytes = 0
        super().on_message_begin()

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
        problem = problems.of_failure(errors.Invalid("INVALID_ARGUMENT", said))
        request_id = secrets.token_hex(8)
        body = problems.dumps(problem.document(request_id))
        headers = [
            *problem.headers(),
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n" + body)
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


@asynccontextmanager
async def http_server(app: Any, address: str, *, trusted_proxies: str) -> AsyncIterator[int]:  # Any: uvicorn's many kinds of application
    """Serves an ASGI application at "host:port" while the block lasts; yields the port. Raises OSError if it is taken.

    What is under way when the block is left is cut after a second: who needs longer waits before.
    """
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, int(port)), family=family, backlog=2048)
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=_LAST_SECONDS,
        reset_contextvars=True,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listener.close()
