"""Whole turns, streamed, through every service and store, against a stub model: `make bench`.

Prints a table and writes build/bench/turns.json. It asserts nothing about time: figures of one run are to be compared with each other.
"""

import argparse
import asyncio
import json
import math
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from tests.bench.results import keep
from tests.bench.stack import running_stack

Json = dict[str, Any]


@dataclass(slots=True)
class Times:
    """Milliseconds of each turn: to `resolved`, to the first text, to `done`."""

    resolved: list[float] = field(default_factory=list)
    first_text: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> Json:
        return {
            "turns": len(self.done),
            "streams_per_second": round(len(self.done) / self.seconds, 1),
            **{
                f"{name}_{point}_ms": round(at(getattr(self, name), share), 2)
                for name in ("resolved", "first_text", "done")
                for point, share in (("p50", 0.50), ("p99", 0.99))
            },
        }


def at(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else math.nan


class Caller:
    """One connection: plays game after game, waiting turn by turn. `times`: what its turns took."""

    def __init__(self, http: aiohttp.ClientSession, times: Times) -> None:
        self._http = http
        self.times = times

    async def sign_in(self) -> None:
        async with self._http.post("/v1/players:guest", json={"locale": "ko"}) as answer:
            self._headers = {"authorization": f"Bearer {(await answer.json())['accessToken']}"}
        self._game: Json = {"status": "ENDED"}
        await self._go_on()

    async def play(self, turns: int) -> None:
        await self.sign_in()
        for _ in range(turns):
            await self.turn()

    async def turn(self) -> None:
        """One turn, of a game that goes on."""
        done = await self._turn(self._game["gameId"], self._game["turn"])
        self._game["turn"] = done["turn"]
        if "ending" in done:
            self._game["status"] = "ENDED"
            await self._go_on()

    async def _go_on(self) -> None:
        async with self._http.post("/v1/games", json={"scenarioId": "tutorial"}, headers=self._headers) as answer:
            self._game = await answer.json()

    async def _turn(self, game_id: str, expected: int) -> Json:
        began = time.perf_counter()
        body = {"command": {"verb": "WAIT"}, "expectedTurn": expected}
        seen: dict[str, float] = {}
        last: Json = {}
        async with self._http.post(f"/v1/games/{game_id}/turns:stream", json=body, headers=self._headers) as answer:
            name = ""
            async for line in answer.content:
                if line.startswith(b"event:"):
                    name = line[6:].strip().decode()
                    seen.setdefault(name, (time.perf_counter() - began) * 1000)
                elif line.startswith(b"data:") and name in {"done", "error"}:
                    last = json.loads(line[5:])
        if name != "done":
            raise RuntimeError(f"a turn failed: {last}")
        self.times.resolved.append(seen["resolved"])
        self.times.first_text.append(seen["delta"])
        self.times.done.append(seen["done"])
        return last


async def measure(url: str, connections: int, turns: int) -> Times:
    """So many turns over so many connections at once."""
    times = Times()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as http:
        await asyncio.gather(*(Caller(http, Times()).play(3) for _ in range(min(connections, 8))))
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(Caller(http, times).play(turns // connections))
        times.seconds = time.perf_counter() - began
    return times


async def measure_at(url: str, rate: float, turns: int) -> Times:
    """So many turns, begun so many a second whatever becomes of those before, each by whoever of many callers is free."""
    async with callers_of(url, min(turns, 64)) as callers:
        return await paced(callers, rate, turns)


@asynccontextmanager
async def callers_of(url: str, count: int) -> AsyncIterator[list[Caller]]:
    """So many callers, signed in, each with a game."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as http:
        callers = [Caller(http, Times()) for _ in range(count)]
        for caller in callers:
            await caller.sign_in()
        yield callers


async def paced(callers: Sequence[Caller], rate: float, turns: int) -> Times:
    """So many turns, begun so many a second, each by whoever is free."""
    times, free = Times(), list(callers)
    for caller in callers:
        caller.times = times
    began = time.perf_counter()

    async def take() -> None:
        caller = free.pop()
        await caller.turn()
        free.append(caller)

    async with asyncio.TaskGroup() as group:
        for number in range(turns):
            await asyncio.sleep(max(began + number / rate - time.perf_counter(), 0))
            if not free:
                raise RuntimeError(f"{rate} turns a second are too many: all {len(callers)} callers wait")
            group.create_task(take())
    times.seconds = time.perf_counter() - began
    return times


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench turns", description=__doc__)
    parser.add_argument("--turns", type=int, default=1500, help="turns to take at each number of connections")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--rate", type=float, nargs="*", default=[50], help="turns begun a second, whatever becomes of those before")
    parser.add_argument("--chunks", type=int, default=50, help="chunks of each telling")
    parser.add_argument("--every-seconds", type=float, default=0.0, help="the stub's pace; 0: all at once")
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0


async def measure_all(said: argparse.Namespace) -> None:
    console = Console()
    results: Json = {"chunks": said.chunks, "every_seconds": said.every_seconds, "runs": []}
    async with running_stack(console.print, chunks=said.chunks, every_seconds=said.every_seconds) as stack:
        before = stack.cpu_seconds()

        def note(name: str, times: Times) -> None:
            after = stack.cpu_seconds()
            spent = {part: round((after[part] - before[part]) * 1000 / max(len(times.done), 1), 2) for part in after}
            before.update(after)
            results["runs"].append({"how": name, **times.figures(), "cpu_ms_a_turn": spent})

        for connections in said.connections:
            console.print(f"measuring {said.turns} turns over {connections} connection(s) …")
            note(f"c={connections}", await measure(stack.url, connections, said.turns))
        for rate in said.rate:
            console.print(f"measuring {said.turns} turns, {rate} begun a second …")
            note(f"{rate:g}/s", await measure_at(stack.url, rate, said.turns))
    table = Table(title=f"A streamed turn; the stub model answers {said.chunks} chunks; {os.cpu_count()} cores share it all")
    for heading in ("how", "turns", "streams/s", "resolved p50", "p99 ms", "first text p50", "p99 ms", "done p50", "p99 ms"):
        table.add_column(heading, justify="right")
    for run in results["runs"]:
        table.add_row(*(str(value) for name, value in run.items() if name != "cpu_ms_a_turn"))
    console.print(table)
    for run in results["runs"]:
        console.print(f"CPU-ms a turn, {run['how']}:", ", ".join(f"{part} {spent}" for part, spent in run["cpu_ms_a_turn"].items()))
    console.print(keep("turns", results))
