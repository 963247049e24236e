"""GenerationService: parse, generate, render."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any, TypeAlias

import grpc
from maratang.llm_proxy.v1 import generation_service_pb2 as pb
from maratang.llm_proxy.v1 import generation_service_pb2_grpc as rpcs

from services.llm_proxy import wire, wire_backends
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.generations import Generations, Running
from services.llm_proxy.journeys import Clock
from services.llm_proxy.routing import ROLES

UNARY_SECONDS = 60.0
"""The deadline of a whole text whose caller named none."""
STREAM_SECONDS = 120.0
"""The deadline of a stream, likewise; the chassis sets the same."""

Rpc: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # Any: one name serves every pair of messages


class GenerationServicer(rpcs.GenerationServiceServicer):
    """Serves texts from `generations`, and how the `fleet` is."""

    def __init__(self, generations: Generations, fleet: Fleet, clock: Clock) -> None:
        self._generations = generations
        self._fleet = fleet
        self._clock = clock

    async def Generate(self, request: pb.GenerateRequest, rpc: Rpc) -> pb.GenerateResponse:
        """A whole text."""
        running = self._begin(request, rpc, streamed=False)
        async with nullcontext() if rpc.time_remaining() is not None else asyncio.timeout(UNARY_SECONDS):
            text = await running.take() or ""
            await running.take()
        return wire.whole(text, running.outcome())

    async def StreamGenerate(self, request: pb.GenerateRequest, rpc: Rpc) -> AsyncIterator[pb.GenerateEvent]:
        """A text as it comes."""
        running = self._begin(request, rpc, streamed=True)
        while (text := await running.take()) is not None:
            yield wire.piece(text)
        yield wire.finished(running.outcome())

    async def GetBackends(self, request: pb.GetBackendsRequest, rpc: Rpc) -> pb.GetBackendsResponse:
        """How the backends are."""
        return wire_backends.backends(map(self._fleet.status, ROLES), self._clock())

    def _begin(self, request: pb.GenerateRequest, rpc: Rpc, *, streamed: bool) -> Running:
        """A generation that ends with its call, however that ends."""
        remaining = rpc.time_remaining()
        if remaining is None:
            remaining = STREAM_SECONDS if streamed else UNARY_SECONDS
        running = self._generations.begin(wire.ask(request), streamed=streamed, deadline=self._clock() + remaining)
        # Not in a `finally` of each method: however a call ends, gRPC says so here.
        rpc.add_done_callback(lambda _: running.cancel())  # type: ignore[arg-type]  # the stub asks for a parameter named as its own
        return running
