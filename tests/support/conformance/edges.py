"""Our gateway and a real Envoy, before the same service, which answers as each request's case says."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor_pb2
from prometheus_client import CollectorRegistry

from services.chassis.http2.channel import channel
from services.chassis.tracing import UNTRACED
from services.gateway.app import Gateway, HttpMetrics
from services.gateway.calls import RouteCalls
from services.gateway.draining import Draining
from services.gateway.http_server import http_server
from services.gateway.json_reader import JsonReaders
from services.gateway.json_writer import JsonWriters
from services.gateway.routes import Route, routes
from services.gateway.wiring import public_routes
from tests.support.conformance.asked import Answer, Case, Outcome, Reached
from tests.support.envoy import CONTRACT, Json, connection_manager, running_envoy, transcoder
from tests.support.odd import odd

_PATIENCE_SECONDS = 60
_AT_ONCE = 16


def every_route() -> tuple[Route, ...]:
    """The contract's routes, and the odd ones."""
    return (*public_routes(), *routes([("game", odd().service)]))


class Scripted(grpc.GenericRpcHandler):
    """Answers any RPC of the routes as the case says whose name is the call's request id; keeps what came."""

    def __init__(self, known: Iterable[Route]) -> None:
        self._routes = {route.rpc: route for route in known}
        self.cases: dict[str, Case] = {}
        self.reached: dict[str, Reached] = {}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        route = self._routes.get(handler_call_details.method)
        if route is None:
            return None
        how = grpc.unary_stream_rpc_method_handler if route.descriptor.server_streaming else grpc.unary_unary_rpc_method_handler

        async def unary(request: Any, rpc: Any) -> Any:
            reply = await self._begun(route, request, rpc)
            rpc.set_trailing_metadata(reply.trailing)
            if reply.code is not grpc.StatusCode.OK:
                await rpc.abort(reply.code, reply.details, reply.trailing)
            return reply.messages[0] if reply.messages else route.response()

        async def stream(request: Any, rpc: Any) -> AsyncIterator[Any]:
            reply = await self._begun(route, request, rpc)
            for message in reply.messages:
                yield message
            if reply.code is not grpc.StatusCode.OK:
                await rpc.abort(reply.code, reply.details, reply.trailing)

        return how(
            stream if route.descriptor.server_streaming else unary,
            request_deserializer=route.request.FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

    async def _begun(self, route: Route, request: Any, rpc: Any) -> Any:
        metadata = {key: value for key, value in rpc.invocation_metadata() if isinstance(value, str)}
        asked = metadata["x-request-id"]
        self.reached[asked] = Reached(rpc=route.rpc, request=request, metadata=metadata)
        reply = self.cases[asked].reply
        if reply.initial:
            await rpc.send_initial_metadata(reply.initial)
        return reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Where both edges serve, and the service behind them."""

    ours: int
    envoy: int
    scripted: Scripted

    async def outcomes(self, cases: Iterable[Case]) -> dict[str, tuple[Outcome, Outcome]]:
        """What our gateway and what Envoy makes of each case, by its name."""
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(case: Case) -> tuple[Outcome, Outcome]:
            async with turn:
                return await self._outcome(case, "ours", self.ours), await self._outcome(case, "envoy", self.envoy)

        named = list(cases)
        return dict(zip((case.name for case in named), await asyncio.gather(*map(one, named)), strict=True))

    async def _outcome(self, case: Case, edge: str, port: int) -> Outcome:
        asked = f"{edge}-{len(self.scripted.cases)}"
        self.scripted.cases[asked] = case
        answer = await _exchange(port, case, asked)
        return Outcome(answer=answer, reached=self.scripted.reached.get(asked))


@asynccontextmanager
async def both_edges(folder: Path) -> AsyncIterator[Edges]:
    """Both, while the block lasts."""
    known = every_route()
    scripted = Scripted(known)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((scripted,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    descriptors = folder / "descriptors.binpb"
    descriptors.write_bytes(_with_odd().SerializeToString())

    def with_odd(config: Json) -> None:
        transcoder(config)["proto_descriptor"] = str(descriptors)
        transcoder(config)["services"].append(odd().service.full_name)
        hosts = connection_manager(config)["route_config"]["virtual_hosts"]
        hosts[0]["routes"].append({"match": {"prefix": "/tests.odd."}, "route": hosts[0]["routes"][0]["route"]})

    try:
        async with channel(f"127.0.0.1:{port}") as calls_to, running_envoy(port, port, with_odd) as envoy:
            readers, writers, draining = JsonReaders(), JsonWriters(), Draining()
            calls = [RouteCalls(route, calls_to, readers, writers, draining) for route in known]
            app = Gateway(calls, {}, draining, HttpMetrics(CollectorRegistry()), UNTRACED)
            async with http_server(app, "127.0.0.1:0", trusted_proxies="127.0.0.1") as ours:
                yield Edges(ours=ours.port, envoy=envoy.part.ports["HTTP"], scripted=scripted)
    finally:
        await server.stop(0)


def _with_odd() -> descriptor_pb2.FileDescriptorSet:
    files = descriptor_pb2.FileDescriptorSet.FromString(CONTRACT.read_bytes())
    there = {file.name for file in files.file}
    files.file.extend(file for file in odd().files.file if file.name not in there)
    return files


async def _exchange(port: int, case: Case, asked: str) -> Answer:
    headers = [("host", "conformance"), ("connection", "close"), ("x-request-id", asked), *case.headers]
    if case.body is not None:
        headers.append(("content-length", str(len(case.body))))
    head = f"{case.method} {case.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
    async with asyncio.timeout(_PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(head.encode("latin-1") + (case.body or b""))
            return _parsed(await reader.read())
        finally:
            writer.close()


def _parsed(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _dechunked(body)
    found = re.fullmatch(r"HTTP/1\.1 (\d{3}) ?.*", first)
    assert found is not None, raw[:200]
    return Answer(status=int(found[1]), headers=headers, body=body)


def _dechunked(raw: bytes) -> bytes:
    parts = []
    while raw:
        size, _, raw = raw.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            break
        parts.append(raw[:length])
        raw = raw[length + 2 :]
    return b"".join(parts)
