"""Whether the gateway takes work, and what is missing when it does less than it could."""

import asyncio

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from maratang.llm_proxy.v1 import generation_service_pb2 as llm
from maratang.llm_proxy.v1 import generation_service_pb2_grpc as llm_grpc

from services.chassis import errors
from services.chassis.health import Check, Health
from services.gateway.draining import Draining, shutting_down

INTERVAL_SECONDS = 1.0
TIMEOUT_SECONDS = 1.0


def serving_check(channel: grpc.aio.Channel, service: str) -> Check:
    """A probe of a service: raises Unavailable unless its health says SERVING."""
    stub = health_pb2_grpc.HealthStub(channel)

    async def check() -> None:
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_SECONDS)
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            raise errors.Unavailable("SERVICE_UNAVAILABLE", f"{service} does not take work now", metadata={"service": service})

    return check


class Models:
    """How the models are, as llm_proxy last said. Play goes on without them, so they only ever degrade."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = llm_grpc.GenerationServiceStub(channel)
        self.degraded: tuple[str, ...] = ()
        """What is wrong: "llm.base: TUNNEL_OFFLINE"."""

    async def watch(self) -> None:
        """Asks each second, for ever."""
        while True:
            await self.ask()
            await asyncio.sleep(INTERVAL_SECONDS)

    async def ask(self) -> None:
        """Asks once."""
        try:
            answer = await self._stub.GetBackends(llm.GetBackendsRequest(), timeout=TIMEOUT_SECONDS)
        except errors.Failure as failed:
            self.degraded = (f"llm_proxy: {failed.reason}",)
        else:
            self.degraded = tuple(f"llm.{one.name}: {reason}" for one in answer.backends if (reason := _wrong(one)))


def _wrong(backend: llm.Backend) -> str:
    """Why a backend is worth a word; empty: it is not. Doing without a LoRA server is a choice; without any model it is a loss."""
    if backend.state == llm.Backend.FAILING:
        return backend.reason or "FAILING"
    if backend.state == llm.Backend.NOT_CONFIGURED and backend.name == "base":
        return "NOT_CONFIGURED"
    return ""


class Readiness:
    """The answer to `/readyz`."""

    def __init__(self, health: Health, models: Models, draining: Draining) -> None:
        self._health = health
        self._models = models
        self._draining = draining

    def document(self) -> dict[str, object]:
        """`{"status": "ready", "degraded": [...]}`. Raises Unavailable where the gateway takes no work, and says why."""
        if self._draining.draining:
            raise shutting_down()
        missing = [probe for probe in self._health.probes if probe.required and probe.failure is not None]
        if missing:
            raise errors.Unavailable(
                "SERVICE_UNAVAILABLE",
                "; ".join(f"{probe.name}: {probe.failure}" for probe in missing),
                metadata={"service": ", ".join(probe.name for probe in missing)},
            )
        away = [f"{probe.name}: {probe.failure}" for probe in self._health.probes if probe.failure is not None]
        return {"status": "ready", "degraded": [*away, *self._models.degraded]}
