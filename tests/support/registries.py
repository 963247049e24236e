"""Every metric there is: the registries of the four services, wired as they are when they run, with nobody there to talk to."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from services.chassis.app import Bind, Offer, ServiceConfig, serving
from services.chassis.config import Secret
from services.chassis.resources import Resources
from services.game import wiring as game
from services.game.config import GameConfig
from services.gateway import wiring as gateway
from services.gateway.config import GatewayConfig
from services.llm_proxy import wiring as llm_proxy
from services.llm_proxy.config import LlmProxyConfig
from services.persistence import wiring as persistence
from services.persistence.config import PersistenceConfig

_NOBODY = "127.0.0.1:1"
_ANY = "127.0.0.1:0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric as the code declares it; `name` is what Prometheus calls it, the suffix of a counter being part of it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    says: str
    services: tuple[str, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The names that its samples have."""
        return (f"{self.name}_bucket", f"{self.name}_count", f"{self.name}_sum") if self.kind == "histogram" else (self.name,)


def metrics() -> list[Metric]:
    """All metrics of ours, by name; those that prometheus_client adds of the process itself are left out."""
    found: dict[str, Metric] = {}
    for service, registry in asyncio.run(_registries()).items():
        for one in _declared(registry):
            declared = vars(one)  # the library tells it nowhere else
            kind = type(one).__name__.lower()
            name = declared["_name"] + ("_total" if kind == "counter" else "")
            before = found[name].services if name in found else ()
            found[name] = Metric(
                name=name,
                kind=kind,
                labels=tuple(declared["_labelnames"]),
                says=declared["_documentation"],
                services=(*before, service),
            )
    return [found[name] for name in sorted(found)]


def _declared(registry: CollectorRegistry) -> Iterator[MetricWrapperBase]:
    collectors = dict.fromkeys(registry._collector_to_names)  # noqa: SLF001  the library tells it nowhere else
    return (one for one in collectors if isinstance(one, MetricWrapperBase))


async def _registries() -> dict[str, CollectorRegistry]:
    shared = {"service_credential": Secret("nobody's"), "listen_internal": _ANY}
    configs: dict[str, tuple[Bind, ServiceConfig]] = {}
    edge = GatewayConfig(listen_http=_ANY, game_address=_NOBODY, persistence_address=_NOBODY, llm_proxy_address=_NOBODY, **shared)
    configs["gateway"] = (gateway.bind(edge), edge)
    games = GameConfig(redis_url=f"redis://{_NOBODY}/0", persistence_address=_NOBODY, llm_proxy_address=_NOBODY, **shared)
    configs["game"] = (game.bind(games), games)
    proxy = LlmProxyConfig(persistence_address=_NOBODY, **shared)
    configs["llm_proxy"] = (llm_proxy.bind(proxy), proxy)
    archive = PersistenceConfig(database_url=Secret(f"postgresql+asyncpg://nobody:nothing@{_NOBODY}/none"), **shared)
    configs["persistence"] = (persistence.bind(archive), archive)
    registries: dict[str, CollectorRegistry] = {}
    async with AsyncExitStack() as stack:

        async def serve(service: str, bind: Bind, config: ServiceConfig) -> None:
            async def kept(resources: Resources) -> Offer:
                registries[service] = resources.metrics.registry
                return await bind(resources)

            await stack.enter_async_context(serving(kept, config.address, grace=0))

        await asyncio.gather(*(serve(service, *wired) for service, wired in configs.items()))
    return {service: registries[service] for service in configs}
