"""A connection to a server over HTTP/1.1: one request at a time, and its answer as it comes."""

import asyncio
from collections.abc import Callable
from typing import Any

import httptools
import httpx

MOST_UNREAD_BYTES = 64 * 1024
"""How much of an answer waits for its reader before the server has to."""
MOST_EMPTY_BYTES = 64 * 1024
"""How much may come without a byte of a body: a head, what a chunk says of itself, what stands behind the last one."""


class Connection(asyncio.Protocol):
    """One connection. From `ask` to `leave` it has a reader, who gets httpx.TransportError for whatever breaks.

    All but waiting is done at once, so that nothing which befalls the reader finds it half-way.
    """

    __slots__ = (
        "_closed", "_empty_bytes", "_failed", "_has_length", "_parser", "_paused", "_pieces", "_read", "_transport", "_unread", "_waiter",
        "_whole", "fields", "freed_at", "status",
    )  # fmt: skip

    def __init__(self, closed: Callable[["Connection"], None]) -> None:
        """`closed` is told when it is no more."""
        self._closed = closed
        self._transport: Any = None  # Any: uvloop's transport has no type of its own
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._failed: tuple[type[httpx.TransportError], str] | None = None
        """Why it is of no more use."""
        self._pieces: list[bytes] = []
        self._unread = 0
        self._empty_bytes = 0
        self._paused = False
        self._has_length = False
        self._whole = True
        self._read: list[tuple[bytes, bytes]] = []
        self.status = 0
        """The answer's; 0: it has not begun."""
        self.fields: list[tuple[bytes, bytes]] = []
        """Its headers."""
        self.freed_at = 0.0
        """When its last reader went, for whoever keeps it."""

    @property
    def usable(self) -> bool:
        """Whether it can be asked something."""
        return self._whole and self._failed is None

    async def ask(self, request: bytes) -> None:
        """Sends a request; returns when its answer has begun."""
        self._whole, self._has_length, self.status, self._read = False, False, 0, []
        self._transport.write(request)
        while not self.status:
            await self._wait()

    async def take(self) -> bytes:
        """What has come of the answer's body since it was last taken, as soon as there is any; b"": it is whole."""
        while not self._pieces:
            if self._whole:
                return b""
            await self._wait()
        taken = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._unread = 0
        if self._paused and self._failed is None:
            self._paused = False
            self._transport.resume_reading()
        return taken

    def leave(self) -> None:
        """Its reader goes. One whose answer was not read to its end is closed there and then."""
        if self._pieces or not self.usable:
            self.close()

    def close(self) -> None:
        """Ends it."""
        self._fail(httpx.ReadError, "it was closed")
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is one."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """It is no more; an answer that named no length is whole with it."""
        self._parser = None  # which holds us
        if exc is None and self.status and not self._has_length:
            self._whole = True
        self._fail(httpx.ReadError, f"the connection was lost: {exc or 'the server closed it'}")
        self._closed(self)

    def data_received(self, data: bytes) -> None:
        """Reads what came."""
        if self._parser is None or self._failed is not None:
            return
        if self._whole:
            self.close()  # nobody asked
            return
        self._empty_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as wrong:
            self._fail(httpx.RemoteProtocolError, f"the answer is no HTTP: {wrong}")
            self._transport.abort()
            return
        if self._empty_bytes > MOST_EMPTY_BYTES:
            self._fail(httpx.RemoteProtocolError, "the answer is all head")
            self._transport.abort()
        elif self._unread > MOST_UNREAD_BYTES and not (self._paused or self._whole):
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def on_message_begin(self) -> None:
        """An answer, if one was asked for."""
        if self._whole:
            self._fail(httpx.RemoteProtocolError, "two answers came for one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what stands behind the body is passed over."""
        if not self.status:
            self._read.append((name, value))
            self._has_length |= name.lower() in {b"content-length", b"transfer-encoding"}

    def on_headers_complete(self) -> None:
        """The head is whole; one that only says that an answer will come is passed over."""
        fields, self._read = self._read, []
        status = self._parser.get_status_code() if self._parser is not None else 0
        if status >= 200 and not self._whole:
            self.status, self.fields = status, fields

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self._whole:
            self._pieces.append(body)
            self._unread += len(body)
            self._empty_bytes = 0

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self.status:
            self._whole, self._empty_bytes = True, 0
            if self._parser is not None and not self._parser.should_keep_alive():
                self._fail(httpx.ReadError, "the server keeps no connections")

    def _fail(self, kind: type[httpx.TransportError], said: str) -> None:
        self._failed = self._failed or (kind, said)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        """Waits for something to come. Raises httpx.TransportError where nothing can."""
        if self._failed is not None:
            kind, said = self._failed
            raise kind(said)
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
