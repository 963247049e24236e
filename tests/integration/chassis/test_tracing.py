"""Spans reach a collector over OTLP, the last of them when the service ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from anyio.to_thread import run_sync
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2

from services.chassis.tracing import UNTRACED, traced

pytestmark = pytest.mark.anyio
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self) -> None:
        self.spans: list[tuple[str, trace_pb2.Span]] = []

    async def Export(self, request: pb.ExportTraceServiceRequest, rpc) -> pb.ExportTraceServiceResponse:
        for sent in request.resource_spans:
            service = next(one.value.string_value for one in sent.resource.attributes if one.key == "service.name")
            self.spans += [(service, span) for scope in sent.scope_spans for span in scope.spans]
        return pb.ExportTraceServiceResponse()


@asynccontextmanager
async def collecting() -> AsyncIterator[tuple[Collector, int]]:
    collector, server = Collector(), grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield collector, port
    finally:
        await server.stop(None)


async def test_a_collector_gets_each_span_with_its_facts_and_its_parent():
    def serve(address: str) -> str | None:
        with traced("game", address) as tracing:
            span = tracing.begin("maratang.game.v1.GameService/StreamTurn", CALLER)
            within = span.traceparent
            failed = tracing.begin("maratang.game.v1.GameService/GetGame", None)
            failed.end("INTERNAL", {})
            span.end("OK", {"turn": 3, "told_by": "base"})
        return within

    async with collecting() as (collector, port):
        within = await run_sync(serve, f"http://127.0.0.1:{port}")

    by_name = {span.name.rpartition("/")[2]: (service, span) for service, span in collector.spans}
    service, turn = by_name["StreamTurn"]
    assert (service, turn.trace_id.hex(), turn.parent_span_id.hex()) == ("game", CALLER.split("-")[1], CALLER.split("-")[2])
    assert within is not None
    assert turn.span_id.hex() in within
    facts = {one.key: one.value.string_value or one.value.int_value for one in turn.attributes}
    assert facts == {"rpc.grpc.status_code": "OK", "maratang.turn": 3, "maratang.told_by": "base"}
    assert turn.status.code == trace_pb2.Status.STATUS_CODE_UNSET
    _, failed = by_name["GetGame"]
    assert (failed.parent_span_id, failed.status.code) == (b"", trace_pb2.Status.STATUS_CODE_ERROR)
    assert failed.trace_id != turn.trace_id


async def test_without_a_collector_what_a_caller_sent_is_handed_on():
    with traced("game", None) as tracing:
        assert tracing is UNTRACED
        assert tracing.begin("x", CALLER).traceparent == CALLER
        assert tracing.begin("x", None).traceparent is None
