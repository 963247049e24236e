"""Many turns in flight, each told at a reader's pace: `python -m tests.bench flight`.

Every token is held against the model's timetable (tests/bench/timed_model.py): which were lost, and how late the others came. Prints what
was found and writes build/bench/flight.json; asserts nothing about time.
"""

import argparse
import asyncio
import json
import os
import sys

from rich.console import Console

from services.game.pieces import GATHERED_SECONDS
from tests.bench.results import keep
from tests.bench.stack import running_stack
from tests.bench.streams import OURS, Side, players_of
from tests.support.servers import PROJECT


async def measure_all(said: argparse.Namespace) -> None:
    console = Console()
    every = 1 / said.rate
    timetable = ("--tokens", str(said.tokens), "--every-seconds", str(every))
    async with running_stack(console.print, model=("-m", "tests.bench.timed_model", *timetable)) as stack:
        side = Side(name=OURS, port=int(stack.url.rpartition(":")[2]), pids=())
        console.print(f"{said.turns} players sign in …")
        players = await players_of(side, stack.url, said.turns)
        readers = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.readers", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=PROJECT
        )
        assert readers.stdin is not None
        assert readers.stdout is not None
        asked = {"port": side.port, "seconds": said.seconds, "tokens": said.tokens, "every_seconds": every, "players": players}
        readers.stdin.write(json.dumps({**asked, "body": {"command": {"verb": "WAIT"}}}).encode() + b"\n")
        console.print(await readers.stdout.readline(), f"for {said.seconds:g} s …")
        before = stack.cpu_seconds()
        await asyncio.sleep(said.seconds)
        after = stack.cpu_seconds()
        figures = json.loads(await readers.stdout.readline())
        await readers.wait()
    cores = {name: round((after[name] - before[name]) / said.seconds, 3) for name in after}
    figures |= {"in_flight": said.turns, "tokens_a_second_each": said.rate, "coalesced_ms": GATHERED_SECONDS * 1000, "cores": cores}
    console.print(figures)
    added = figures["late_ms"].get("p99", 0) - GATHERED_SECONDS * 1000
    console.print(
        f"{os.cpu_count()} cores; p99 of a token beyond the gathering: {added:.0f} ms; turns with a wrong text: {figures['turns_wrong']}"
    )
    console.print(keep("flight", figures))


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench flight", description=__doc__)
    parser.add_argument("--turns", type=int, default=300, help="in flight at once")
    parser.add_argument("--rate", type=float, default=30, help="tokens a second of each")
    parser.add_argument("--tokens", type=int, default=450, help="of each telling; at most 500")
    parser.add_argument("--seconds", type=float, default=120)
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0
