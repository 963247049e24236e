"""The services as processes of their own, over PostgreSQL, Valkey and the stub model, on free ports: what is measured."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from services.chassis.config import Secret
from services.local.parts import Child, Part
from services.local.postgres import APP_ROLE
from tests.support.servers import PROJECT, ROLE_PASSWORD, as_role, free_port, running_postgres, running_valkey

Say = Callable[[str], object]
CREDENTIAL = Secret("of the benchmark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What is measured: the gateway's address, PostgreSQL's (of its owner), persistence's, and the processes by name."""

    url: str
    database_url: str
    persistence: str
    """The internal port of persistence, "host:port", which takes CREDENTIAL."""
    public: dict[str, int]
    """The public ports of game and persistence, and the model server's, by name."""
    redis_url: str
    metrics: list[str]
    """Where the numbers of game and of the gateway are read."""
    pids: dict[str, int]

    def cpu_seconds(self) -> dict[str, float]:
        """How much of a core each part has used so far, its children included."""
        used = {}
        for name, pid in self.pids.items():
            parts = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            times = [part.cpu_times() for part in parts]
            used[name] = sum(one.user + one.system + one.children_user + one.children_system for one in times)
        return used


@asynccontextmanager
async def running_stack(
    say: Say, *, chunks: int = 50, every_seconds: float = 0.0, model: tuple[str, ...] = ("-m", "tests.support.stub_vllm")
) -> AsyncIterator[Stack]:
    """Everything while the block lasts. `model`: the arguments of Python that start the model server, which takes `--port`."""
    with tempfile.TemporaryDirectory(prefix="maratang-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # noqa: ASYNC240  nothing else runs yet
        async with AsyncExitStack() as stack:
            say("starting PostgreSQL and Valkey …")
            database = await stack.enter_async_context(running_postgres(folder))
            valkey = await stack.enter_async_context(running_valkey(folder))
            ports = {
                name: free_port()
                for name in ("http", "gateway", "game", "game_in", "proxy", "data", "data_in", "stub", "game_metrics", "gateway_metrics")
            }
            here = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
            pids = {"postgres": database.pid, "valkey": valkey.pid}
            own = {**os.environ, "SERVICE_CREDENTIAL": CREDENTIAL.reveal()}  # noqa: TID251  children inherit it

            async def start(name: str, *command: str, url: str, **environment: str) -> None:
                async def ready() -> None:
                    async with aiohttp.ClientSession() as http, http.get(url) as answer:
                        if answer.status >= 500:
                            raise ConnectionError(f"{url} answers {answer.status}")

                async def listening() -> None:
                    host, port = url.split(":")
                    _, writer = await asyncio.open_connection(host, int(port))
                    writer.close()

                part = Part(
                    name=name,
                    command=(sys.executable, *command),
                    ready=ready if url.startswith("http") else listening,
                    environment={**own, **environment},
                    folder=PROJECT,
                )
                child = Child(part, folder / f"{name}.log")
                await child.start()
                stack.push_async_callback(child.stop)
                await child.until_ready()
                pids[name] = child.pid

            say("starting the stub model …")
            pace: tuple[str, ...] = ("--chunks", str(chunks), "--every-seconds", str(every_seconds))
            if "tests.support.stub_vllm" not in model:
                pace = ()
            await start("stub", *model, "--port", str(ports["stub"]), *pace, url=here["stub"])
            say("preparing the database …")
            prepare = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.init_db",
                cwd=PROJECT,
                env={**own, "DATABASE_URL": database.url, "DATABASE_APP_PASSWORD": ROLE_PASSWORD.reveal()},
            )
            if await prepare.wait():
                raise RuntimeError("init_db failed")
            say("starting the services …")
            await start(
                "persistence", "-m", "services.persistence", url=here["data"], DATABASE_URL=as_role(database.url, APP_ROLE),
                LISTEN_PUBLIC=here["data"], LISTEN_INTERNAL=here["data_in"],
            )  # fmt: skip
            await start(
                "llm_proxy", "-m", "services.llm_proxy", url=here["proxy"], VLLM_BASE_URL=f"http://{here['stub']}",
                PERSISTENCE_ADDRESS_INTERNAL=here["data_in"], LISTEN_INTERNAL=here["proxy"],
            )  # fmt: skip
            await start(
                "game", "-m", "services.game", url=here["game"], REDIS_URL=valkey.url, TURN_BURST="0", PLAYER_TURN_BURST="0",
                PLAYER_STREAMS="0", PERSISTENCE_ADDRESS_INTERNAL=here["data_in"], LLM_PROXY_ADDRESS=here["proxy"],
                LISTEN_PUBLIC=here["game"], LISTEN_INTERNAL=here["game_in"], LISTEN_METRICS=here["game_metrics"],
            )  # fmt: skip
            url = f"http://{here['http']}"
            await start(
                "gateway", "-m", "services.gateway", url=f"{url}/readyz", LISTEN_HTTP=here["http"], LISTEN_INTERNAL=here["gateway"],
                GAME_ADDRESS=here["game"], PERSISTENCE_ADDRESS=here["data"], LLM_PROXY_ADDRESS=here["proxy"],
                LISTEN_METRICS=here["gateway_metrics"], HTTP_CONNECTIONS_PER_ADDRESS="8192",
            )  # fmt: skip
            public = {"game": ports["game"], "persistence": ports["data"], "model": ports["stub"]}
            yield Stack(
                url=url,
                database_url=database.url,
                persistence=here["data_in"],
                public=public,
                redis_url=valkey.url,
                pids=pids,
                metrics=[f"http://{here[name]}/metrics" for name in ("game_metrics", "gateway_metrics")],
            )
