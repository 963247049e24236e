"""One HTTP request and its answer, over ASGI."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

from services.chassis import errors
from services.gateway import bodies, compression, problems
from services.gateway.answer import Answer
from services.gateway.problems import Problem
from services.gateway.streams import Framing

Scope: TypeAlias = MutableMapping[str, Any]  # Any: ASGI's own type
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]  # Any: as above
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]  # Any: as above
Headers: TypeAlias = list[tuple[bytes, bytes]]
BODY_SECONDS = 10.0
"""How long a body may take to arrive."""


class Exchange:
    """A request while it is answered. `route` and `reason` are for its log line; `status` is 0 until an answer begins."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.method: str = scope["method"]
        self.path: str = scope["raw_path"].decode("latin-1")
        self.query: bytes = scope["query_string"]
        self.headers: Mapping[str, str] = _headers(scope["headers"])
        self.address: str = (scope.get("client") or ("",))[0]
        self.request_id = ""
        self.route = ""
        self.reason = ""
        self.status = 0
        self.closing = False
        """Whether the connection is to close after the answer."""
        self.cors: tuple[tuple[bytes, bytes], ...] = ()
        """What a page of another origin is told with the answer."""
        self._framing: Framing | None = None

    async def body(self) -> bytes:
        """The request's body.

        Raises Invalid(BODY_TOO_LARGE) as soon as it is known to be, OutOfTime if it does not arrive, Cancelled if its sender leaves.
        """
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > bodies.MAX_BYTES:
            raise bodies.too_large()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._read()
        except TimeoutError:
            self.closing = True
            raise errors.OutOfTime("DEADLINE_EXCEEDED", f"the body did not arrive within {BODY_SECONDS:g} s") from None

    async def _read(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise errors.Cancelled("CANCELLED", "the client left before its body was there")
            part = message.get("body", b"")
            size += len(part)
            if size > bodies.MAX_BYTES:
                raise bodies.too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    async def gone(self) -> None:
        """Returns when the client has left."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def answer(self, answer: Answer) -> None:
        """Sends a whole answer."""
        answer = compression.suited(answer, self.headers.get("accept-encoding", ""))
        await self._start(answer.status, [*answer.headers, (b"content-length", b"%d" % len(answer.body))])
        await self._send({"type": "http.response.body", "body": answer.body})

    async def begin_stream(self, framing: Framing) -> None:
        """Sends the head of a stream, at once."""
        self._framing = framing
        await self._start(200, [(b"content-type", framing.content_type), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")])

    async def begin_document(self, content_type: str) -> None:
        """Sends the head of a document that is to come in parts."""
        await self._start(200, [(b"content-type", content_type.encode()), (b"cache-control", b"no-store")])

    async def ping(self) -> None:
        """Says nothing in the stream, if it has begun, so that nobody on the way takes the line for dead."""
        if self._framing is not None:
            await self.write(self._framing.ping)

    async def write(self, chunk: bytes) -> None:
        """Sends a piece of the stream; waits while the client reads more slowly than it is given."""
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end_stream(self) -> None:
        """Ends the stream."""
        await self._send({"type": "http.response.body", "body": b""})

    async def fail(self, problem: Problem) -> None:
        """Says a failure: as the answer, or in band if a stream has begun."""
        self.reason = problem.reason or str(problem.status)
        if self._framing is not None:
            await self.write(self._framing.failure(problem, self.request_id))
            await self.end_stream()
        elif not self.status:
            body = problems.dumps(problem.document(self.request_id))
            await self.answer(Answer(status=problem.status, headers=tuple(problem.headers()), body=body))

    async def _start(self, status: int, headers: Headers) -> None:
        self.status = status
        headers += [(b"x-request-id", self.request_id.encode()), (b"x-content-type-options", b"nosniff"), *self.cors]
        if self.closing:
            headers.append((b"connection", b"close"))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


def _headers(raw: Headers) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1")
        text = value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers
