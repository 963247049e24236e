"""llm_proxy over real gRPC, before model servers that misbehave as told."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import grpc
import pytest
from maratang.llm_proxy.v1 import generation_service_pb2 as pb
from maratang.llm_proxy.v1 import generation_service_pb2_grpc as rpcs
from maratang.llm_proxy.v1.admin_service_pb2_grpc import AdminServiceStub
from prometheus_client import CollectorRegistry

from services.chassis.app import Address, Offer, serving
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.chassis.resources import Resources
from services.llm_proxy.config import LlmProxyConfig
from services.llm_proxy.wiring import bind
from tests.support.fault_server import FaultServer, fault_server

CREDENTIAL = Secret("between services")
PATIENCE_SECONDS = 60.0
"""Any limit that a test is not about: machine and event loop may be as busy as they like, it is never met."""


class Client:
    """A caller of llm_proxy."""

    def __init__(self, channel: grpc.aio.Channel, port: int, registry: CollectorRegistry) -> None:
        self.stub = rpcs.GenerationServiceStub(channel)
        self.admin = AdminServiceStub(channel)
        self.port = port
        self._channel = channel
        self._registry = registry

    def apart(self) -> "Client":
        """Another caller on the same connection, with a `heard` of its own."""
        return Client(self._channel, self.port, self._registry)

    def number(self, name: str, **labels: str) -> float:
        """What a metric says; 0 where it has not counted yet."""
        return self._registry.get_sample_value(name, labels) or 0.0

    async def whole(self, **fields: object) -> pb.GenerateResponse:
        return await self.stub.Generate(request(**fields))

    async def stream(self, **fields: object) -> tuple[list[str], pb.Generation]:
        """The pieces, and the end; raises what the stream fails with, having kept the pieces in `heard`."""
        self.heard: list[str] = []
        finished = pb.Generation()
        async for event in self.stub.StreamGenerate(request(**fields)):
            if event.HasField("finished"):
                finished = event.finished
            else:
                self.heard.append(event.text)
        return self.heard, finished

    async def backend(self, name: str) -> pb.Backend:
        return next(one for one in (await self.stub.GetBackends(pb.GetBackendsRequest())).backends if one.name == name)


def request(*, adapter: str = "", required: bool = False, **fields: object) -> pb.GenerateRequest:
    policy = pb.Route.BASE if not adapter else pb.Route.LORA_REQUIRED if required else pb.Route.LORA_PREFERRED
    given = {
        "messages": [pb.PromptMessage(role=pb.PromptMessage.USER, text="for the adapter")],
        "fallback_messages": [pb.PromptMessage(role=pb.PromptMessage.USER, text="for the base model")],
    }
    return pb.GenerateRequest(**(given | {"route": pb.Route(policy=policy, adapter=adapter)} | fields))


@asynccontextmanager
async def proxy_before(
    *,
    base: tuple[str, ...] = (),
    lora: tuple[str, ...] = (),
    kept: str | None = None,
    concurrency: int = 1024,
    at_first: int = 16,
    deadline: float = PATIENCE_SECONDS,
    **limits: float,
) -> AsyncIterator[Client]:
    """llm_proxy before these servers, asked with `deadline` seconds; with limits in seconds by their names in the configuration.

    A test names the limits that it is about, no others. `kept`: the address of a persistence service.
    """
    patient = dict.fromkeys(("connect", "headers", "first_token", "between_tokens"), PATIENCE_SECONDS)
    config = LlmProxyConfig(
        service_credential=CREDENTIAL,
        listen_internal="127.0.0.1:0",
        base_urls=base,
        lora_urls=lora,
        persistence_address=kept,
        concurrency=concurrency,
        concurrency_at_first=at_first,
        **{name: timedelta(seconds=seconds) for name, seconds in (patient | limits).items()},
    )
    registries: list[CollectorRegistry] = []

    async def wired(resources: Resources) -> Offer:
        registries.append(resources.metrics.registry)
        return await bind(config)(resources)

    async with (
        serving(wired, Address(internal=config.listen_internal), grace=0.2) as ports,
        connect(f"127.0.0.1:{ports.internal}", credential=CREDENTIAL, default_timeout=timedelta(seconds=deadline)) as channel,
    ):
        yield Client(channel, ports.internal, registries[0])


@asynccontextmanager
async def under_way(*calls: Coroutine[Any, Any, Any]) -> AsyncIterator[list[asyncio.Task[Any]]]:  # Any: whatever they bring
    """These calls, each as a task, while the block lasts; however it ends, none outlives it."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def base() -> AsyncIterator[FaultServer]:
    async with fault_server(base="gemma") as server:
        yield server


@pytest.fixture
async def lora() -> AsyncIterator[FaultServer]:
    async with fault_server(base="gemma-lora", adapters=("joseon",)) as server:
        yield server


@pytest.fixture
async def client(base: FaultServer) -> AsyncIterator[Client]:
    async with proxy_before(base=(base.url,)) as client:
        yield client
