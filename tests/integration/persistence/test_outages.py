"""PostgreSQL goes away and comes back; the service stays."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import archive_service_pb2_grpc, scenario_service_pb2, scenario_service_pb2_grpc

from services.chassis import errors
from services.chassis.app import Address, Ports, serving
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.persistence import migrating
from services.persistence.adapters.database import connected
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.config import PersistenceConfig
from services.persistence.wiring import bind
from tests.integration.persistence.sent import CREDENTIAL, PACK, create_player, game, log, row, save, sent
from tests.support.servers import Server

pytestmark = pytest.mark.anyio
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@asynccontextmanager
async def service(url: str) -> AsyncIterator[Ports]:
    config = PersistenceConfig(service_credential=CREDENTIAL, listen_internal="", database_url=Secret(url))
    async with serving(bind(config), Address(public="127.0.0.1:0", internal="127.0.0.1:0"), grace=0.2) as ports:
        yield ports


async def health_becomes(ports: Ports, wanted: int, of: str = "") -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{ports.internal}") as channel, asyncio.timeout(15):
        async for update in health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=of)):
            if update.status == wanted:
                return


async def until_it_works(call: Callable[[], Awaitable[object]]) -> None:
    """Repeats a call that may only fail for want of PostgreSQL."""
    reasons: set[str] = set()
    async with asyncio.timeout(10):
        while True:
            try:
                await call()
                break
            except errors.Unavailable as away:
                reasons.add(away.reason)
    assert reasons <= {"DATABASE_UNAVAILABLE"}


@asynccontextmanager
async def frozen(server: Server) -> AsyncIterator[None]:
    """Nobody answers while the block lasts: neither the server nor any process it has made for a connection."""
    connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
    backends = [row["pid"] for row in await connection.fetch("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")]
    await connection.close()
    server.freeze()
    for backend in backends:
        os.kill(backend, signal.SIGSTOP)
    try:
        yield
    finally:
        for backend in backends:
            os.kill(backend, signal.SIGCONT)
        server.thaw()


async def test_a_service_that_starts_without_postgresql_serves_when_it_comes(postgres_server: Server):
    await postgres_server.stop()
    async with service(postgres_server.url) as ports, connect(f"127.0.0.1:{ports.public}") as channel:
        catalogue = scenario_service_pb2_grpc.ScenarioServiceStub(channel)
        await health_becomes(ports, NOT_SERVING)
        await health_becomes(ports, NOT_SERVING, "postgres")
        with pytest.raises(errors.Unavailable) as caught:
            await catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest())
        assert caught.value.reason == "DATABASE_UNAVAILABLE"

        await postgres_server.start()
        with pytest.raises(errors.Unavailable, match="run init_db"):
            await catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest())
        await migrating.upgrade(Secret(postgres_server.url))

        await health_becomes(ports, SERVING)
        await catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest())


async def test_after_kill_9_of_postgresql_calls_work_again_by_themselves_and_nothing_is_lost(postgres_server: Server):
    await migrating.upgrade(Secret(postgres_server.url))
    async with connected(Secret(postgres_server.url)) as database:
        await PostgresScenarios(database).publish([PACK])
    async with service(postgres_server.url) as ports, connect(f"127.0.0.1:{ports.internal}", credential=CREDENTIAL) as channel:
        archive = archive_service_pb2_grpc.ArchiveServiceStub(channel)
        player_id, game_id = str(uuid4()), str(uuid4())
        await create_player(archive, player_id)
        await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0)))
        # Several connections, so that several are dead afterwards.
        await asyncio.gather(*(archive.ListLogRows(pb.ListLogRowsRequest(game_id=game_id)) for _ in range(20)))

        await postgres_server.kill()
        with pytest.raises(errors.Unavailable) as caught:
            await save(archive, sent(game(game_id, player_id, 1), row(game_id, 1)))
        assert caught.value.reason == "DATABASE_UNAVAILABLE"
        await health_becomes(ports, NOT_SERVING)
        await postgres_server.start()

        await until_it_works(lambda: save(archive, sent(game(game_id, player_id, 1), row(game_id, 1))))
        await asyncio.gather(*(archive.ListLogRows(pb.ListLogRowsRequest(game_id=game_id)) for _ in range(20)))
        assert await log(archive, game_id) == [(0, 1, ""), (1, 1, "")]
        await health_becomes(ports, SERVING)


async def test_a_postgresql_that_hangs_is_away_and_comes_back(postgres_server: Server):
    await migrating.upgrade(Secret(postgres_server.url))
    async with service(postgres_server.url) as ports, connect(f"127.0.0.1:{ports.public}") as channel:
        catalogue = scenario_service_pb2_grpc.ScenarioServiceStub(channel)
        await catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest())

        async with frozen(postgres_server):
            await health_becomes(ports, NOT_SERVING)
            with pytest.raises(errors.Unavailable) as caught:
                await catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest())
            assert caught.value.reason == "DATABASE_UNAVAILABLE"

        await until_it_works(lambda: catalogue.ListScenarios(scenario_service_pb2.ListScenariosRequest()))
        await health_becomes(ports, SERVING)
