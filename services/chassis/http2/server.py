"""A server: the methods that it has, and where it listens."""

import asyncio
import socket

from services.chassis.http2.accepted import Accepted, Accepting
from services.chassis.http2.link import LINGER_SECONDS
from services.chassis.http2.served_call import Handler

AGE_SECONDS = 300.0
"""How old a connection may become: callers learn of new processes when they connect anew."""
OVER_SECONDS = 630.0
"""How long what is under way may last after that: longer than the longest stream."""
_ALL = ("", "0.0.0.0")  # noqa: S104  what is meant is all addresses, of either kind
_WAITING_CONNECTIONS = 1024
_BREAKING_OFF_SECONDS = 5.0
"""How long methods that were broken off may take to end."""


class Server:
    """Serves methods to whoever speaks gRPC. What generated code adds to gRPC's servers can be added to it."""

    def __init__(self, age_seconds: float = AGE_SECONDS, over_seconds: float = OVER_SECONDS) -> None:
        self._methods: dict[bytes, Handler] = {}
        self._shared = Accepting(methods=self._methods, age_seconds=age_seconds, over_seconds=over_seconds)
        self._sockets: list[socket.socket] = []
        self._listening: list[asyncio.Server] = []

    def add_generic_rpc_handlers(self, handlers: object) -> None:
        """Passed over: the same methods come by their names, too."""

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Handler]) -> None:
        """A service's methods."""
        self._methods |= {f"/{service}/{name}".encode(): handler for name, handler in handlers.items()}

    def bind(self, address: str, *, shared: bool = False) -> int:
        """Takes "host:port", 0 for a free one; the port. `shared`: others may listen there too. Raises OSError."""
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        if host in _ALL and socket.has_dualstack_ipv6():
            host = "::"
        six = ":" in host
        family = socket.AF_INET6 if six else socket.AF_INET
        made = socket.create_server((host, int(port)), family=family, backlog=_WAITING_CONNECTIONS, reuse_port=shared, dualstack_ipv6=six)
        self._sockets.append(made)
        return int(made.getsockname()[1])

    async def start(self) -> None:
        """Serves from now on."""
        loop = asyncio.get_running_loop()
        for one in self._sockets:
            self._listening.append(await loop.create_server(lambda: Accepted(self._shared), sock=one, backlog=_WAITING_CONNECTIONS))

    async def stop(self, grace: float) -> None:
        """Takes no more calls. Those under way have so many seconds, then they fail as UNAVAILABLE and their methods are broken off."""
        self._shared.stopping = True
        for one in self._listening:
            one.close()
        for each in self._sockets:
            each.close()
        for link in tuple(self._shared.links):
            link.leave()
        await self._all_parted(grace)
        for link in tuple(self._shared.links):
            link.break_off("the server is stopping")
        await self._all_parted(2 * LINGER_SECONDS)
        for link in tuple(self._shared.links):
            link.close()
        if self._shared.tasks:
            await asyncio.wait(self._shared.tasks, timeout=_BREAKING_OFF_SECONDS)

    async def _all_parted(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while self._shared.links:
                    self._shared.parted.clear()
                    await self._shared.parted.wait()
        except TimeoutError:
            return
