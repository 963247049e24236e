"""Spans by OpenTelemetry, which is an extra: `pip install 'maratang[otel]'`."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.chassis.context import TRACEPARENT
from services.chassis.tracing import Span

_FINE = {"OK", "CANCELLED"}
_PROPAGATOR = TraceContextTextMapPropagator()


class OtelSpan:
    """A span that is recorded."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        sent: dict[str, str] = {}
        _PROPAGATOR.inject(sent, trace.set_span_in_context(span))
        self.traceparent = sent.get(TRACEPARENT)

    def end(self, code: str, facts: dict[str, str | int | float]) -> None:
        """Records the facts of the log line, and whether it failed."""
        self._span.set_attribute("rpc.grpc.status_code", code)
        for name, value in facts.items():
            self._span.set_attribute(f"maratang.{name}", value)
        if code not in _FINE:
            self._span.set_status(Status(StatusCode.ERROR, code))
        self._span.end()


class OtelTracing:
    """Spans of one service, handed to `processor`."""

    def __init__(self, service: str, processor: SpanProcessor) -> None:
        self.provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
        self.provider.add_span_processor(processor)
        self._tracer = self.provider.get_tracer("maratang")

    def begin(self, name: str, traceparent: str | None, *, outgoing: bool = False) -> Span:
        """A span within the caller's, or a new trace."""
        within = _PROPAGATOR.extract({} if traceparent is None else {TRACEPARENT: traceparent})
        return OtelSpan(self._tracer.start_span(name, within, kind=SpanKind.CLIENT if outgoing else SpanKind.SERVER))


@contextmanager
def exported(service: str, collector: str) -> Iterator[OtelTracing]:
    """Spans that go to a collector in batches, the last when the block ends."""
    tracing = OtelTracing(service, BatchSpanProcessor(OTLPSpanExporter(endpoint=collector, insecure=collector.startswith("http://"))))
    try:
        yield tracing
    finally:
        tracing.provider.shutdown()
