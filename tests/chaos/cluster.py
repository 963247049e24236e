"""The system under test: every service as a process of its own, two of game and two of gateway, over links that can be broken."""

import asyncio
import secrets
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from services.chassis.config import Secret
from services.init_db.config import InitDbConfig
from services.init_db.preparing import prepare
from services.local import postgres, valkey
from services.local.parts import Part
from services.local.probes import takes_connections
from tests.chaos.processes import Kept
from tests.support.embedded import free_ports
from tests.support.fault_server import Behaviour, FaultServer
from tests.support.servers import PROJECT
from tests.support.stub_vllm import stub_vllm
from tests.support.tcp_proxy import Link, tcp_link

ADAPTER = "yunseul-frank"
"""The adapter that the tutorial's person asks for."""
READY_SECONDS = 60

Arming = Callable[[str], Mapping[str, str]]
"""Of a process's name: what environment it is started with besides its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How many of what there are, and where."""

    games: int = 2
    gateways: int = 2
    lease_seconds: float = 0.5
    store_folder: Path | None = None
    """Where Valkey keeps its data; None: in the cluster's folder."""


class Cluster:
    """A running system. Processes are named as their services are, with a number where there are several."""

    def __init__(self, folder: Path, shape: Shape, base: FaultServer, lora: FaultServer) -> None:
        self.folder = folder
        self.shape = shape
        self.base = base
        self.lora = lora
        self.processes: dict[str, Kept] = {}
        self.links: dict[str, Link] = {}
        self.urls: list[str] = []
        self.database_url = ""
        self.redis_url = ""
        self.store_folder = shape.store_folder or folder / "valkey"

    def named(self, *prefixes: str) -> list[Kept]:
        """The processes whose names begin so."""
        return [process for name, process in self.processes.items() if name.startswith(prefixes)]

    def links_named(self, *prefixes: str) -> list[Link]:
        """The links whose names begin so."""
        return [link for name, link in self.links.items() if name.startswith(prefixes)]

    def model_behaves(self, behaviour: Behaviour) -> None:
        """Has both model servers answer so."""
        self.base.behaviour = self.lora.behaviour = behaviour

    async def plant(self, bug: str) -> None:
        """Has every game process be one with a bug in it that the checker must find. Raises TimeoutError."""
        async with asyncio.timeout(READY_SECONDS):
            for process in self.named("game"):
                process.starts_as(sys.executable, "-m", "tests.chaos.planted", bug, "game")
            await asyncio.gather(*(process.restarted() for process in self.named("game")))

    def heal(self) -> None:
        """Ends whatever lasts."""
        for link in self.links.values():
            link.resume()
            link.swallow_answers(b"", 0, lambda: None)
        for process in self.processes.values():
            process.thaw()
            process.let_up()

    async def as_at_first(self) -> None:
        """Returns when everything runs as it was made, and what befell it is forgotten. Raises TimeoutError."""
        self.heal()
        await self.until_up()
        async with asyncio.timeout(READY_SECONDS):
            others = [process for process in self.processes.values() if not process.is_as_made]
            for process in others:
                process.starts_as()
            await asyncio.gather(*(process.restarted() for process in others))
        for process in self.processes.values():
            process.forget()

    async def wipe_store(self) -> None:
        """Ends Valkey, deletes its disk, and starts it empty."""
        store = self.processes["valkey"]
        store.hold_down()
        await store.until_down()
        await asyncio.to_thread(_emptied, self.store_folder)
        store.let_up()

    async def until_up(self) -> None:
        """Returns when every process is running; raises TimeoutError."""
        async with asyncio.timeout(READY_SECONDS):
            for process in self.processes.values():
                await process.up.wait()


def _emptied(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@asynccontextmanager
async def running_cluster(folder: Path, shape: Shape, arming: Arming) -> AsyncIterator[Cluster]:
    """The whole system while the block lasts, on data and ports of its own."""
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(stub_vllm())
        lora = await stack.enter_async_context(stub_vllm(adapters=(ADAPTER,)))
        cluster = Cluster(folder, shape, base, lora)
        group = await stack.enter_async_context(keeping())

        async def link(name: str, to_port: int) -> int:
            cluster.links[name] = await stack.enter_async_context(tcp_link(name, to_port))
            return cluster.links[name].port

        def keep(*parts: Part) -> None:
            for part in parts:
                process = Kept(part, folder / "logs", partial(arming, part.name))
                cluster.processes[part.name] = process
                group(process)

        # In a row below those that the kernel gives to anybody while a process is down.
        ports = count(free_ports())
        password = Secret(secrets.token_urlsafe(16))
        database_port, store_port = next(ports), next(ports)
        cluster.database_url = postgres.url(database_port, password)
        cluster.redis_url = valkey.url(store_port)
        keep(postgres.part(folder / "postgres", database_port, password, durable=False), valkey.part(cluster.store_folder, store_port))
        await cluster.until_up()
        await prepare(InitDbConfig(database_url=Secret(cluster.database_url), scenarios=PROJECT / "scenarios"), say=lambda _: None)
        credential = secrets.token_urlsafe(16)
        database_url = postgres.url(await link("postgres", database_port), password)
        archive_port, archive_public = next(ports), next(ports)
        proxy_port = next(ports)
        proxied = await link("llm_proxy", proxy_port)
        service = partial(service_part, credential)
        keep(
            service("persistence", archive_port, archive_public, {"DATABASE_URL": database_url}),
            service(
                "llm_proxy",
                proxy_port,
                None,
                {
                    "VLLM_BASE_URL": base.url,
                    "LORA_VLLM_BASE_URL": lora.url,
                    "HEADERS_SECONDS": "1",
                    "FIRST_TOKEN_SECONDS": "2",
                    "BETWEEN_TOKENS_SECONDS": "1",
                },
            ),
        )
        players: list[int] = []
        for number in range(1, shape.games + 1):
            public = next(ports)
            keep(
                service(
                    "game",
                    next(ports),
                    public,
                    {
                        "REDIS_URL": valkey.url(await link(f"redis.game{number}", store_port)),
                        "PERSISTENCE_ADDRESS_INTERNAL": at(await link(f"archive.game{number}", archive_port)),
                        "LLM_PROXY_ADDRESS": at(proxied),
                        "TURN_LEASE_SECONDS": str(shape.lease_seconds),
                        "TURN_BURST": "0",
                        "PLAYER_TURN_BURST": "0",
                    },
                    number,
                )
            )
            players.append(await link(f"players.game{number}", public))
        for number in range(1, shape.gateways + 1):
            http = next(ports)
            keep(
                service(
                    "gateway",
                    next(ports),
                    None,
                    {
                        "LISTEN_HTTP": at(http),
                        "GAME_ADDRESS": f"ipv4:{','.join(at(port) for port in players)}",
                        "PERSISTENCE_ADDRESS": at(archive_public),
                        "LLM_PROXY_ADDRESS": at(proxy_port),
                    },
                    number,
                )
            )
            cluster.urls.append(f"http://{at(http)}")
        await cluster.until_up()
        yield cluster


def service_part(credential: str, service: str, internal: int, public: int | None, environment: Mapping[str, str], number: int = 0) -> Part:
    """A service as a process, ready when it listens."""
    return Part(
        name=f"{service}{number or ''}",
        command=(sys.executable, "-m", f"services.{service}"),
        environment={
            "SERVICE_CREDENTIAL": credential,
            "LISTEN_INTERNAL": at(internal),
            **({"LISTEN_PUBLIC": at(public)} if public else {}),
            **environment,
        },
        ready=partial(takes_connections, internal),
        folder=PROJECT,
        ready_within_seconds=30,
    )


def at(port: int) -> str:
    """A port of this machine."""
    return f"127.0.0.1:{port}"


@asynccontextmanager
async def keeping() -> AsyncIterator[Callable[[Kept], None]]:
    """Keeps processes running while the block lasts; what it yields takes another."""
    tasks: list[asyncio.Task[None]] = []

    def keep(process: Kept) -> None:
        tasks.append(asyncio.create_task(process.keep(), name=process.name))

    try:
        yield keep
    finally:
        for task in reversed(tasks):
            task.cancel()
        _raise_crash(await asyncio.gather(*tasks, return_exceptions=True))


def _raise_crash(ends: Sequence[object]) -> None:
    for end in ends:
        if isinstance(end, Exception):
            raise end
