"""The numbers of a service: RED per RPC, and whatever its rooms register."""

from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector, start_http_server

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """A registry and the metrics of every RPC, by the names that gRPC dashboards expect. One a service, so that four fit a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        labels = ("grpc_service", "grpc_method")
        self.started = Counter("grpc_server_started", "RPCs begun.", labels, registry=self.registry)
        self.handled = Counter("grpc_server_handled", "RPCs ended, by code.", (*labels, "grpc_code"), registry=self.registry)
        self.seconds = Histogram("grpc_server_handling_seconds", "Seconds an RPC took.", labels, registry=self.registry, buckets=_BUCKETS)

    def serve(self, address: str) -> WSGIServer:
        """Serves `/metrics` over HTTP at "host:port" from a thread of its own until `shutdown()`."""
        host, _, port = address.rpartition(":")
        server, _ = start_http_server(int(port), addr=host, registry=self.registry)
        return server
