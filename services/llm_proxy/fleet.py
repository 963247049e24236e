"""All model servers of this process: which URLs each role has now, and what becomes of those it had before."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass

from services.chassis import errors
from services.chassis.logs import log
from services.llm_proxy import urls
from services.llm_proxy.conditions import Chance, State
from services.llm_proxy.ports import ModelServer
from services.llm_proxy.routing import ROLES
from services.llm_proxy.servers import Outside, Server
from services.llm_proxy.timers import Timers

DRAIN_SECONDS = 120.0
"""How long texts under way may go on at a URL that was taken away."""

Connect = Callable[[str, str], AbstractAsyncContextManager[ModelServer]]
"""Connects to a role's server at a URL; nothing is sent yet."""
_log = log(__name__)
_FINE = (State.READY, State.SATURATED)
_ORDER = (State.READY, State.SATURATED, State.UNKNOWN, State.HALF_OPEN, State.SUSPECT, State.OPEN, State.MISCONFIGURED, State.OFFLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a role is: as well as the best of its servers. `state` is None where it has none."""

    role: str
    state: State | None
    reason: str
    revision: int
    """Of the change by which an operator gave it its URLs; 0: the environment did."""
    servers: tuple[Server, ...]
    """Those in service, then those that only bring to an end what they have begun."""

    @property
    def serves(self) -> bool:
        """Whether texts come from it."""
        return self.state in _FINE

    @property
    def models(self) -> tuple[str, ...]:
        """The models it serves, as far as known."""
        return tuple(dict.fromkeys(model for server in self.servers if not server.draining for model in server.names))


class Fleet:
    """The model servers. `changed` is called after every change of which there are or how they are."""

    def __init__(self, connect: Connect, *, timers: Timers, most: int, start: int, clock: Callable[[], float], chance: Chance) -> None:
        self._connect = connect
        self._timers = timers
        self._most = most
        self._start = start
        self._outside = Outside(clock=clock, chance=chance, changed=self._changed)
        self._servers: dict[str, list[Server]] = {role: [] for role in ROLES}
        self._draining: list[Server] = []
        self._stacks: dict[int, AsyncExitStack] = {}
        self._arrivals: asyncio.Queue[Server] = asyncio.Queue()
        self._leaving: dict[int, asyncio.Event] = {}
        self._revisions = dict.fromkeys(ROLES, 0)
        self._numbers = 0
        self._news = asyncio.Event()
        self.listeners: list[Callable[[], None]] = []

    @property
    def in_service(self) -> Sequence[Server]:
        """Servers that may be asked, the base role's first."""
        return [server for role in ROLES for server in self._servers[role]]

    @property
    def room(self) -> int:
        """How many generations may be under way in all."""
        return sum(server.limit.value for server in self.in_service)

    @property
    def room_at_most(self) -> int:
        """How many there may ever be."""
        return len(self.in_service) * self._most

    def urls(self, role: str) -> tuple[str, ...]:
        """The URLs that a role has now."""
        return tuple(server.url for server in self._servers[role])

    def revision(self, role: str) -> int:
        """The number of the change by which an operator gave a role its URLs; 0: the environment did."""
        return self._revisions[role]

    async def point(self, role: str, wanted: Sequence[str], revision: int = 0) -> None:
        """Gives a role these URLs. `revision`: of an operator's change; 0: they are the environment's.

        A server whose URL stays is kept as it is; one whose URL goes brings to an end what it has begun.
        """
        old = {server.url: server for server in self._servers[role]}
        now = [old.pop(url) if url in old else await self._arrive(role, url) for url in dict.fromkeys(wanted)]
        self._servers[role] = now
        self._revisions[role] = revision
        for server in old.values():
            server.draining = True
            self._draining.append(server)
            self._leaving[server.number].set()
        self._changed()

    async def run(self) -> None:
        """Watches the servers, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                server = await self._arrivals.get()
                group.create_task(self._live(server), name=f"watch-{server.backend}-{server.number}")

    async def close(self) -> None:
        """Closes every connection."""
        for stack in list(self._stacks.values()):
            await stack.aclose()
        self._stacks.clear()

    def status(self, role: str) -> Status:
        """How a role is."""
        own = self._servers[role]
        going = [server for server in self._draining if server.backend == role]
        if not own:
            return Status(role=role, state=None, reason="", revision=self._revisions[role], servers=tuple(going))
        state, reason = min((server.state() for server in own), key=lambda each: _ORDER.index(each[0]))
        return Status(role=role, state=state, reason=reason, revision=self._revisions[role], servers=(*own, *going))

    async def check(self, role: str) -> None:
        """A health probe: raises the failure that a role has, having waited until anything is known of it."""
        for server in self._servers[role]:
            await server.settled.wait()
        status = self.status(role)
        if status.state is not None and not status.serves and status.reason:
            raise errors.failure(status.reason, f"{role} fails", metadata={"backend": role})

    async def changes(self) -> AsyncIterator[None]:
        """Yields at once, and then whenever something may have changed; changes that come together are one."""
        while True:
            news = self._news
            yield
            await news.wait()

    def _changed(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
        for listener in self.listeners:
            listener()

    async def _arrive(self, role: str, url: str) -> Server:
        self._numbers += 1
        stack = AsyncExitStack()
        server = Server(
            number=self._numbers,
            backend=role,
            url=url,
            near=urls.is_near(url),
            model_server=await stack.enter_async_context(self._connect(role, url)),
            timers=self._timers,
            most=self._most,
            start=self._start,
            outside=self._outside,
        )
        self._stacks[server.number] = stack
        self._leaving[server.number] = asyncio.Event()
        self._arrivals.put_nowait(server)
        return server

    async def _live(self, server: Server) -> None:
        """One server, from its arrival until its last text."""
        leaving = self._leaving[server.number]
        watch = asyncio.create_task(server.watch())
        leave = asyncio.create_task(leaving.wait())
        try:
            done, _ = await asyncio.wait({watch, leave}, return_when=asyncio.FIRST_COMPLETED)
            if watch in done:
                watch.result()  # it only ends by a defect
        finally:
            watch.cancel()
            leave.cancel()
            await asyncio.gather(watch, leave, return_exceptions=True)
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await server.idle()
        except TimeoutError:
            _log.warning("texts cut off at a server that was taken away", backend=server.backend, in_flight=server.in_flight)
        self._draining.remove(server)
        del self._leaving[server.number]
        await self._stacks.pop(server.number).aclose()
        self._changed()
