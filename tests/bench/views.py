"""A unary GET through our gateway and through Envoy's transcoder, before the same service: `python -m tests.bench views`.

Once before a service whose answer is made beforehand, once before game, whose view is a real one. Both have all cores, and take turns,
so that whoever else uses the machine slows them alike. Prints a table and writes build/bench/views.json; asserts nothing about time.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from google.protobuf import json_format
from maratang.game.v1 import game_pb2
from rich.console import Console
from rich.table import Table

from services.local.parts import Child, Part
from tests.bench.results import keep
from tests.bench.stack import CREDENTIAL, running_stack
from tests.support.envoy import running_envoy
from tests.support.servers import PROJECT, free_port

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One of the two: where it serves, its process, and the process behind it."""

    name: str
    port: int
    pid: int
    service: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of both."""

    path: str
    token: str


async def loaded(edge: Edge, asked: Asked, connections: int, seconds: float) -> Json:
    """What one round of load finds: requests a second, and CPU-µs a request of the edge, of the service and of the load itself."""
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load", "--port", str(edge.port), "--path", asked.path, "--token", asked.token,
        "--connections", str(connections), "--seconds", str(seconds), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )  # fmt: skip
    assert load.stdout is not None
    assert load.stdin is not None
    await load.stdout.readline()  # it is warm now, and waits
    before = [cpu_seconds(pid) for pid in (edge.pid, edge.service)]
    load.stdin.write(b"\n")
    said = json.loads(await load.stdout.readline())
    spent = [cpu_seconds(pid) - was for pid, was in zip((edge.pid, edge.service), before, strict=True)]
    await load.wait()
    answers = said["answers"]
    return {**said, "edge_cpu_us": round(spent[0] / answers * 1e6, 1), "service_cpu_us": round(spent[1] / answers * 1e6, 1)}


def cpu_seconds(pid: int) -> float:
    """How much of a core a process and its children have used so far."""
    parts = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(sum(part.cpu_times()[:2]) for part in parts)


async def compared(edges: list[Edge], asked: Asked, said: argparse.Namespace) -> Json:
    """The median of each edge's rounds, by requests a second."""
    rounds: dict[str, list[Json]] = {edge.name: [] for edge in edges}
    for _ in range(said.rounds):
        for edge in edges:
            rounds[edge.name].append(await loaded(edge, asked, said.connections, said.seconds))
    figures = {name: sorted(found, key=lambda one: one["a_second"])[len(found) // 2] for name, found in rounds.items()}
    for name, found in rounds.items():
        # What the cores would bear if nobody else used them: of all rounds together, since each has another share of a busy machine.
        answers = sum(one["answers"] for one in found)
        cost = sum(one["answers"] * (one["edge_cpu_us"] + one["service_cpu_us"] + one["own_cpu_us"]) for one in found) / answers
        figures[name]["cores_bear"] = round((os.cpu_count() or 1) * 1e6 / cost, 1)
    return figures


async def started(stack: AsyncExitStack, name: str, folder: Path, port: int, *command: str, **environment: str) -> Child:
    """A process of Python that serves at this port."""

    async def listening() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    part = Part(name=name, command=(sys.executable, *command), ready=listening, environment=environment, folder=PROJECT)
    child = Child(part, folder / f"{name}.log")
    await child.start()
    stack.push_async_callback(child.stop)
    await child.until_ready()
    return child


@asynccontextmanager
async def before_a_fixed_answer(view: game_pb2.View) -> AsyncIterator[list[Edge]]:
    """Both edges before the service that knows one answer."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maratang-views-")))
        answer = folder / "answer"
        answer.write_bytes(view.SerializeToString())
        service, http, internal = free_port(), free_port(), free_port()
        fixed = await started(
            stack, "fixed", folder, service, "-m", "tests.bench.fixed_games", "--port", str(service), "--answer", str(answer)
        )
        address = f"127.0.0.1:{service}"
        ours = await started(
            stack, "gateway", folder, http, "-m", "services.gateway", SERVICE_CREDENTIAL=CREDENTIAL.reveal(),
            LISTEN_HTTP=f"127.0.0.1:{http}", LISTEN_INTERNAL=f"127.0.0.1:{internal}", GAME_ADDRESS=address, PERSISTENCE_ADDRESS=address,
            LLM_PROXY_ADDRESS=address,
        )  # fmt: skip
        envoy = await stack.enter_async_context(running_envoy(service, service, workers=os.cpu_count() or 1))
        yield [
            Edge(name="envoy", port=envoy.part.ports["HTTP"], pid=envoy.pid, service=fixed.pid),
            Edge(name="gateway", port=http, pid=ours.pid, service=fixed.pid),
        ]


async def a_game(url: str) -> tuple[Asked, Json]:
    """A new guest's new game: its view's address, and the view."""
    async with aiohttp.ClientSession(url) as http:
        async with http.post("/v1/players:guest", json={"locale": "ko"}) as answer:
            token = (await answer.json())["accessToken"]
        headers = {"authorization": f"Bearer {token}"}
        async with http.post("/v1/games", json={"scenarioId": "tutorial"}, headers=headers) as answer:
            game = (await answer.json())["gameId"]
        path = f"/v1/games/{game}/view"
        async with http.get(path, headers=headers) as answer:
            return Asked(path=path, token=token), await answer.json()


async def measure_all(said: argparse.Namespace) -> None:
    console = Console(width=140)
    figures: Json = {"connections": said.connections}
    async with running_stack(console.print) as stack:
        asked, view = await a_game(stack.url)
        async with running_envoy(stack.public["game"], stack.public["persistence"], workers=os.cpu_count() or 1) as envoy:
            console.print(f"asking for a game's view over {said.connections} connections …")
            edges = [
                Edge(name="envoy", port=envoy.part.ports["HTTP"], pid=envoy.pid, service=stack.pids["game"]),
                Edge(name="gateway", port=int(stack.url.rpartition(":")[2]), pid=stack.pids["gateway"], service=stack.pids["game"]),
            ]
            figures["game's view"] = await compared(edges, asked, said)
    async with before_a_fixed_answer(json_format.ParseDict(view, game_pb2.View())) as edges:
        console.print("asking for a fixed answer, the same view …")
        figures["fixed answer"] = await compared(edges, asked, said)
    table = Table(title=f"A unary GET over {said.connections} connections; {os.cpu_count()} cores share it all")
    for heading in (
        "answer",
        "edge",
        "requests/s",
        "of Envoy's",
        "cores bear",
        "of Envoy's",
        "p50 ms",
        "p99 ms",
        "edge CPU-µs",
        "service CPU-µs",
        "load CPU-µs",
    ):
        table.add_column(heading, justify="right")
    for name in ("fixed answer", "game's view"):
        for edge, found in figures[name].items():
            share = found["a_second"] / figures[name]["envoy"]["a_second"]
            borne = found["cores_bear"] / figures[name]["envoy"]["cores_bear"]
            found |= {"of_envoys": round(share, 3), "cores_bear_of_envoys": round(borne, 3)}
            bears = (f"{share:.2f}", f"{found['cores_bear']:,.0f}", f"{borne:.2f}")
            shown = (found[key] for key in ("p50_ms", "p99_ms", "edge_cpu_us", "service_cpu_us", "own_cpu_us"))
            table.add_row(name, edge, f"{found['a_second']:,.0f}", *bears, *(str(one) for one in shown))
    console.print(table)
    console.print(keep("views", figures))


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench views", description=__doc__)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=2, help="of each round")
    parser.add_argument("--rounds", type=int, default=7)
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0
