"""A migrated database and the service on it, for all tests of this folder; what they store has ids of their own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import grpc
import pytest
from maratang.persistence.v1 import archive_service_pb2_grpc

from services.chassis.app import Address, Ports, serving
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.persistence import migrating, rights
from services.persistence.adapters.database import connected
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.config import PersistenceConfig
from services.persistence.wiring import bind
from tests.integration.persistence.sent import CREDENTIAL, PACK, create_player
from tests.support.servers import ROLE_PASSWORD, as_role


@pytest.fixture(scope="session")
async def database_url(postgres_url: str) -> str:
    """The shared database, migrated, with one scenario published; its owner's address."""
    await migrating.upgrade(Secret(postgres_url))
    await rights.grant(Secret(postgres_url), app=ROLE_PASSWORD, read=ROLE_PASSWORD)
    async with connected(Secret(postgres_url)) as database:
        await PostgresScenarios(database).publish([PACK])
    return postgres_url


@pytest.fixture(scope="session")
async def ports(database_url: str) -> AsyncIterator[Ports]:
    config = PersistenceConfig(service_credential=CREDENTIAL, listen_internal="", database_url=Secret(as_role(database_url, rights.APP)))
    async with serving(bind(config), Address(public="127.0.0.1:0", internal="127.0.0.1:0"), grace=0.2) as ports:
        yield ports


@pytest.fixture(scope="session")
async def internal(ports: Ports) -> AsyncIterator[grpc.aio.Channel]:
    async with connect(f"127.0.0.1:{ports.internal}", credential=CREDENTIAL) as channel:
        yield channel


@pytest.fixture(scope="session")
async def public(ports: Ports) -> AsyncIterator[grpc.aio.Channel]:
    async with connect(f"127.0.0.1:{ports.public}") as channel:
        yield channel


@pytest.fixture(scope="session")
def archive(internal: grpc.aio.Channel) -> archive_service_pb2_grpc.ArchiveServiceStub:
    return archive_service_pb2_grpc.ArchiveServiceStub(internal)


@pytest.fixture
async def player_id(archive: archive_service_pb2_grpc.ArchiveServiceStub) -> str:
    """A player of this test alone."""
    return (await create_player(archive, str(uuid4()))).player_id
