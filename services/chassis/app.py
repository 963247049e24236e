"""The life of a service: open, serve, drain, close."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar, cast

import grpc
import uvloop
from google.protobuf import descriptor_pool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc
from grpc_reflection.v1alpha._async import ReflectionServicer  # the package has no public name for its asyncio servicer

from services.chassis import logs
from services.chassis.access import Lookup
from services.chassis.config import ConfigError, Secret, configuration, exit_for, setting
from services.chassis.health import Health
from services.chassis.http2.server import Server
from services.chassis.metrics import Metrics
from services.chassis.resources import Resources
from services.chassis.server_calls import ServerCalls
from services.chassis.tracing import UNTRACED, Tracing, traced

T = TypeVar("T")

GRACE_SECONDS = 10.0
"""How long calls under way may go on after SIGTERM."""
YOUNG_OBJECTS = 20_000
"""How many objects are made before the garbage collector looks for rings among them: a call makes some hundreds, and hardly ever a ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a service listens, each as "host:port"; port 0 takes a free one.

    `public`: players' RPCs, which the edge routes to; None for a service that has none. `internal`: service and admin RPCs.
    `metrics`: Prometheus over HTTP; None: not served. `shared`: other processes of the service listen there too.
    """

    internal: str
    public: str | None = None
    metrics: str | None = None
    shared: bool = False


@configuration
class ServiceConfig:
    """What every service must know before it can start; each service's own configuration adds to it."""

    service_credential: Secret = setting("SERVICE_CREDENTIAL")
    """What services send each other to be let in; the same for all of them."""
    listen_internal: str = setting("LISTEN_INTERNAL")
    """Where service and admin RPCs are served, "host:port". The edge must not route here."""
    listen_public: str | None = setting("LISTEN_PUBLIC", default=None)
    """Where players' RPCs are served, "host:port"; absent: not at all."""
    listen_metrics: str | None = setting("LISTEN_METRICS", default=None)
    """Where Prometheus reads `/metrics`, "host:port"; absent: not served."""
    reflection: bool = setting("REFLECTION", default=True)
    """Whether grpcurl may ask what is served."""
    collector: str | None = setting("OTEL_EXPORTER_OTLP_ENDPOINT", default=None)
    """Where traces go, over OTLP and gRPC: "http://host:4317"; absent: nowhere, and a caller's `traceparent` is handed on as it came."""

    failpoints: str | None = setting("MARATANG_FAILPOINTS", default=None)
    """Where this process is to break, for proofs only (services/chassis/failpoints.py); absent: nowhere."""

    def breakable(self, **things: T) -> T:
        """The one thing given; where failpoints are armed, a stand-in that can break at points named after it.

        Raises ConfigError for failpoints that are none.
        """
        ((name, thing),) = things.items()
        if self.failpoints is None:
            return thing
        from services.chassis import failpoints  # noqa: PLC0415  not in a process that has none

        try:
            return cast("T", failpoints.Breakable(thing, name, failpoints.parse(self.failpoints)))
        except ValueError as error:
            raise ConfigError([f"MARATANG_FAILPOINTS: {error}"]) from None

    @property
    def address(self) -> Address:
        """Where the service listens."""
        return Address(internal=self.listen_internal, public=self.listen_public, metrics=self.listen_metrics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports a service got."""

    internal: int
    public: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a service serves: proto service name → the call that adds it to a server."""

    public: dict[str, Callable[[grpc.aio.Server], None]]
    internal: dict[str, Callable[[grpc.aio.Server], None]]
    lookup: Lookup | None = None
    """Authenticates players; None where no public RPC needs one."""
    credential: Secret | None = None
    """What callers of the internal RPCs must send."""
    stopping: Callable[[], Awaitable[None]] | None = None
    """Awaited after health says NOT_SERVING and before the servers stop."""


Bind: TypeAlias = Callable[[Resources], Awaitable[Offer]]
"""A service's wiring: opens what it needs and says what it serves."""


@asynccontextmanager
async def serving(
    bind: Bind, address: Address, *, grace: float = GRACE_SECONDS, with_reflection: bool = True, tracing: Tracing = UNTRACED
) -> AsyncIterator[Ports]:
    """Serves `bind` at `address` while the block lasts; yields the ports. On leaving: health fails, calls finish, resources close."""
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        health = Health(metrics)
        resources = Resources(stack, health, metrics, tracing)
        offer = await bind(resources)
        await health.ask()
        resources.background(health.watch(), "health")
        resources.background(metrics.watch_loop(), "event loop")
        if address.metrics is not None:
            stack.enter_context(metrics.served(address.metrics))
        servers: list[Server] = []

        def server(
            parts: dict[str, Callable[[grpc.aio.Server], None]], lookup: Lookup | None, credential: Secret | None, where: str
        ) -> int:
            made = Server()
            calls = ServerCalls(metrics=metrics, tracing=tracing, lookup=lookup, credential=credential)
            surrounded = calls.before(made)
            for add in parts.values():
                add(surrounded)
            bare = cast("grpc.aio.Server", made)
            health_pb2_grpc.add_HealthServicer_to_server(health.servicer, bare)
            if with_reflection:
                names: Sequence[str] = (*parts, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME)
                servicer = ReflectionServicer(names, pool=descriptor_pool.Default())
                reflection_pb2_grpc.add_ServerReflectionServicer_to_server(servicer, bare)
            servers.append(made)
            try:
                return made.bind(where, shared=address.shared)
            except OSError as error:
                raise ConfigError([f"{where} can't be listened at: {error.strerror or error}"]) from None

        try:
            internal = server(offer.internal, None, offer.credential, address.internal)
            public = None
            if address.public is not None:
                public = server(offer.public, offer.lookup, None, address.public)
            for one in servers:
                await one.start()
            yield Ports(internal=internal, public=public)
        finally:
            await health.drain()
            if offer.stopping is not None:
                await offer.stopping()
            await asyncio.gather(*(one.stop(grace) for one in servers))


def run(service: str, bind: Bind, config: ServiceConfig, *, shared: bool = False) -> None:
    """Runs a service as this process until SIGTERM or SIGINT, which drain it; then exits 0. `shared`: as Address has it."""
    logs.configure(service)
    log = logs.log(__name__)

    async def live(tracing: Tracing) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        address = replace(config.address, shared=shared)
        async with serving(bind, address, with_reflection=config.reflection, tracing=tracing) as ports:
            _look_at_new_objects_only()
            log.info("serving", internal_port=ports.internal, public_port=ports.public)
            await stop.wait()
            log.info("draining")
        log.info("stopped")

    try:
        with traced(service, config.collector) as tracing, contextlib.suppress(KeyboardInterrupt):
            uvloop.run(live(tracing))
    except ConfigError as error:
        exit_for(error)


def _look_at_new_objects_only() -> None:
    """Takes what was imported and opened out of the garbage collector's sight: looking through it stops all calls for 30 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
