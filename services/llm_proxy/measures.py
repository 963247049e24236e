"""The numbers of llm_proxy."""

from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.llm_proxy.conditions import State
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.generation import Generation
from services.llm_proxy.journeys import Journey
from services.llm_proxy.routing import ROLES

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)
_SHORT_SECONDS = (0.0005, 0.001, 0.0015, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15)


class OfBackend:
    """What is counted of one backend with every text: looked up once."""

    def __init__(self, measures: "Measures", backend: str) -> None:
        self.first_token = measures.first_token.labels(backend)
        self.between_tokens = measures.between_tokens.labels(backend)
        self.open_streams = measures.open_streams.labels(backend)
        self.prompt_tokens = measures.tokens.labels(backend, "prompt")
        self.completion_tokens = measures.tokens.labels(backend, "completion")
        self.ok = measures.attempts.labels(backend, "ok")


class Measures:
    """What is counted, by backend."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, says: str, *labels: str) -> Counter:
            return Counter(name, says, labels, registry=registry)

        def histogram(name: str, says: str, *labels: str, buckets: tuple[float, ...] = _SHORT_SECONDS) -> Histogram:
            return Histogram(name, says, labels, registry=registry, buckets=buckets)

        self.attempts = counter("llm_attempts", "Attempts at a model server, by outcome: ok, cancelled or a reason.", "backend", "outcome")
        self.first_token = histogram(
            "llm_first_token_seconds", "Seconds from an attempt's start to its first token.", "backend", buckets=_SECONDS
        )
        self.between_tokens = histogram("llm_inter_token_seconds", "Mean seconds between a text's tokens.", "backend")
        self.tokens = counter("llm_tokens", "Tokens as the servers count them, by kind.", "backend", "kind")
        self.degraded = counter("llm_degraded", "Generations that fell from their adapter to the base model.")
        self.continued = counter("llm_continued", "Texts that broke off and were gone on with.")
        self.fallbacks = counter(
            "llm_fallbacks", "Attempts after a fault, by where it was met and where they went.", "from", "to", "reason"
        )
        self.shed = counter("llm_shed", "Generations that found no room, by why: full, late, shed.", "why")
        self.overhead = histogram("llm_proxy_overhead_seconds", "Seconds of a generation that were neither a server's nor without room.")
        self.added_first_token = histogram(
            "llm_added_first_token_seconds", "Seconds before the attempt whose text came first: what the proxy, room and faults added."
        )
        self.cancel_to_close = histogram("llm_cancel_to_close_seconds", "Seconds from a caller's leaving to the end of the upstream call.")
        self.open_streams = Gauge("llm_upstream_open_streams", "Streams open to the model servers.", ("backend",), registry=registry)
        self.in_flight = Gauge("llm_generations_in_flight", "Generations under way.", registry=registry)
        self.queue = Gauge("llm_queue", "Generations that wait for room.", registry=registry)
        self.retry_budget = Gauge("llm_retry_budget", "Extra attempts that may still be made.", registry=registry)
        self.backend_state = Gauge("llm_backend_state", "Model servers of a backend in a state.", ("backend", "state"), registry=registry)
        self.limit = Gauge(
            "llm_concurrency_limit", "Generations that a backend's servers may have at a time.", ("backend",), registry=registry
        )

        self._of_backend: dict[str, OfBackend] = {}

    def of_backend(self, backend: str) -> OfBackend:
        """What is counted of one backend."""
        found = self._of_backend.get(backend)
        if found is None:
            found = self._of_backend[backend] = OfBackend(self, backend)
        return found

    def watch(self, fleet: Fleet) -> None:
        """Shows how many servers of each backend are in which state, and what they may have at a time, whenever somebody looks."""
        for role in ROLES:
            for state in State:
                self.backend_state.labels(role, state.value).set_function(partial(_in_state, fleet, role, state))
            self.limit.labels(role).set_function(partial(_limit, fleet, role))

    def chosen(self, journey: Journey, backend: str, fell: str) -> None:
        """An attempt begins; `fell`: the reason of the fault that it follows."""
        if fell:
            self.fallbacks.labels(journey.came_from, backend, fell).inc()
        journey.came_from = backend

    def count(self, journey: Journey, made: Generation, now: float) -> None:
        """A text is whole."""
        own = self.of_backend(made.backend)
        own.prompt_tokens.inc(made.ending.prompt_tokens)
        own.completion_tokens.inc(made.ending.completion_tokens)
        if made.degraded:
            self.degraded.inc()
        if made.continued:
            self.continued.inc()
        total = now - journey.began
        self.overhead.observe(max(0.0, total - journey.served_seconds - journey.waited_seconds))
        if journey.attempt_began is not None:
            self.added_first_token.observe(journey.attempt_began - journey.began)
        if journey.first_text_at is not None and made.ending.completion_tokens > 1:
            own.between_tokens.observe((now - journey.first_text_at) / (made.ending.completion_tokens - 1))


def _in_state(fleet: Fleet, role: str, state: State) -> int:
    return sum(server.backend == role and server.state()[0] is state for server in fleet.in_service)


def _limit(fleet: Fleet, role: str) -> int:
    return sum(server.limit.value for server in fleet.in_service if server.backend == role)
