"""Turns while PostgreSQL is there, and while it is away: `python -m tests.bench away`.

Both at the same pace and by the same callers, in turn. Prints a table and writes build/bench/away.json; asserts nothing about time.
"""

import argparse
import asyncio
import os
import signal
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.results import keep
from tests.bench.stack import running_stack
from tests.bench.turns import callers_of, paced


async def measure_all(said: argparse.Namespace) -> None:
    console = Console()
    runs: dict[str, dict[str, Any]] = {}  # Any: a count, or milliseconds
    async with running_stack(console.print, chunks=said.chunks) as stack, callers_of(stack.url, 64) as callers:
        await paced(callers, said.rate, len(callers))
        console.print(f"measuring {said.turns} turns, {said.rate:g} begun a second …")
        runs["there"] = (await paced(callers, said.rate, said.turns)).figures()
        # It is not to come back: PostgreSQL's own supervisor of processes ends at once, and all of them with it.
        os.kill(stack.pids["postgres"], signal.SIGQUIT)
        await paced(callers, said.rate, len(callers))
        console.print("the same while PostgreSQL is away …")
        runs["away"] = (await paced(callers, said.rate, said.turns)).figures()
    table = Table(title=f"A streamed turn, {said.rate:g} begun a second; {os.cpu_count()} cores share it all")
    for heading in ("PostgreSQL is", "turns", "resolved p50", "p99 ms", "first text p50", "p99 ms", "done p50", "p99 ms"):
        table.add_column(heading, justify="right")
    for name, run in runs.items():
        table.add_row(name, *(str(value) for what, value in run.items() if what != "streams_per_second"))
    console.print(table)
    console.print(keep("away", {"rate": said.rate, **runs}))


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench away", description=__doc__)
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--chunks", type=int, default=50, help="chunks of each telling")
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0
