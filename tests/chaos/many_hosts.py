"""Two processes of every service over a Redis Cluster of three primaries, on one machine, as many hosts would have them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from services.chassis.config import Secret
from services.init_db.config import InitDbConfig
from services.init_db.preparing import prepare
from services.persistence.rights import APP
from tests.chaos.cluster import at, keeping, service_part
from tests.chaos.processes import Kept
from tests.support.embedded import free_ports
from tests.support.envoy import Json, running_envoy
from tests.support.fault_server import FaultServer
from tests.support.servers import PROJECT, ROLE_PASSWORD, as_role, running_cluster
from tests.support.stub_vllm import stub_vllm

SERVICES = ("persistence", "llm_proxy", "game", "gateway")
_EACH = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyHosts:
    """The running system. Processes are "game1", "game2", and so on."""

    processes: dict[str, Kept]
    gateways: tuple[str, ...]
    """The URL of each gateway."""
    envoy: str
    """The URL of an Envoy before both games and both persistences."""
    admin: tuple[str, ...]
    """The internal address of each game."""
    database_url: str
    credential: Secret
    model: FaultServer
    logs: Path


@asynccontextmanager
async def many_hosts(folder: Path, database_url: str) -> AsyncIterator[ManyHosts]:
    """All of it while the block lasts, on an empty database."""
    await prepare(
        InitDbConfig(database_url=Secret(database_url), scenarios=PROJECT / "scenarios", database_app_password=ROLE_PASSWORD),
        say=lambda _: None,
    )
    credential = secrets.token_urlsafe(16)
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(running_cluster(folder))
        model = await stack.enter_async_context(stub_vllm())
        keep = await stack.enter_async_context(keeping())
        ports = count(free_ports())
        internal, public, http = ({service: tuple(next(ports) for _ in _EACH) for service in SERVICES} for _ in range(3))
        told = {
            "persistence": {"DATABASE_URL": as_role(database_url, APP)},
            "llm_proxy": {"VLLM_BASE_URL": model.url, "PERSISTENCE_ADDRESS_INTERNAL": _all(internal["persistence"])},
            "game": {
                "REDIS_URL": redis_url,
                "PERSISTENCE_ADDRESS_INTERNAL": _all(internal["persistence"]),
                "LLM_PROXY_ADDRESS": _all(internal["llm_proxy"]),
                "TURN_LEASE_SECONDS": "1",
                "TURN_BURST": "0",
                "PLAYER_TURN_BURST": "0",
            },
            "gateway": {
                "GAME_ADDRESS": _all(public["game"]),
                "PERSISTENCE_ADDRESS": _all(public["persistence"]),
                "LLM_PROXY_ADDRESS": _all(internal["llm_proxy"]),
            },
        }
        service = partial(service_part, credential)
        processes: dict[str, Kept] = {}
        for name in SERVICES:
            for number in _EACH:
                own = {**told[name], **({"LISTEN_HTTP": at(http[name][number - 1])} if name == "gateway" else {})}
                served = public[name][number - 1] if name in {"game", "persistence"} else None
                part = service(name, internal[name][number - 1], served, own, number)
                processes[part.name] = Kept(part, folder / "logs")
                keep(processes[part.name])
        for process in processes.values():
            await process.up.wait()
        both = {"game": public["game"], "persistence": public["persistence"]}
        envoy = await stack.enter_async_context(running_envoy(both["game"][0], both["persistence"][0], partial(_second, both)))
        yield ManyHosts(
            processes=processes,
            gateways=tuple(f"http://{at(port)}" for port in http["gateway"]),
            envoy=f"http://{at(envoy.part.ports['HTTP'])}",
            admin=tuple(at(port) for port in internal["game"]),
            database_url=database_url,
            credential=Secret(credential),
            model=model,
            logs=folder / "logs",
        )


def _all(ports: tuple[int, ...]) -> str:
    """What stands for all processes of a service, as the name of a headless Service does."""
    return f"ipv4:{','.join(at(port) for port in ports)}"


def _second(ports: dict[str, tuple[int, ...]], config: Json) -> None:
    """Gives each of Envoy's clusters its second address, which in a cluster the name would have."""
    for cluster in config["static_resources"]["clusters"]:
        (group,) = cluster["load_assignment"]["endpoints"]
        group["lb_endpoints"] = [
            {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}} for port in ports[cluster["name"]]
        ]
