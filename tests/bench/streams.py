"""A whole streamed turn beside the least that could be called one (tests/bench/peer.py): `python -m tests.bench streams`.

All have the same model server, the same store and the same players, and take turns, so that whoever else uses the machine slows them alike.
Prints a table and writes build/bench/streams.json; asserts nothing about time.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from tests.bench.peer import TRANSPORTS
from tests.bench.results import keep
from tests.bench.stack import Stack, running_stack
from tests.bench.views import cpu_seconds, started
from tests.support.servers import PROJECT, free_port

Json = dict[str, Any]
OURS = "maratang"
_AT_ONCE = 1e-9
"""The pace of a model server that has no pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of those measured: where it plays, and the processes that are its own."""

    name: str
    port: int
    pids: tuple[int, ...]


async def players_of(side: Side, url: str, count: int) -> list[Json]:
    """So many players, each with a game of its own that has just begun."""
    if side.name != OURS:
        return [{"path": f"/games/{os.urandom(8).hex()}/turns", "headers": {}, "turn": 0} for _ in range(count)]
    made: list[Json] = []
    async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=120)) as http:
        for _ in range(count):
            async with http.post("/v1/players:guest", json={"locale": "ko"}) as answer:
                headers = {"authorization": f"Bearer {(await answer.json())['accessToken']}"}
            async with http.post("/v1/games", json={"scenarioId": "snowmark"}, headers=headers) as answer:
                game = await answer.json()
            made.append({"path": f"/v1/games/{game['gameId']}/turns:stream", "headers": headers, "turn": game["turn"]})
    return made


async def played(side: Side, stack: Stack, players: int, seconds: float) -> Json:
    """What one round finds: turns a second, milliseconds of each, and CPU-ms a turn of the side's own processes."""
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.players", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=PROJECT,
        limit=2**20,
    )  # fmt: skip
    assert load.stdin is not None
    assert load.stdout is not None
    body = {"text": "x"} if side.name != OURS else {"command": {"verb": "WAIT"}}
    asked = {"port": side.port, "host": "bench", "body": body, "seconds": seconds}
    load.stdin.write(json.dumps({**asked, "players": await players_of(side, stack.url, players)}).encode() + b"\n")
    await load.stdout.readline()  # all of them have taken a turn
    before = [cpu_seconds(pid) for pid in side.pids]
    load.stdin.write(b"\n")
    said: Json = json.loads(await load.stdout.readline())
    spent = sum(cpu_seconds(pid) - was for pid, was in zip(side.pids, before, strict=True))
    await load.wait()
    return {**said, "cpu_ms": round(spent / said["turns"] * 1000, 2)}


async def measure_all(said: argparse.Namespace) -> None:
    console = Console(width=140)
    figures: Json = {"chunks": said.chunks, "every_seconds": said.every_seconds, "runs": []}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maratang-streams-")))
        # A light model server: it takes as much of the cores from the one as from the other.
        timetable = ("--tokens", str(said.chunks), "--every-seconds", str(said.every_seconds or _AT_ONCE))
        running = await stack.enter_async_context(running_stack(console.print, model=("-m", "tests.bench.timed_model", *timetable)))
        own = tuple(pid for name, pid in running.pids.items() if name != "stub")
        sides = [Side(name=OURS, port=int(running.url.rpartition(":")[2]), pids=own)]
        for transport in TRANSPORTS:
            port = free_port()
            peer = await started(
                stack, f"peer-{transport}", folder, port, "-m", "tests.bench.peer", "--port", str(port), "--transport", transport,
                "--redis-url", running.redis_url, "--model-url", f"http://127.0.0.1:{running.public['model']}",
            )  # fmt: skip
            sides.append(Side(name=f"FastAPI, {transport}", port=port, pids=(peer.pid, running.pids["valkey"])))
        for players in said.players:
            console.print(f"{players} players, side after side …")
            rounds: dict[str, list[Json]] = {side.name: [] for side in sides}
            for _ in range(said.rounds):
                for side in sides:
                    rounds[side.name].append(await played(side, running, players, said.seconds))
            for name, found in rounds.items():
                medians = {key: median(one[key] for one in found) for key in found[0]}
                figures["runs"].append({"players": players, "side": name, **medians})
    table = Table(title=f"A streamed turn of {said.chunks} chunks, {said.every_seconds:g} s apart; {os.cpu_count()} cores share it all")
    for heading in ("players", "side", "turns/s", "ours to it", "first p50", "p99 ms", "done p50", "p99 ms", "CPU-ms"):
        table.add_column(heading, justify="right")
    ours = {run["players"]: run["streams_a_second"] for run in figures["runs"] if run["side"] == OURS}
    for run in figures["runs"]:
        share = ours[run["players"]] / run["streams_a_second"]
        times = (run[key] for key in ("first_p50_ms", "first_p99_ms", "done_p50_ms", "done_p99_ms", "cpu_ms"))
        table.add_row(str(run["players"]), run["side"], f"{run['streams_a_second']:,.0f}", f"{share:.2f}", *(str(one) for one in times))
    console.print(table)
    console.print(keep("streams", figures))


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench streams", description=__doc__)
    parser.add_argument("--players", type=int, nargs="+", default=[1, 32, 300])
    parser.add_argument("--seconds", type=float, default=2.5, help="of each round; in 3 the first games would come to their end")
    parser.add_argument("--rounds", type=int, default=5, help="of which each figure is the median")
    parser.add_argument("--chunks", type=int, default=50, help="chunks of each telling")
    parser.add_argument("--every-seconds", type=float, default=0.0, help="the model server's pace; 0: all at once")
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0
