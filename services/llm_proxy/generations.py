"""A generation from call to end: one attempt after another until text has been handed on, each generation a task of its own."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.chassis import context, errors
from services.llm_proxy import routing
from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.generation import Ask, Generation, Policy, ServedBy
from services.llm_proxy.handoff import Handoff
from services.llm_proxy.measures import Measures
from services.llm_proxy.ports import Order
from services.llm_proxy.routing import Choice
from services.llm_proxy.servers import Server
from services.llm_proxy.verdicts import verdict

MAX_ATTEMPTS = 3
_NO_ADAPTER = frozenset({"TUNNEL_OFFLINE", "BACKEND_UNREACHABLE", "UNKNOWN_MODEL"})
"""What, where an adapter is required, comes to the same: no reachable backend serves it."""
_SAID_AT_THE_END = frozenset({"STREAM_TRUNCATED", "STRUCTURED_OUTPUT_INVALID"})
"""What is as true of a text that has been handed on."""


@dataclass(slots=True, kw_only=True)
class _Journey:
    """What one generation has been through."""

    ask: Ask
    began: float
    attempts: int = 0
    spent: set[tuple[int, str | None]] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    forgiven: bool = False
    """Whether a lost connection has been forgiven once: a kept-alive one may have been closed by its server."""
    backend: str = ""
    model: str = ""
    fault: Fault | None = None
    first_text_at: float | None = None
    pieces: int = 0
    """Pieces of text that the caller has."""


class Running:
    """A generation under way. It ends by itself, or when it is cancelled; cancelling it again changes nothing."""

    def __init__(self, task: asyncio.Task[Generation], handoff: Handoff) -> None:
        self._task = task
        self._handoff = handoff
        self._cancelled = False

    def cancel(self) -> None:
        """Closes the connection to the server. The task does it, so that nothing which befalls the caller can stop it half-way."""
        if not self._cancelled:
            self._cancelled = True
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
    """All generations of this process."""

    def __init__(self, servers: Sequence[Server], measures: Measures) -> None:
        self._servers = servers
        self._measures = measures
        self._tasks: set[asyncio.Task[Generation]] = set()

    def begin(self, ask: Ask, *, streamed: bool) -> Running:
        """Starts a generation. `streamed`: text is handed on as it comes, so that no other attempt can follow; else at the end."""
        handoff = Handoff()
        task = asyncio.create_task(self._generate(ask, handoff, streamed=streamed), name="generation")
        self._tasks.add(task)

        def ended(task: asyncio.Task[Generation]) -> None:
            self._tasks.discard(task)
            if not task.cancelled():
                task.exception()  # it may be that nobody is left to ask for it
            handoff.end()

        task.add_done_callback(ended)
        return Running(task, handoff)

    async def close(self) -> None:
        """Ends what is under way, and waits until its connections are closed."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _generate(self, ask: Ask, handoff: Handoff, *, streamed: bool) -> Generation:
        clock = asyncio.get_running_loop().time
        journey = _Journey(ask=ask, began=clock())
        with self._measures.in_flight.track_inprogress():
            while journey.attempts < MAX_ATTEMPTS:
                choice = routing.choose(
                    ask.route, [server.known(ask.route.adapter) for server in self._servers], spent=journey.spent, gone=journey.gone
                )
                if choice is None:
                    break
                server = self._servers[choice.server]
                journey.backend, journey.model = server.backend, choice.model or ""
                try:
                    if choice.model is None:
                        await server.look()
                        continue
                    journey.attempts += 1
                    return await self._attempt(journey, choice, server, handoff.put if streamed else None, handoff)
                except Fault as fault:
                    self._learn(journey, choice, server, fault)
        raise _failure(journey)

    async def _attempt(
        self, journey: _Journey, choice: Choice, server: Server, put: Callable[[str], None] | None, handoff: Handoff
    ) -> Generation:
        """One attempt at one server. Raises Fault."""
        clock = asyncio.get_running_loop().time
        began = clock()
        texts: list[str] = []

        def hear(text: str) -> None:
            if not texts:
                journey.first_text_at = clock()
                self._measures.first_token.labels(server.backend).observe(clock() - began)
            texts.append(text)
            if put is not None:
                journey.pieces += 1
                put(text)

        ask = journey.ask
        order = Order(
            ask=ask,
            model=choice.model or "",
            is_adapter=choice.served_by is ServedBy.LORA,
            messages=ask.fallback_messages if choice.degraded else ask.messages,
        )
        outcome = "cancelled"
        try:
            with server.serving(), self._measures.open_streams.labels(server.backend).track_inprogress():
                ending = await server.model_server.complete(order, hear)
            server.served()
            whole = "".join(texts)
            if ask.schema is not None and not ask.schema.accepts(whole):
                raise Fault("STRUCTURED_OUTPUT_INVALID", Phase.BETWEEN_TOKENS)
            outcome = "ok"
        except Fault as fault:
            outcome = fault.reason
            raise
        finally:
            self._measures.attempts.labels(server.backend, outcome).inc()
        if put is None and whole:
            handoff.put(whole)
        now = clock()
        generation = Generation(
            served_by=choice.served_by,
            backend=server.backend,
            degraded=choice.degraded,
            ending=ending,
            attempts=journey.attempts,
            first_token_ms=round(((journey.first_text_at or now) - journey.began) * 1000),
            total_ms=round((now - journey.began) * 1000),
        )
        self._count(generation)
        return generation

    def _learn(self, journey: _Journey, choice: Choice, server: Server, fault: Fault) -> None:
        """Notes a fault, and raises the failure it comes to where no other attempt may follow."""
        journey.fault = fault
        if fault.connection_lost and not journey.forgiven:
            journey.forgiven = True
            return
        if choice.model is None:
            journey.attempts += 1  # the look has told the server already
        else:
            server.failed(fault)
        if journey.pieces or not verdict(fault).moves_on:
            raise _failure(journey) from fault
        if fault.reason == "UNKNOWN_MODEL":
            server.forget_models()
            journey.spent.add((choice.server, choice.model))
        else:
            journey.gone.add(choice.server)

    def _count(self, generation: Generation) -> None:
        self._measures.tokens.labels(generation.backend, "prompt").inc(generation.ending.prompt_tokens)
        self._measures.tokens.labels(generation.backend, "completion").inc(generation.ending.completion_tokens)
        if generation.degraded:
            self._measures.degraded.inc()
        context.note(
            backend=generation.backend,
            model=generation.ending.model,
            attempts=generation.attempts,
            first_token_ms=generation.first_token_ms,
            completion_tokens=generation.ending.completion_tokens,
        )


def _failure(journey: _Journey) -> errors.Failure:
    """What the caller is told when a journey has failed."""
    route, fault = journey.ask.route, journey.fault
    metadata = {"backend": journey.backend, "model": journey.model, "attempts": str(journey.attempts), "tokensSent": str(journey.pieces)}
    if fault is not None:
        metadata |= fault.metadata
    metadata = {key: value for key, value in metadata.items() if value}
    if journey.pieces and (fault is None or fault.reason not in _SAID_AT_THE_END):
        return errors.Conflict("STREAM_INTERRUPTED", "the model's stream broke after text was handed on", metadata=metadata)
    if route.policy is Policy.LORA_REQUIRED and (fault is None or fault.reason in _NO_ADAPTER):
        return errors.Unavailable(
            "ADAPTER_UNAVAILABLE", "no reachable model server serves this adapter", metadata=metadata | {"adapter": route.adapter}
        )
    if fault is None:
        return errors.Unavailable("BACKEND_UNREACHABLE", "no model server is configured that has a base model", metadata=metadata)
    reason = "STREAM_TRUNCATED" if fault.reason == "STREAM_INTERRUPTED" else fault.reason  # nothing was handed on
    return errors.failure(reason, fault.message, metadata=metadata, retry_after=fault.retry_after)
