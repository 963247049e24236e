"""Calls to a name: connections to all that it stands for, kept open, and the calls dealt out among them in turn."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import lru_cache
from weakref import WeakSet

import grpc

from services.chassis.http2.call import Call
from services.chassis.http2.connection import Connection
from services.chassis.http2.headers import field
from services.chassis.http2.link import SILENCE_SECONDS
from services.chassis.http2.metadata import metadata
from services.chassis.http2.names import Place, places

CONNECT_SECONDS = 20.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 1.0
"""Between tries to connect: the default of gRPC lets a channel sleep for two minutes after a restart of its peer."""
_LOOK_SECONDS = 1.0
"""How long a name is not looked up again: a peer that is replaced comes back at another address."""
_AGENT = b"maratang"


class Channel:
    """Calls of one name. A call waits while a connection is being made, and fails at once while none can be."""

    def __init__(self, address: str, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._address = address
        self._silence_seconds = silence_seconds
        self._peers: dict[Place, _Peer] = {}
        self._connections: list[Connection] = []
        self._open: WeakSet[Connection] = WeakSet()
        self._turn = 0
        self._waiting: dict[Call, None] = {}
        self._look = asyncio.Event()
        self._partings = 0
        """How many connections are no more."""
        self._looked_after = 0
        """After how many of these partings the name was looked up."""
        self._unknown: OSError | None = None
        self._fixed = b"".join(
            field(name, value)
            for name, value in (
                (":method", b"POST"), (":scheme", b"http"), (":authority", address.rpartition("/")[2].encode()), ("te", b"trailers"),
                ("content-type", b"application/grpc"), ("user-agent", _AGENT),
            )
        )  # fmt: skip

    def begin(self, path: str, request: bytes, said: Iterable[tuple[str, str]], seconds: float, *, streams: bool = False) -> Call:
        """Calls the method "/package.Service/Method" with one message and metadata. It takes at most so many seconds."""
        block = self._fixed + field(":path", path.encode()) + _timeout(seconds) + metadata(said)
        call = Call(block, request, seconds, streams=streams)
        self._carry(call)
        return call

    def give_up(self, call: Call) -> None:
        """The caller of one that waits is not interested any more."""
        self._waiting.pop(call, None)

    def taken(self, call: Call, size: int) -> None:
        """Nothing comes to a call that waits."""

    async def keep(self) -> None:
        """Keeps the connections, for ever."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._look.clear()
                partings = self._partings
                try:
                    found = await places(self._address)
                except OSError as error:
                    self._unknown = error
                    self._look.set()
                else:
                    self._unknown = None
                    self._follow(found, tasks)
                self._looked_after = partings
                self._fail_if_hopeless()
                await asyncio.sleep(_LOOK_SECONDS)
                await self._look.wait()

    def _carry(self, call: Call) -> None:
        for _ in self._connections:
            self._turn = (self._turn + 1) % len(self._connections)
            connection = self._connections[self._turn]
            if connection.takes:
                connection.begin(call)
                return
        call.carrier = self
        self._waiting[call] = None
        self._fail_if_hopeless()

    def _follow(self, found: tuple[Place, ...], tasks: asyncio.TaskGroup) -> None:
        """Goes to places that are new, and no more to those that are gone."""
        for place in found:
            if place not in self._peers:
                peer = self._peers[place] = _Peer(place, self)
                peer.task = tasks.create_task(peer.keep(), name=f"calls to {place}")
        for place in self._peers.keys() - set(found):
            if not self._peers[place].connected:
                self._peers.pop(place).task.cancel()

    def joined(self, connection: Connection) -> None:
        """A connection takes calls."""
        self._connections.append(connection)
        self.room()

    def parted(self, connection: Connection) -> None:
        """It takes no more."""
        self._connections.remove(connection)
        self._partings += 1
        self.failed()

    def failed(self) -> None:
        """A connection could not be made, or is no more: who is at that name may have changed."""
        self._look.set()
        self._fail_if_hopeless()

    def again(self, call: Call) -> None:
        """A peer has not looked at a call: another gets it."""
        if not call.over:
            self._carry(call)

    def room(self) -> None:
        """A connection can take a call."""
        waiting, self._waiting = self._waiting, {}
        for call in waiting:
            self._carry(call)

    def connection(self) -> Connection:
        """A connection that is not yet one."""
        made = Connection(self.again, self.room, self._silence_seconds)
        self._open.add(made)
        return made

    def close(self) -> None:
        """Ends all calls and connections."""
        for call in tuple(self._waiting):
            call.cancel()
        for one in self._open:
            one.close()

    def _fail_if_hopeless(self) -> None:
        """Ends those who wait, if no place can be reached.

        Where a connection has just been lost, that is known when the name was looked up again: a peer that ends refuses whoever comes
        back, and the one that takes its place may not have been known yet.
        """
        if self._looked_after < self._partings:
            return
        why = [str(one.error) for one in self._peers.values() if one.error is not None]
        if self._connections or len(why) < len(self._peers) or not (why or self._unknown):
            return
        waiting, self._waiting = self._waiting, {}
        for call in waiting:
            call.fail(grpc.StatusCode.UNAVAILABLE, f"no connection to {self._address}: {'; '.join(why) or self._unknown}")


class _Peer:
    """One place of the name."""

    def __init__(self, place: Place, channel: Channel) -> None:
        self._place = place
        self._channel = channel
        self.task: asyncio.Task[None]
        self.connected = False
        self.error: OSError | None = None
        """Why it could not be reached when it was last tried."""

    async def keep(self) -> None:
        """Keeps a connection to it, for ever."""
        loop = asyncio.get_running_loop()
        pause = _FIRST_PAUSE_SECONDS
        while True:
            began = loop.time()
            try:
                connection = await self._connect()
            except OSError as error:
                self.error = error
                self._channel.failed()
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311  so that all do not come at once
                pause = min(pause * 1.6, _LONGEST_PAUSE_SECONDS)
                continue
            self.error, self.connected, pause = None, True, _FIRST_PAUSE_SECONDS
            self._channel.joined(connection)
            await connection.left
            self.connected = False
            self._channel.parted(connection)
            await asyncio.sleep(max(0.0, began + _FIRST_PAUSE_SECONDS - loop.time()))

    async def _connect(self) -> Connection:
        connection = self._channel.connection()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await asyncio.get_running_loop().create_connection(lambda: connection, *self._place)
                await connection.ready
        except BaseException:
            connection.close()
            raise
        return connection


@lru_cache(maxsize=256)
def _timeout(seconds: float) -> bytes:
    return field("grpc-timeout", b"%dm" % min(max(1, seconds * 1000), 99_999_999))


@asynccontextmanager
async def channel(address: str, silence_seconds: float = SILENCE_SECONDS) -> AsyncIterator[Channel]:
    """A channel to "host:port" while the block lasts; it connects by itself, and again after its peer's restart."""
    made = Channel(address, silence_seconds)
    kept = asyncio.create_task(made.keep(), name=f"channel to {address}")
    try:
        yield made
    finally:
        kept.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await kept
        made.close()
