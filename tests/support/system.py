"""All four services in one process, over real PostgreSQL, Valkey and gRPC, with a model server at a set pace."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis.app import Address, Ports, serving
from services.chassis.clients import connect
from services.chassis.config import Secret
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
from services.llm_proxy import wiring as llm_proxy
from services.llm_proxy.config import LlmProxyConfig
from services.persistence import wiring as persistence
from services.persistence.config import PersistenceConfig
from tests.support.fault_server import FaultServer
from tests.support.servers import PROJECT, fresh_database, running_valkey
from tests.support.stub_vllm import stub_vllm

CREDENTIAL = Secret("between the services of a test")
ADAPTER = "yunseul-frank"
"""The adapter that the tutorial's person asks for in her second phase."""
GRACE_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A running system: where players come in, where each service listens, and the model servers' doubles."""

    url: str
    gateway: Ports
    game: Ports
    llm_proxy: Ports
    persistence: Ports
    base: FaultServer
    lora: FaultServer

    async def log_of(self, game_id: str) -> list[Row]:
        """A game's log as PostgreSQL has it."""
        async with connect(f"127.0.0.1:{self.persistence.internal}", credential=CREDENTIAL) as channel:
            return await Archive(ArchiveServiceStub(channel)).rows_after(game_id, -1)

    @staticmethod
    def state_of_opening(pack: Pack, seed: str) -> State:
        """The state that a game begins in."""
        return begin(pack, hashlib.blake2b(seed.encode(), digest_size=32).digest())[0]


@asynccontextmanager
async def running_system(database_url: str, redis_url: str, base: FaultServer, lora: FaultServer) -> AsyncIterator[System]:
    """The four services while the block lasts."""
    await prepare(InitDbConfig(database_url=Secret(database_url), scenarios=PROJECT / "scenarios"), say=lambda _: None)
    listen = {"service_credential": CREDENTIAL, "listen_internal": "127.0.0.1:0"}
    both = {**listen, "listen_public": "127.0.0.1:0"}
    async with AsyncExitStack() as stack:

        async def serve(bind, address: Address) -> Ports:
            return await stack.enter_async_context(serving(bind, address, grace=GRACE_SECONDS))

        config = PersistenceConfig(database_url=Secret(database_url), **both)
        stored = await serve(persistence.bind(config), config.address)
        models = LlmProxyConfig(base_urls=(base.url,), lora_urls=(lora.url,), **listen)
        proxy = await serve(llm_proxy.bind(models), models.address)
        live = GameConfig(
            redis_url=redis_url,
            persistence_address=f"127.0.0.1:{stored.internal}",
            llm_proxy_address=f"127.0.0.1:{proxy.internal}",
            lease=timedelta(seconds=2),
            **both,
        )
        play = await serve(game.bind(live), live.address)
        edge = GatewayConfig(
            listen_http="127.0.0.1:0",
            game_address=f"127.0.0.1:{play.public}",
            persistence_address=f"127.0.0.1:{stored.public}",
            llm_proxy_address=f"127.0.0.1:{proxy.internal}",
            **listen,
        )
        http: list[int] = []
        door = await serve(gateway.bind(edge, grace=GRACE_SECONDS, listening=http.append), edge.address)
        yield System(url=f"http://127.0.0.1:{http[0]}", gateway=door, game=play, llm_proxy=proxy, persistence=stored, base=base, lora=lora)


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
