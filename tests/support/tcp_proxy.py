"""A TCP link that a test can break: cut, half-closed, stalled, slowed, refused, or cut before the answer to a certain request arrives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_CHUNK = 1 << 16
_STREAM = b"content-type: text/event-stream"
_END = b"\r\n0\r\n\r\n"


class Link:
    """A listening port whose connections lead to another. What is broken here looks to both ends as a broken network does."""

    def __init__(self, name: str, to_port: int) -> None:
        self.name = name
        self.port = 0
        self.to_port = to_port
        self.delay_seconds = 0.0
        """What each piece waits before it is passed on."""
        self.refusing = False
        """Whether new connections are cut at once."""
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[_Connection] = set()
        self._needle = b""
        self._on_swallowed: Callable[[], None] = lambda: None
        self._awaited = 0
        self._stream_bytes: Callable[[], int] | None = None
        self.streams_cut = 0

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._connections)

    def cut(self) -> int:
        """Cuts all connections with an RST on both sides; how many there were."""
        count = len(self._connections)
        for one in list(self._connections):
            one.abort()
        return count

    def half_close(self) -> None:
        """Ends what flows to the server, and lets the other direction live."""
        for one in list(self._connections):
            one.end_upward()

    def stall(self) -> None:
        """Nothing flows any more, and nobody is told."""
        self._flowing.clear()

    def resume(self) -> None:
        """Ends every fault that lasts."""
        self._flowing.set()
        self.refusing = False
        self.delay_seconds = 0.0

    def swallow_answers(self, needle: bytes, times: int, on_swallowed: Callable[[], None]) -> None:
        """Of the next so many requests with `needle` in them, the server gets each and its client, instead of the answer, a cut."""
        self._needle, self._awaited, self._on_swallowed = needle, times, on_swallowed

    def cut_streams(self, after: Callable[[], int]) -> None:
        """From now on each stream of events breaks off after so many bytes, asked anew for every one."""
        self._stream_bytes = after

    def room(self, connection: "_Connection", data: bytes) -> int:
        """How much of a piece from the server may pass before its connection is cut; all of it where nothing cuts it."""
        if connection.room is None:
            at = data.rfind(_STREAM)
            if at < 0 or self._stream_bytes is None:
                return len(data)
            connection.room = at + len(_STREAM) + self._stream_bytes()
        if _END in data[: connection.room]:
            connection.room = None  # the stream has come to its end, and what follows on the connection is another answer
            return len(data)
        passing = min(connection.room, len(data))
        connection.room -= passing
        self.streams_cut += connection.room == 0
        return passing

    def takes(self, connection: "_Connection", data: bytes, *, upward: bool) -> bool:
        """Whether a piece may pass; False: the connection is to be cut instead."""
        if not self._awaited:
            return True
        if upward:
            connection.sought = connection.sought[-len(self._needle) :] + data
            if self._needle in connection.sought:
                connection.marked, connection.sought = True, b""
            return True
        # A script that the server does not know is sent again, whole: that answer is not the one.
        if not connection.marked or b"-NOSCRIPT" in data:
            connection.marked = False
            return True
        connection.marked = False
        self._awaited -= 1
        self._on_swallowed()
        return False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection's life."""
        if self.refusing:
            writer.transport.abort()
            return
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(writer, up_writer)
        self._connections.add(connection)
        try:
            await asyncio.gather(
                self._pump(reader, up_writer, connection, upward=True), self._pump(up_reader, writer, connection, upward=False)
            )
        finally:
            self._connections.discard(connection)
            connection.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: "_Connection", *, upward: bool) -> None:
        try:
            while data := await reader.read(_CHUNK):
                await self._flowing.wait()
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds)
                if not self.takes(connection, data, upward=upward):
                    connection.cut_below()
                    while await reader.read(_CHUNK):
                        pass
                    return
                passing = len(data) if upward else self.room(connection, data)
                writer.write(data[:passing])
                await writer.drain()
                if connection.room == 0:
                    connection.end()
                    return
            if writer.can_write_eof():
                writer.write_eof()
        except (OSError, RuntimeError):  # uvloop raises the latter where a transport was closed under a writer
            connection.abort()


class _Connection:
    def __init__(self, down: asyncio.StreamWriter, up: asyncio.StreamWriter) -> None:
        self._down = down
        self._up = up
        self.sought = b""
        self.marked = False
        self.room: int | None = None
        """How many more bytes pass downward; None: all of them."""

    def end(self) -> None:
        """Ends it after what has passed already."""
        self._down.close()
        self._up.transport.abort()

    def abort(self) -> None:
        self._down.transport.abort()
        self._up.transport.abort()

    def cut_below(self) -> None:
        """Cuts it for who opened it; the server gets all that was sent, and then the end."""
        self._down.transport.abort()

    def end_upward(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._up.write_eof()


@asynccontextmanager
async def tcp_link(name: str, to_port: int) -> AsyncIterator[Link]:
    """A link to 127.0.0.1:`to_port` while the block lasts."""
    link = Link(name, to_port)
    serving: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(link.serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        link.resume()
        link.cut()
        for task in list(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
