"""The numbers of a service: RED per RPC, its dependencies, its event loop, and whatever its rooms register."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_LAG_EVERY_SECONDS = 0.5


class OfMethod:
    """What is counted of one RPC with every call: looked up once."""

    def __init__(self, metrics: "Metrics", kind: str, service: str, method: str) -> None:
        labels = (kind, service, method)
        self.sent = metrics.sent.labels(*labels)
        self._started = metrics.started.labels(*labels)
        self._received = metrics.received.labels(*labels)
        self._in_flight = metrics.in_flight.labels(*labels)
        self._seconds = metrics.seconds.labels(*labels)
        self._handled = metrics.handled
        self._labels = labels

    def begin(self) -> None:
        """A call has come, with its one message."""
        self._started.inc()
        self._received.inc()
        self._in_flight.inc()

    def end(self, code: str, seconds: float) -> None:
        """It is over."""
        self._in_flight.dec()
        self._handled.labels(*self._labels, code).inc()
        self._seconds.observe(seconds)


class Metrics:
    """A registry and the metrics of every RPC, by the names that gRPC dashboards expect. One a service, so that four fit a process."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        labels = ("grpc_type", "grpc_service", "grpc_method")
        self.started = Counter("grpc_server_started", "RPCs begun.", labels, registry=registry)
        self.handled = Counter("grpc_server_handled", "RPCs ended, by code.", (*labels, "grpc_code"), registry=registry)
        self.seconds = Histogram("grpc_server_handling_seconds", "Seconds an RPC took.", labels, registry=registry, buckets=_BUCKETS)
        self.received = Counter("grpc_server_msg_received", "Messages that came in.", labels, registry=registry)
        self.sent = Counter("grpc_server_msg_sent", "Messages that went out.", labels, registry=registry)
        self.in_flight = Gauge("grpc_server_in_flight", "RPCs under way.", labels, registry=registry)
        self.serving = Gauge("maratang_serving", "1: the service takes work; 0: it drains, or lacks what it requires.", registry=registry)
        self.dependency = Gauge("maratang_dependency_up", "1: the dependency answers; 0: it does not.", ("dependency",), registry=registry)
        self.lag = Histogram(
            "maratang_event_loop_lag_seconds",
            "How much too late the event loop wakes who sleeps: what every call waits.",
            registry=registry,
            buckets=_LAG_BUCKETS,
        )
        self.tasks = Gauge("maratang_tasks", "Tasks of the event loop; they come and go with calls.", registry=registry)
        self._of_method: dict[tuple[str, str, str], OfMethod] = {}

    def of_method(self, kind: str, service: str, method: str) -> OfMethod:
        """What is counted of one RPC; `kind` is "unary" or "server_stream"."""
        key = (kind, service, method)
        found = self._of_method.get(key)
        if found is None:
            found = self._of_method[key] = OfMethod(self, *key)
        return found

    async def watch_loop(self) -> None:
        """Measures how late the event loop is, and counts its tasks, for ever."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + _LAG_EVERY_SECONDS
            await asyncio.sleep(_LAG_EVERY_SECONDS)
            self.lag.observe(max(0.0, clock() - due))
            self.tasks.set(len(asyncio.all_tasks()))

    @contextmanager
    def served(self, address: str) -> Iterator[None]:
        """Serves `/metrics` over HTTP at "host:port" from a thread of its own while the block lasts."""
        host, _, port = address.rpartition(":")
        server, thread = start_http_server(int(port), addr=host, registry=self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
