"""A generation from call to end: one attempt after another until text has been handed on, each generation a task of its own."""

import asyncio
from functools import partial

from services.chassis import context, errors
from services.llm_proxy import failures, routing
from services.llm_proxy.attempts import Attempt, Slot
from services.llm_proxy.budgets import RetryBudget
from services.llm_proxy.conditions import Chance
from services.llm_proxy.faults import Fault
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.generation import Ask, Generation, Policy
from services.llm_proxy.handoff import Handoff
from services.llm_proxy.journeys import Clock, Journey
from services.llm_proxy.measures import Measures
from services.llm_proxy.routing import Choice, Full
from services.llm_proxy.servers import Server
from services.llm_proxy.sticky import Fallen
from services.llm_proxy.usage import Usage
from services.llm_proxy.waiting import WAIT_SECONDS, WAIT_SHARE, NoRoom, Waiting

ROOM_LEAST = 256
"""For how many there is taken to be room when it is asked how many may wait, if the servers may ever have so many."""
PANIC_SECONDS = 1.0
"""While all are left alone, one generation in so many seconds tries all the same."""


class Running:
    """A generation under way. It ends by itself, or when it is cancelled; cancelling it again changes nothing."""

    def __init__(self, task: asyncio.Task[Generation], handoff: Handoff, measures: Measures, clock: Clock) -> None:
        self._task = task
        self._handoff = handoff
        self._measures = measures
        self._clock = clock
        self._cancelled = False

    def cancel(self) -> None:
        """Closes the connection to the server. The task does it, so that nothing which befalls the caller can stop it half-way."""
        if self._cancelled or self._task.done():
            return
        self._cancelled = True
        began = self._clock()
        self._task.add_done_callback(lambda _: self._measures.cancel_to_close.observe(self._clock() - began))
        self._task.cancel()

    async def take(self) -> str | None:
        """The text since the last call, as soon as there is any; None: the generation has ended."""
        return await self._handoff.take()

    def outcome(self) -> Generation:
        """How it was made, after take() gave None. Raises errors.Failure."""
        if self._task.cancelled():
            raise errors.Unavailable("SHUTTING_DOWN", "the proxy stops: another one takes the call")
        return self._task.result()


class Generations:
    """All generations of this process. `usage`: None where nobody keeps it."""

    def __init__(self, fleet: Fleet, measures: Measures, usage: Usage | None, *, clock: Clock, chance: Chance) -> None:
        self._fleet = fleet
        self._measures = measures
        self._usage = usage
        self._clock = clock
        self._chance = chance
        # Before a server's limit has been found, a burst waits for it to grow.
        self._waiting: Waiting[Slot] = Waiting(lambda: max(fleet.room, min(ROOM_LEAST, fleet.room_at_most)), clock)
        self._budget = RetryBudget(clock())
        self._fallen = Fallen()
        self._panicked_at = float("-inf")
        self._tasks: set[asyncio.Task[Generation]] = set()
        fleet.listeners.append(self._waiting.serve)
        measures.queue.set_function(lambda: len(self._waiting))
        measures.retry_budget.set_function(lambda: self._budget.left(clock()))

    def begin(self, ask: Ask, *, streamed: bool, deadline: float) -> Running:
        """Starts a generation. `streamed`: text is handed on as it comes, so that no other attempt can follow; else at the end.

        A text that has to fit a schema is only handed on when it does. `deadline`: the clock's seconds at which nobody waits any more.
        """
        handoff = Handoff()
        journey = Journey(ask=ask, began=self._clock(), deadline=deadline, streamed=streamed and ask.schema is None)
        task = asyncio.create_task(self._generate(journey, handoff), name="generation")
        self._tasks.add(task)

        def ended(task: asyncio.Task[Generation]) -> None:
            self._tasks.discard(task)
            if not task.cancelled():
                task.exception()  # it may be that nobody is left to ask for it
            handoff.end()  # where it was cancelled before it began

        task.add_done_callback(ended)
        return Running(task, handoff, self._measures, self._clock)

    async def close(self) -> None:
        """Ends what is under way, and waits until its connections are closed."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _generate(self, journey: Journey, handoff: Handoff) -> Generation:
        self._budget.earn()
        made, outcome = None, "CUT"
        self._measures.in_flight.inc()
        try:
            made = await self._journey(journey, handoff)
            outcome = "OK"
        except errors.Failure as failed:
            outcome = failed.reason
            raise
        else:
            self._count(journey, made)
            return made
        finally:
            self._measures.in_flight.dec()
            if self._usage is not None:
                self._usage.note(journey, made, outcome, self._clock())
            handoff.end()  # with the last text, not a turn of the loop later: both then go out together

    async def _journey(self, journey: Journey, handoff: Handoff) -> Generation:
        extra = False
        try:
            while True:
                slot = await self._place(journey)
                server, choice = slot.server, slot.choice
                journey.backend, journey.model = server.backend, choice.model or journey.model
                fell = journey.fault.reason if journey.fault is not None else ""
                try:
                    if choice.model is None:
                        await server.look()
                        continue
                    self._measures.chosen(journey, server.backend, fell)
                    return await Attempt(journey, slot, handoff, self._measures, self._clock).run()
                except Fault as fault:
                    journey.fault = fault
                    pause, extra = self._next(journey, server, choice, fault, extra=extra)
                finally:
                    slot.release()
                if pause:
                    await asyncio.sleep(pause)
        finally:
            if extra:
                self._budget.give_back()

    def _next(self, journey: Journey, server: Server, choice: Choice, fault: Fault, *, extra: bool) -> tuple[float, bool]:
        """What follows a fault: seconds to wait, and whether an extra attempt is under way. Raises the failure where nothing may."""
        if choice.model is None:
            journey.attempts += 1  # the look has told the server already
            if not journey.goes_on_after(choice, fault):
                raise failures.failure(journey, self._fleet) from fault
            return 0.0, extra
        if journey.forgives(fault):
            return 0.0, extra
        server.failed(choice.model, fault)
        if fault.reason == "CONTEXT_LENGTH_EXCEEDED":
            self._leave_out_shorter(journey, server)
        now = self._clock()
        if journey.goes_on_after(choice, fault):
            left = self._choose(journey, settle=True)
            if left is not None:
                pause = journey.pause(left.server, fault, self._chance) if isinstance(left, Choice) else 0.0
                if journey.has_time(now, pause, server.pace(choice.model).usual):
                    if extra or self._budget.take(now, len(self._tasks)):
                        return pause, True
                    journey.out_of_budget = True
        raise failures.failure(journey, self._fleet) from fault

    async def _place(self, journey: Journey) -> Slot:
        """A place at the best server left. Raises the failure where there is none, or none in time."""
        now = self._clock()
        most = min(WAIT_SECONDS, WAIT_SHARE * max(0.0, journey.deadline - now))
        rounds = ((False, most / 2), (True, most / 2)) if journey.waits_for_best else ((True, most),)
        full = NoRoom("late", most)
        for settle, seconds in rounds:
            try:
                return await self._waiting.place(
                    partial(self._find, journey, settle=settle), priority=journey.ask.priority, until=journey.deadline, seconds=seconds
                )
            except NoRoom as late:
                full = late
            finally:
                journey.waited_seconds = self._clock() - now
        self._measures.shed.labels(full.why).inc()
        raise failures.no_room(journey, full)

    def _find(self, journey: Journey, *, settle: bool) -> Slot | None:
        """A place, taken; None: there is no room. Raises the failure where nobody is left to ask."""
        choice = self._choose(journey, settle=settle)
        if choice is None and (now := self._clock()) - self._panicked_at >= PANIC_SECONDS:
            choice = self._choose(journey, settle=settle, panic=True)
            if isinstance(choice, Choice):
                self._panicked_at = now
        if choice is None:
            raise failures.failure(journey, self._fleet)
        if isinstance(choice, Full):
            return None
        server = next(one for one in self._fleet.in_service if one.number == choice.server)
        return Slot(server, choice, left=self._waiting.left, more_room=self._waiting.serve)

    def _choose(self, journey: Journey, *, settle: bool, panic: bool = False) -> Choice | Full | None:
        ask = journey.ask
        known = [server.known(ask.route.adapter) for server in self._fleet.in_service]
        fallen = self._fallen.stays(ask.conversation_id, ask.route.adapter, self._clock())
        return routing.choose(ask.route, known, journey.tried, fallen=fallen, panic=panic, settle=settle)

    def _leave_out_shorter(self, journey: Journey, server: Server) -> None:
        """Whose context is no longer will refuse the same."""
        room = server.models.context if server.models else 0
        journey.leave_out({one.number for one in self._fleet.in_service if one.models is None or one.models.context <= room})

    def _count(self, journey: Journey, made: Generation) -> None:
        now = self._clock()
        if made.degraded and journey.ask.route.policy is Policy.LORA_PREFERRED:
            self._fallen.note(journey.ask.conversation_id, journey.ask.route.adapter, now)
        self._measures.count(journey, made, now)
        context.note(
            backend=made.backend,
            model=made.ending.model,
            attempts=made.attempts,
            first_token_ms=made.first_token_ms,
            completion_tokens=made.ending.completion_tokens,
        )
