"""Real servers for tests: started once a run from the wheels, or named by DATABASE_URL and REDIS_URL."""

import os
import shutil
import signal
import socket
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from redis.asyncio import Redis

from services.chassis.config import Secret, configuration, load, setting
from services.game.adapters.redis_connection import Redis as LiveStore
from services.game.adapters.redis_connection import connect
from services.local import llama, model, postgres, valkey
from services.local.parts import Child, Part
from services.local.wheels import valkey_program
from tests.support.eventually import eventually

PROJECT = Path(__file__).parents[2]
SLOTS = 16384
"""Hash slots of a Redis Cluster."""
_PASSWORD = Secret("of the tests")
ROLE_PASSWORD = Secret("of the roles")


@configuration
class Given:
    """What the environment says about the tests' servers."""

    ci: bool = setting("CI", default=False)
    """In CI what is missing is an error, not a skip."""
    database_url: str | None = setting("DATABASE_URL", default=None)
    """A PostgreSQL whose user may make databases, instead of our own."""
    redis_url: str | None = setting("REDIS_URL", default=None)
    """A Redis whose database the tests may empty, instead of our own."""


class Server:
    """A running part that a test may break: kill, stop, freeze, and start anew on the same port and data."""

    def __init__(self, part: Part, url: str, folder: Path) -> None:
        self.url = url
        self._data = folder / part.name
        self._child = Child(part, folder / f"{part.name}.log")

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child.running

    async def start(self) -> None:
        """Starts it and returns when it is ready."""
        await self._child.start()
        await self._child.until_ready()

    async def kill(self) -> None:
        """kill -9."""
        await self._child.kill()

    async def stop(self) -> None:
        """Ends it in order."""
        await self._child.stop()

    @contextmanager
    def older_copy(self) -> Iterator[None]:
        """At the block's end, by when it must have been killed, its data are what they were at the beginning."""
        with tempfile.TemporaryDirectory() as name:
            copy = Path(name) / "data"
            shutil.copytree(self._data, copy)
            yield
            assert not self.running
            shutil.rmtree(self._data)
            shutil.copytree(copy, self._data)

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nobody answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def missing(what: str, command: str) -> None:
    """Skips the test, naming the command that adds what it needs; in CI fails it."""
    message = f"{what} is missing; this adds it: {command}"
    if load(Given).ci:
        pytest.fail(message)
    pytest.skip(message)


@asynccontextmanager
async def running_postgres(folder: Path, port: int = 0) -> AsyncIterator[Server]:
    """PostgreSQL of its own on fresh data; fsync is off, so it survives kill -9 but not a power cut. Port 0: a free one."""
    port = port or free_port()
    part = postgres.part(folder / "postgres", port, _PASSWORD, durable=False)
    async with _running(Server(part, postgres.url(port, _PASSWORD), folder)) as server:
        yield server


@asynccontextmanager
async def running_valkey(folder: Path, port: int = 0) -> AsyncIterator[Server]:
    """Valkey of its own on fresh data, with appendfsync always. Port 0: a free one."""
    port = port or free_port()
    async with _running(Server(valkey.part(folder / "valkey", port), valkey.url(port), folder)) as server:
        yield server


@asynccontextmanager
async def running_redis(folder: Path, program: str, *options: str) -> AsyncIterator[Server]:
    """As `running_valkey`, but by another program: Redis itself, or Valkey with more options."""
    port = free_port()
    ours = valkey.part(folder / "redis", port)
    part = replace(ours, name="redis", command=(program, *ours.command[1:], *options))
    async with _running(Server(part, valkey.url(port), folder)) as server:
        yield server


@asynccontextmanager
async def running_cluster(folder: Path, primaries: int = 3) -> AsyncIterator[str]:
    """A Redis Cluster of so many primaries while the block lasts; its address as `redis_connection.connect` takes it."""
    async with AsyncExitStack() as stack:
        buses = [free_port() for _ in range(primaries)]
        nodes: list[Redis] = []
        hosts: list[str] = []
        for number, bus in enumerate(buses):
            options = ("--cluster-enabled", "yes", "--cluster-port", str(bus), "--cluster-node-timeout", "2000")
            here = folder / f"node{number}"
            here.mkdir()
            server = await stack.enter_async_context(running_redis(here, str(valkey_program()), *options))
            hosts.append(urlsplit(server.url).netloc)
            nodes.append(await stack.enter_async_context(Redis.from_url(server.url)))
        for number, node in enumerate(nodes):
            await node.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            first, beyond = (SLOTS * share // primaries for share in (number, number + 1))
            await node.execute_command("CLUSTER", "ADDSLOTSRANGE", first, beyond - 1)
        for host, bus in zip(hosts[1:], buses[1:], strict=True):
            await nodes[0].execute_command("CLUSTER", "MEET", *host.split(":"), bus)

        async def formed() -> bool:
            said = [await node.execute_command("CLUSTER", "INFO") for node in nodes]
            return all(b"cluster_state:ok" in one and b"cluster_known_nodes:%d" % primaries in one for one in said)

        await eventually(formed)
        yield f"redis+cluster://{','.join(hosts)}"


@asynccontextmanager
async def fresh_database(server_url: str) -> AsyncIterator[str]:
    """The address of a new, empty database beside the one named; dropped at the end."""
    name = f"test_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server_url.replace("+asyncpg", ""))
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


def as_role(url: str, role: str) -> str:
    """The same database for one of the roles that `rights.grant` made with ROLE_PASSWORD."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}:{ROLE_PASSWORD.reveal()}@{parts.hostname}:{parts.port}"))


@asynccontextmanager
async def _running(server: Server) -> AsyncIterator[Server]:
    try:
        await server.start()
        yield server
    finally:
        if server.running:
            await server.kill()


@pytest.fixture(scope="session")
async def postgres_server_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The run's PostgreSQL; tests take `postgres_url` or `empty_database_url`."""
    if given := load(Given).database_url:
        yield given
        return
    folder = tmp_path_factory.mktemp("postgres")
    async with running_postgres(folder) as server:
        yield server.url
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def postgres_url(postgres_server_url: str) -> AsyncIterator[str]:
    """A database that all tests of the run share: "postgresql+asyncpg://…"."""
    async with fresh_database(postgres_server_url) as url:
        yield url


@pytest.fixture
async def empty_database_url(postgres_server_url: str) -> AsyncIterator[str]:
    """A new, empty database for one test (40 ms)."""
    async with fresh_database(postgres_server_url) as url:
        yield url


@pytest.fixture(scope="session")
async def shared_redis_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The run's Valkey; tests take `redis_url`, which empties it."""
    if given := load(Given).redis_url:
        yield given
        return
    async with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server.url


@pytest.fixture
async def redis_url(shared_redis_url: str) -> str:
    """The run's Valkey, emptied for this test."""
    async with Redis.from_url(shared_redis_url) as client:
        await client.flushdb()
        await client.script_flush()
    return shared_redis_url


@pytest.fixture(scope="session")
async def shared_redis7_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The run's Redis, the machine's own: Debian's is 7.0."""
    program = shutil.which("redis-server")
    if program is None:
        missing("redis-server", "apt-get install redis-server")
        return
    async with running_redis(tmp_path_factory.mktemp("redis"), program) as server:
        yield server.url


@pytest.fixture(scope="session")
async def shared_cluster_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The run's Redis Cluster of three primaries."""
    async with running_cluster(tmp_path_factory.mktemp("cluster")) as url:
        yield url


@pytest.fixture(params=["shared_redis_url", "shared_redis7_url", "shared_cluster_url"], ids=["valkey", "redis7", "cluster"])
def each_redis_url(request: pytest.FixtureRequest, anyio_backend: object) -> str:
    """Each kind of Redis there is, one after the other; tests take `each_redis`, which empties it."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
async def each_redis(each_redis_url: str) -> AsyncIterator[LiveStore]:
    """A client of each kind of Redis, emptied for this test."""
    async with connect(each_redis_url) as client:
        await client.flushall()
        await client.script_flush()
        yield client


@pytest.fixture
async def redis_server(tmp_path: Path) -> AsyncIterator[Server]:
    """A Valkey for one test to kill and start anew (0.1 s)."""
    async with running_valkey(tmp_path) as server:
        yield server


@pytest.fixture
async def postgres_server(tmp_path: Path) -> AsyncIterator[Server]:
    """A PostgreSQL for one test to kill and start anew (1 s)."""
    async with running_postgres(tmp_path) as server:
        yield server
    shutil.rmtree(tmp_path / "postgres", ignore_errors=True)


@pytest.fixture(scope="session")
async def llama_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The small model behind llama.cpp's server, as VLLM_BASE_URL takes it."""
    if (lack := model.lack()) is not None:
        missing(lack.what, lack.command)
    port = free_port()
    part = llama.part(PROJECT / "build" / "models", port)
    async with _running(Server(part, llama.url(port), tmp_path_factory.mktemp("llama"))) as server:
        yield server.url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs the model, so that `-m "not model"` leaves it out."""
    for item in items:
        if "llama_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.model)
