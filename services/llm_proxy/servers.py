"""What is known of each model server: learned from the calls to it and from looks at its model list."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from services.chassis.logs import log
from services.llm_proxy.conditions import Chance, Condition, Signal, State
from services.llm_proxy.faults import Fault
from services.llm_proxy.limits import Limit
from services.llm_proxy.pace import Pace
from services.llm_proxy.ports import ModelServer
from services.llm_proxy.routing import Known, Models, Offer
from services.llm_proxy.timers import Timers
from services.llm_proxy.verdicts import verdict

STALE_SECONDS = 10.0
"""After how long a model list is asked for again where it lacks an adapter that someone wants."""
NEAR_LOOK_SECONDS = 5.0
"""How often an idle server is looked at where a look costs nothing."""
NEAR_LOAD_SECONDS = 2.0
"""How often a busy one is asked how many wait inside it, likewise."""
WAITING_MOST = 5
"""With more waiting inside it, a server is as good as full."""

_OFFERS = {
    State.UNKNOWN: Offer.GLADLY,
    State.READY: Offer.GLADLY,
    State.SATURATED: Offer.IF_NEED_BE,
    State.SUSPECT: Offer.AT_LAST,
    State.OPEN: Offer.IN_PANIC,
    State.OFFLINE: Offer.NEVER,
    State.MISCONFIGURED: Offer.NEVER,
}
_GOOD = (Signal.TOKEN, Signal.DONE)
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What servers need of the world: seconds that only grow, chance, and someone to tell of changes."""

    clock: Callable[[], float]
    chance: Chance
    changed: Callable[[], None]


class Server:
    """One URL of one role."""

    def __init__(
        self,
        *,
        number: int,
        backend: str,
        url: str,
        near: bool,
        model_server: ModelServer,
        timers: Timers,
        most: int,
        start: int,
        outside: Outside,
    ) -> None:
        """`near`: a look costs nothing, as no tunnel counts requests. `most`: how many texts at a time it may have, `start`: at first."""
        self.number = number
        self.backend = backend
        self.url = url
        self.near = near
        self.model_server = model_server
        self.limit = Limit(most, start)
        self.in_flight = 0
        self.visitors = 0
        self.draining = False
        self.last_fault: Fault | None = None
        self.last_fault_at = 0.0
        self.settled = asyncio.Event()
        """Set once anything is known."""
        self.whole = Condition(outside.chance)
        self.of_model: dict[str, Condition] = {}
        self.models: Models | None = None
        self._paces: dict[str, Pace] = {}
        self._timers = timers
        self._looked_at = float("-inf")
        self._loaded_at = float("-inf")
        self._tells_load = near
        self._looking = asyncio.Lock()
        self._doubted = False
        """Whether a look should be taken at once."""
        self._stirred = asyncio.Event()
        self._empty = asyncio.Event()
        self._clock = outside.clock
        self._chance = outside.chance
        self._changed = outside.changed

    # ---- what is known

    def known(self, adapter: str) -> Known:
        """What is known for a choice; a list that has grown old and lacks `adapter` counts as none."""
        models = self.models
        if models is not None and adapter and adapter not in models.adapters and self._clock() - self._looked_at > STALE_SECONDS:
            models = None
        return Known(
            server=self.number,
            backend=self.backend,
            models=models,
            offer=self._offer,
            in_flight=self.in_flight,
            limit=self.limit.value,
            visitors=self.visitors,
        )

    def condition(self, model: str) -> Condition:
        """The condition of one of its models."""
        found = self.of_model.get(model)
        if found is None:
            found = self.of_model[model] = Condition(self._chance, State.READY)
        return found

    def pace(self, model: str) -> Pace:
        """How quick one of its models is."""
        found = self._paces.get(model)
        if found is None:
            found = self._paces[model] = Pace(self._timers)
        return found

    @property
    def paces(self) -> dict[str, Pace]:
        """How quick its models are, as far as they were asked."""
        return self._paces

    def state(self) -> tuple[State, str]:
        """How it is as a whole, and why: as its listed model that is best off."""
        now = self._clock()
        state = self.whole.at(now)
        if state is not State.READY or self.models is None:
            return state, self.whole.reason
        order = tuple(_OFFERS)
        listed = [self.of_model[model] for model in self.names if model in self.of_model]
        states = [(order.index(State.OPEN if (at := one.at(now)) is State.HALF_OPEN else at), at, one.reason) for one in listed]
        return min(states, key=lambda each: each[0])[1:] if states else (State.READY, "")

    @property
    def names(self) -> tuple[str, ...]:
        """The models it serves, as far as known; the base model first."""
        if self.models is None:
            return ()
        return tuple(filter(None, (self.models.base, *sorted(self.models.adapters))))

    def _offer(self, model: str) -> Offer:
        now = self._clock()
        offer = _OFFERS[self.whole.at(now)]
        condition = self.of_model.get(model)
        if condition is None or offer is Offer.NEVER:
            return offer
        if condition.at(now) is State.HALF_OPEN:
            return Offer.IN_PANIC if condition.leased(now) else Offer.GLADLY
        return max(offer, _OFFERS[condition.state])

    # ---- who is there

    def enter(self, *, visits: bool) -> None:
        """A generation begins."""
        self.in_flight += 1
        self.visitors += visits

    def leave(self, *, visits: bool) -> None:
        """A generation has ended."""
        self.in_flight -= 1
        self.visitors -= visits
        if not self.in_flight:
            self._empty.set()

    async def idle(self) -> None:
        """Returns when no generation is under way."""
        while self.in_flight:
            self._empty.clear()
            await self._empty.wait()

    # ---- what is noticed

    def note(self, model: str, signal: Signal, reason: str = "") -> None:
        """Takes in what was noticed of a model; "": of the server as a whole."""
        now = self._clock()
        found = self.of_model.get(model)
        if signal in _GOOD and found is not None and found.state is self.whole.state is State.READY:
            found.note(signal, now)  # the common case: nothing changes that anybody could see
            return
        before = self.state()
        if model:
            self.condition(model).note(signal, now, reason)
        if not model or signal in _GOOD:
            self.whole.note(signal, now, reason)
        if signal in {Signal.BUSY, Signal.SILENT}:
            self.limit.overload(now)
        self._tell_of_change(before)

    def failed(self, model: str, fault: Fault) -> None:
        """Takes a fault in, if it is the server's own."""
        means = verdict(fault)
        if means.signal is None:
            return
        self.last_fault, self.last_fault_at = fault, self._clock()
        self.note("" if means.whole_server else model, means.signal, fault.reason)
        if means.signal in {Signal.AWAY, Signal.REFUSED}:
            self.models = None  # one that was started again may serve others
        if means.signal is Signal.FAULT and fault.http_status is None:
            self._doubted = True
            self._stirred.set()

    def _tell_of_change(self, before: tuple[State, str]) -> None:
        after = self.state()
        self.settled.set()
        if after != before:
            _log.info("model server changed", backend=self.backend, server=self.number, state=after[0].value, reason=after[1])
            self._stirred.set()  # it may have to be looked at sooner than thought
            self._changed()

    # ---- looks

    async def look(self, *, gently: bool = False) -> None:
        """Asks for the model list; callers that come while one asks share the answer. Raises Fault.

        `gently`: one that is only slow to answer is not thought worse of.
        """
        asked_at = self._clock()
        async with self._looking:
            if self.models is not None and self._looked_at >= asked_at:
                return
            try:
                models = await self.model_server.models()
            except Fault as fault:
                if not (gently and fault.timed_out):
                    self.failed("", fault)
                raise
            finally:
                self._looked_at = self._clock()
            self.models = models
            self.of_model = {model: one for model, one in self.of_model.items() if model in self.names}
            for model in self.names:
                self.condition(model).note(Signal.LISTED, self._looked_at)
            self.note("", Signal.LISTED)

    async def watch(self) -> None:
        """Looks, for ever, when a look is due: while it is away, when a connection broke, and now and then where looks cost nothing."""
        while True:
            self._stirred.clear()
            if not self._doubted:
                try:
                    async with asyncio.timeout(self._next_look()):
                        await self._stirred.wait()
                    continue
                except TimeoutError:
                    pass
            doubted, self._doubted = self._doubted, False
            ready = self.whole.state is State.READY
            try:
                if self._tells_load and self.in_flight and ready and not doubted:
                    await self._ask_load()
                else:
                    await self.look(gently=ready)
            except Fault:
                continue

    def _next_look(self) -> float | None:
        now = self._clock()
        if (seconds := self.whole.next_probe(now)) is not None:
            return seconds
        due = [seconds for one in self.of_model.values() if (seconds := one.next_probe(now)) is not None]
        if self.near:
            busy = self._tells_load and self.in_flight
            due.append(self._loaded_at + NEAR_LOAD_SECONDS - now if busy else self._looked_at + NEAR_LOOK_SECONDS - now)
        return max(0.0, min(due)) if due else None

    async def _ask_load(self) -> None:
        self._loaded_at = self._clock()
        try:
            waiting = await self.model_server.waiting()
        except Fault:
            waiting = None
        self._tells_load = waiting is not None
        if waiting is not None and waiting > WAITING_MOST:
            for model in self.names:
                self.note(model, Signal.BUSY, "BACKEND_OVERLOADED")
