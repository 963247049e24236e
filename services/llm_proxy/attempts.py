"""One attempt at one server, in a place that was found for it."""

from collections.abc import Callable

from services.llm_proxy.conditions import Signal, State
from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.generation import Generation, ServedBy
from services.llm_proxy.handoff import Handoff
from services.llm_proxy.journeys import Clock, Journey
from services.llm_proxy.measures import Measures
from services.llm_proxy.ports import Order
from services.llm_proxy.routing import Choice
from services.llm_proxy.servers import Server


class Slot:
    """A place at a server: taken when it is made, given back once, however often that is said."""

    __slots__ = ("_left", "_released", "choice", "more_room", "server")

    def __init__(self, server: Server, choice: Choice, *, left: Callable[[], None], more_room: Callable[[], None]) -> None:
        """`left` is called when it is given back, `more_room` when the server may have more."""
        self.server = server
        self.choice = choice
        self.more_room = more_room
        self._left = left
        self._released = False
        server.enter(visits=choice.visits)

    def release(self) -> None:
        """Gives the place back."""
        if not self._released:
            self._released = True
            self.server.leave(visits=self.choice.visits)
            self._left()


class Attempt:
    """An attempt, which listens to its own text."""

    __slots__ = (
        "_began",
        "_clock",
        "_condition",
        "_handoff",
        "_journey",
        "_measures",
        "_model",
        "_own",
        "_pace",
        "_put",
        "_server",
        "_slot",
        "_texts",
    )

    def __init__(self, journey: Journey, slot: Slot, handoff: Handoff, measures: Measures, clock: Clock) -> None:
        self._journey = journey
        self._slot = slot
        self._server = slot.server
        self._model = slot.choice.model or ""
        self._condition = self._server.condition(self._model)
        self._pace = self._server.pace(self._model)
        self._handoff = handoff
        self._put = handoff.put if journey.streamed else None
        self._measures = measures
        self._own = measures.of_backend(slot.server.backend)
        self._clock = clock
        self._began = 0.0
        self._texts: list[str] = []

    async def run(self) -> Generation:
        """Has the text made. Raises Fault."""
        journey, server, choice = self._journey, self._server, self._slot.choice
        journey.attempts += 1
        began = self._began = self._clock()
        trial = self._condition.at(began) is State.HALF_OPEN
        if trial:
            self._condition.lease(began)
        outcome = "cancelled"
        self._own.open_streams.inc()
        try:
            try:
                ending = await server.model_server.complete(self._order(), self)
            finally:
                self._own.open_streams.dec()
            server.note(self._model, Signal.DONE)
            whole = "".join(self._texts)
            schema = journey.ask.schema
            if schema is not None and not schema.accepts(whole):
                raise Fault("STRUCTURED_OUTPUT_INVALID", Phase.BETWEEN_TOKENS)
            outcome = "ok"
        except Fault as fault:
            outcome = fault.reason
            raise
        finally:
            if trial:
                self._condition.release()
            journey.served_seconds += self._clock() - began
            (self._own.ok if outcome == "ok" else self._measures.attempts.labels(server.backend, outcome)).inc()
        if self._put is None and whole:
            self._handoff.put(whole)
        now = self._clock()
        return Generation(
            call_id=journey.call_id,
            served_by=choice.served_by,
            backend=server.backend,
            degraded=choice.degraded,
            ending=ending,
            attempts=journey.attempts,
            continued=journey.continued,
            first_token_ms=round(((journey.first_text_at or now) - journey.began) * 1000),
            total_ms=round((now - journey.began) * 1000),
        )

    def hear(self, text: str) -> None:
        """A piece of text."""
        if self._journey.first_text_at is None:
            self._journey.first_text_at = self._clock()
            self._journey.attempt_began = self._began
        self._texts.append(text)
        if self._put is not None:
            self._journey.sent.append(text)
            self._put(text)

    def first_token(self, seconds: float) -> None:
        """The first token came."""
        server = self._server
        if server.limit.first_token(self._clock(), in_flight=server.in_flight, took=seconds, usual=self._pace.usual):
            self._slot.more_room()
        self._pace.first_token(seconds)
        self._own.first_token.observe(seconds)
        server.note(self._model, Signal.TOKEN)

    def next_token(self, seconds: float) -> None:
        """A next token came."""
        self._pace.gap(seconds)
        if self._condition.state is State.SUSPECT:
            self._server.note(self._model, Signal.TOKEN)

    def _order(self) -> Order:
        journey, choice = self._journey, self._slot.choice
        return Order(
            ask=journey.ask,
            model=self._model,
            is_adapter=choice.served_by is ServedBy.LORA,
            messages=journey.messages(choice),
            continues=journey.ask.continue_last_message or journey.continued,
            max_tokens=max(1, journey.ask.max_tokens - len(journey.sent)),
            first_token_seconds=self._pace.first_token_limit,
            between_tokens_seconds=self._pace.between_tokens_limit,
        )
