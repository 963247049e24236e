"""All four services in one process, over real PostgreSQL, Valkey and gRPC, with model servers at a set pace."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.chassis.app import serving
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.chassis.otel import OtelTracing
from services.game import wiring as game
from services.game.adapters.archive import Archive
from services.game.config import GameConfig
from services.game.rules.begin import begin
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.stored import Row
from services.gateway import wiring as gateway
from services.gateway.config import GatewayConfig
from services.init_db.config import InitDbConfig
from services.init_db.preparing import prepare
from services.persistence.rights import APP
from services.together import Together, TogetherConfig, together
from tests.support.fault_server import FaultServer
from tests.support.servers import PROJECT, ROLE_PASSWORD, as_role, fresh_database, running_valkey
from tests.support.stub_vllm import stub_vllm

ADAPTER = "yunseul-frank"
"""The adapter that the tutorial's person asks for in her second phase."""
GRACE_SECONDS = 0.5
_ANY = "127.0.0.1:0"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A running system: where players come in, and the model servers' doubles."""

    url: str
    redis_url: str
    database_url: str
    """Of the database's owner."""
    services: Together
    base: FaultServer
    lora: FaultServer
    spans: InMemorySpanExporter
    """What the four have traced."""

    async def log_of(self, game_id: str) -> list[Row]:
        """A game's log as PostgreSQL has it."""
        async with connect(f"127.0.0.1:{self.services.persistence.internal}", credential=self.services.credential) as channel:
            return await Archive(ArchiveServiceStub(channel)).rows_after(game_id, -1)

    @staticmethod
    def state_of_opening(pack: Pack, seed: str) -> State:
        """The state that a game begins in."""
        return begin(pack, hashlib.blake2b(seed.encode(), digest_size=32).digest())[0]


@asynccontextmanager
async def running_system(
    database_url: str, redis_url: str, base: FaultServer, lora: FaultServer, *, tokens_a_day: int = 0
) -> AsyncIterator[System]:
    """The four services while the block lasts."""
    prepared = InitDbConfig(database_url=Secret(database_url), scenarios=PROJECT / "scenarios", database_app_password=ROLE_PASSWORD)
    await prepare(prepared, say=lambda _: None)
    config = TogetherConfig(
        database_url=Secret(as_role(database_url, APP)),
        redis_url=redis_url,
        base_urls=(base.url,),
        lora_urls=(lora.url,),
        tokens_a_day=tokens_a_day,
        listen_http="127.0.0.1:0",
        lease=timedelta(seconds=2),
        turn_burst=0,
        player_burst=0,
        erasure_settled=timedelta(seconds=1),
    )
    spans = InMemorySpanExporter()

    def tracing(service: str) -> OtelTracing:
        return OtelTracing(service, SimpleSpanProcessor(spans))

    async with together(config, grace=GRACE_SECONDS, tracing=tracing) as services:
        yield System(
            url=f"http://127.0.0.1:{services.http_port}",
            redis_url=redis_url,
            database_url=database_url,
            services=services,
            base=base,
            lora=lora,
            spans=spans,
        )


@asynccontextmanager
async def beside(system: System, **settings: Any) -> AsyncIterator[str]:
    """Another game process and another gateway over the same stores while the block lasts; `settings` are the game's that differ."""
    services = system.services
    common = {"service_credential": services.credential, "listen_internal": _ANY}
    config = GameConfig(
        redis_url=system.redis_url,
        persistence_address=f"127.0.0.1:{services.persistence.internal}",
        llm_proxy_address=f"127.0.0.1:{services.llm_proxy.internal}",
        listen_public=_ANY,
        **{"lease": timedelta(seconds=2), "turn_burst": 0, "player_burst": 0} | common | settings,
    )
    async with AsyncExitStack() as stack:
        games = await stack.enter_async_context(serving(game.bind(config), config.address, grace=GRACE_SECONDS))
        edge = GatewayConfig(
            listen_http=_ANY,
            game_address=f"127.0.0.1:{games.public}",
            persistence_address=f"127.0.0.1:{services.persistence.public}",
            llm_proxy_address=f"127.0.0.1:{services.llm_proxy.internal}",
            **common,
        )
        port: list[int] = []
        await stack.enter_async_context(serving(gateway.bind(edge, grace=GRACE_SECONDS, listening=port.append), edge.address))
        yield f"http://127.0.0.1:{port[0]}"


@pytest.fixture(scope="session")
async def system(postgres_server_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """A system that all tests of the run share; each plays as a player of its own."""
    folder: Path = tmp_path_factory.mktemp("system")
    async with (
        fresh_database(postgres_server_url) as database_url,
        running_valkey(folder) as valkey,
        stub_vllm() as base,
        stub_vllm(adapters=(ADAPTER,)) as lora,
        running_system(database_url, valkey.url, base, lora) as system,
    ):
        yield system


@pytest.fixture(autouse=True)
def models_as_they_were(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test makes of a system's model servers is for itself."""
    if "system" not in request.fixturenames:
        yield
        return
    system: System = request.getfixturevalue("system")
    usual = system.base.behaviour, system.lora.behaviour
    yield
    system.base.behaviour, system.lora.behaviour = usual
