"""grpc.health.v1 from probes that are declared where their dependency is opened."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from grpc_health.v1 import health_pb2
from grpc_health.v1._async import HealthServicer  # the package has no public name for its asyncio servicer

from services.chassis import errors
from services.chassis.logs import log
from services.chassis.metrics import Metrics

INTERVAL_SECONDS = 1.0
TIMEOUT_SECONDS = 2.0
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

Check = Callable[[], Awaitable[Any]]  # Any: what a probe answers is not looked at
_log = log(__name__)


@dataclass(slots=True, kw_only=True)
class Probe:
    """A dependency: whether it answers, and whether the service can do without it."""

    name: str
    check: Check
    required: bool
    failure: str | None = "not yet asked"
    """Why it does not answer; None: it does."""


class Health:
    """The state of a service's dependencies. The service itself ("") serves if all it requires answer and it is not draining."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.servicer = HealthServicer()
        self.probes: list[Probe] = []
        self.draining = False

    @property
    def ready(self) -> bool:
        """Whether the service takes work."""
        return not self.draining and all(probe.failure is None for probe in self.probes if probe.required)

    def add(self, name: str, check: Check, *, required: bool) -> None:
        """Declares a dependency; `check` raises if it does not answer."""
        self.probes.append(Probe(name=name, check=check, required=required))

    async def ask(self) -> None:
        """Asks every dependency once, all at a time, and publishes what they say."""
        await asyncio.gather(*(self._ask(probe) for probe in self.probes))
        await self._publish()

    async def watch(self) -> None:
        """Asks every second, for ever."""
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            await self.ask()

    async def drain(self) -> None:
        """Says NOT_SERVING from now on, so that whoever routes here goes elsewhere."""
        self.draining = True
        await self._publish()

    async def _ask(self, probe: Probe) -> None:
        before = probe.failure
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await probe.check()
            probe.failure = None
        except errors.Failure as failed:
            probe.failure = failed.reason
        except TimeoutError:
            probe.failure = "no answer in time"
        except OSError as error:
            probe.failure = str(error) or type(error).__name__
        if probe.failure != before:
            _log.info("dependency changed", dependency=probe.name, failure=probe.failure)

    async def _publish(self) -> None:
        await self.servicer.set("", SERVING if self.ready else NOT_SERVING)
        self._metrics.serving.set(self.ready)
        for probe in self.probes:
            self._metrics.dependency.labels(probe.name).set(probe.failure is None)
            await self.servicer.set(probe.name, SERVING if probe.failure is None else NOT_SERVING)
