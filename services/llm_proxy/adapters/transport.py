"""httpx's transport to one server, over connections of our own that are kept while they can be used."""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence

import httpx
from aiohappyeyeballs import AddrInfoType, start_connection

from services.llm_proxy.adapters.http1 import Connection

NAME_SECONDS = 10.0
"""How long it is known where a name leads; one that leads nowhere is looked up again at once."""
NEXT_ADDRESS_SECONDS = 0.25
"""How long an address has before the next one of the same name is tried beside it."""
_PORTS = {"http": 80, "https": 443}


class Transport(httpx.AsyncBaseTransport):
    """Requests to the server of a URL; whatever else theirs name, they go there. Redirects are answers like others.

    `keep_seconds`: how long a connection is kept that nobody uses. Every request's `connect` timeout bounds name, connection and TLS.
    """

    def __init__(self, url: httpx.URL, keep_seconds: float) -> None:
        self._host = url.raw_host.decode("ascii")
        self._port = url.port or _PORTS[url.scheme]
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._authority = url.netloc
        self._keep_seconds = keep_seconds
        self._open: set[Connection] = set()
        self._free: deque[Connection] = deque()
        """Those that wait for a request, the latest used last."""
        self._sweep: asyncio.TimerHandle | None = None
        self._looking = asyncio.Lock()
        self._addresses: Sequence[AddrInfoType] = []
        self._known_until = float("-inf")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The beginning of the answer, whose stream is to be closed. Raises httpx.TransportError."""
        asked = self._written(request)
        connection = self._kept() or await self._connect(request.extensions["timeout"]["connect"])
        try:
            await connection.ask(asked)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(connection.status, headers=connection.fields, stream=_Body(connection, self), request=request)

    async def aclose(self) -> None:
        """Ends all connections."""
        for one in tuple(self._open):
            one.close()
        if self._sweep is not None:
            self._sweep.cancel()

    def back(self, connection: Connection) -> None:
        """A connection's reader has gone."""
        connection.leave()
        if connection.usable:
            loop = asyncio.get_running_loop()
            connection.freed_at = loop.time()
            self._free.append(connection)
            if self._sweep is None:
                self._sweep = loop.call_later(self._keep_seconds, self._let_go)

    def _kept(self) -> Connection | None:
        now = asyncio.get_running_loop().time()
        while self._free:
            one = self._free.pop()
            if one.usable and now - one.freed_at < self._keep_seconds:
                return one
            one.close()
        return None

    def _let_go(self) -> None:
        """Closes those that were kept long enough."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._free and now - self._free[0].freed_at >= self._keep_seconds:
            self._free.popleft().close()
        self._sweep = loop.call_at(self._free[0].freed_at + self._keep_seconds, self._let_go) if self._free else None

    async def _connect(self, seconds: float) -> Connection:
        connection = Connection(self._open.discard)
        loop = asyncio.get_running_loop()
        made: socket.socket | None = None
        try:
            async with asyncio.timeout(seconds):
                made = await start_connection(await self._where(), happy_eyeballs_delay=NEXT_ADDRESS_SECONDS)
                name = None if self._tls is None else self._host
                await loop.create_connection(lambda: connection, sock=made, ssl=self._tls, server_hostname=name)
                made = None
        except TimeoutError:
            raise httpx.ConnectTimeout(f"no connection within {seconds:g} s") from None
        except (OSError, RuntimeError) as error:  # the latter is uvloop's, of addresses that it makes nothing of
            self._known_until = float("-inf")  # who is at that name may have changed
            raise httpx.ConnectError(str(error)) from error
        finally:
            if made is not None:
                made.close()
        self._open.add(connection)
        return connection

    async def _where(self) -> Sequence[AddrInfoType]:
        """The addresses of the name; those who come while one looks it up share what is found. Raises OSError."""
        async with self._looking:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._known_until:
                self._addresses = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                self._known_until = loop.time() + NAME_SECONDS
            return self._addresses

    def _written(self, request: httpx.Request) -> bytes:
        """A request as it goes out. Raises httpx.LocalProtocolError."""
        content = request.content
        lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path), b"host: " + self._authority]
        lines += [b"%b: %b" % field for field in request.headers.raw]
        if content:
            lines.append(b"content-length: %d" % len(content))
        head = b"\r\n".join(lines)
        if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1:
            raise httpx.LocalProtocolError("a header holds the end of a line")
        return b"%b\r\n\r\n%b" % (head, content)


class _Body(httpx.AsyncByteStream):
    """An answer's body: each time all that has come."""

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self._connection: Connection | None = connection
        self._transport = transport

    def __aiter__(self) -> "_Body":
        return self

    async def __anext__(self) -> bytes:
        if self._connection is not None and (piece := await self._connection.take()):
            return piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Its reader goes."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._transport.back(connection)
