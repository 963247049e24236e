"""What is known of each model server: learned from the calls to it and, while it is unknown or failing, from looks at its model list."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from services.chassis import errors
from services.chassis.logs import log
from services.llm_proxy.faults import Fault
from services.llm_proxy.ports import ModelServer
from services.llm_proxy.routing import Known, Models
from services.llm_proxy.verdicts import verdict

REST_SECONDS = 5.0
MAX_REST_SECONDS = 60.0
STALE_SECONDS = 10.0
"""After how long a model list is asked for again where it lacks an adapter that someone wants."""

_log = log(__name__)


class State(Enum):
    """How a server, or a backend of several, is."""

    UNKNOWN = "unknown"
    READY = "ready"
    FAILING = "failing"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a backend is, for those who ask."""

    name: str
    state: State
    reason: str
    in_flight: int
    models: tuple[str, ...]


class Server:
    """One URL of one backend."""

    def __init__(self, *, backend: str, near: bool, model_server: ModelServer, clock: Callable[[], float]) -> None:
        """`near`: a look costs nothing, as no tunnel counts requests. `clock`: seconds that only grow."""
        self.backend = backend
        self.near = near
        self.model_server = model_server
        self.state = State.UNKNOWN
        self.reason = ""
        self.in_flight = 0
        self.worth_a_look = asyncio.Event()
        """Set while a look could better what is known."""
        self.worth_a_look.set()
        self.settled = asyncio.Event()
        """Set once anything is known."""
        self._models: Models | None = None
        self._looked_at = 0.0
        self._looking = asyncio.Lock()
        self._failures = 0
        self._resting_until = 0.0
        self._clock = clock

    def known(self, adapter: str) -> Known:
        """What is known for a choice; a list that has grown old and lacks `adapter` counts as none."""
        models = self._models
        if models is not None and adapter and adapter not in models.adapters and self._clock() - self._looked_at > STALE_SECONDS:
            models = None
        return Known(backend=self.backend, models=models, resting=self._clock() < self._resting_until, in_flight=self.in_flight)

    @property
    def models(self) -> tuple[str, ...]:
        """The models it serves, as far as known; the base model first."""
        if self._models is None:
            return ()
        return tuple(filter(None, (self._models.base, *sorted(self._models.adapters))))

    async def look(self) -> None:
        """Asks for the model list; callers that come while one asks share the answer. Raises Fault."""
        asked_at = self._clock()
        async with self._looking:
            if self._models is not None and self._looked_at >= asked_at:
                return
            try:
                self._models = await self.model_server.models()
            except Fault as fault:
                self.failed(fault)
                raise
            self._looked_at = self._clock()
            if self.state is not State.FAILING or self.worth_a_look.is_set():
                self.served()

    def forget_models(self) -> None:
        """Has the models asked for anew: a server that was started again may serve others."""
        self._models = None

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Counts a generation while the block lasts."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    def served(self) -> None:
        """Notes that it does what it should."""
        self._failures = 0
        self._resting_until = 0.0
        self.worth_a_look.clear()
        self._become(State.READY, "")

    def failed(self, fault: Fault) -> None:
        """Notes a fault, if it is the server's own."""
        means = verdict(fault)
        if not means.blames:
            return
        self._failures += 1
        if means.rests:
            self._resting_until = self._clock() + min(MAX_REST_SECONDS, REST_SECONDS * 2 ** min(self._failures - 1, 10))
        if means.seen_by_look:
            self.forget_models()
            self.worth_a_look.set()
        else:
            self.worth_a_look.clear()
        self._become(State.FAILING, fault.reason)

    def _become(self, state: State, reason: str) -> None:
        if (state, reason) != (self.state, self.reason):
            _log.info("model server changed", backend=self.backend, state=state.value, reason=reason)
        self.state, self.reason = state, reason
        self.settled.set()


def status_of(name: str, servers: Sequence[Server]) -> Status:
    """How a backend is: as well as the best of its servers."""
    own = [server for server in servers if server.backend == name]
    if not own:
        return Status(name=name, state=State.NOT_CONFIGURED, reason="", in_flight=0, models=())
    order = (State.READY, State.UNKNOWN, State.FAILING)
    best = min(own, key=lambda server: order.index(server.state))
    return Status(
        name=name,
        state=best.state,
        reason=best.reason,
        in_flight=sum(server.in_flight for server in own),
        models=tuple(dict.fromkeys(model for server in own for model in server.models)),
    )


async def check(name: str, servers: Sequence[Server]) -> None:
    """A health probe: raises the failure that a backend has, having waited until anything is known of it."""
    for server in servers:
        if server.backend == name:
            await server.settled.wait()
    status = status_of(name, servers)
    if status.state is State.FAILING:
        raise errors.failure(status.reason, f"{name} fails", metadata={"backend": name})


async def watch(server: Server, *, near_seconds: float = 2.0, far_seconds: float = 60.0) -> None:
    """Looks at a server, for ever, while that could better what is known of it.

    One that is near each `near_seconds`; one that is far after 2, 4, 8, … `far_seconds`, as tunnels count requests.
    """
    pause = near_seconds
    while True:
        await server.worth_a_look.wait()
        try:
            await server.look()
            pause = near_seconds
        except Fault:
            pause = near_seconds if server.near else min(pause * 2, far_seconds)
        await asyncio.sleep(pause)
