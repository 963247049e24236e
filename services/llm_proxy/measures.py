"""The numbers of llm_proxy."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)


class Measures:
    """What is counted, by backend."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.attempts = Counter(
            "llm_attempts", "Attempts at a model server, by outcome: ok, cancelled or a reason.", ("backend", "outcome"), registry=registry
        )
        self.first_token = Histogram(
            "llm_first_token_seconds",
            "Seconds from an attempt's start to its first text.",
            ("backend",),
            registry=registry,
            buckets=_SECONDS,
        )
        self.tokens = Counter("llm_tokens", "Tokens as the servers count them, by kind.", ("backend", "kind"), registry=registry)
        self.degraded = Counter("llm_degraded", "Generations that fell from their adapter to the base model.", registry=registry)
        self.open_streams = Gauge("llm_upstream_open_streams", "Streams open to the model servers.", ("backend",), registry=registry)
        self.in_flight = Gauge("llm_generations_in_flight", "Generations under way.", registry=registry)
