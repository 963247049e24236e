"""Turns with a thousand and with a million stored games: two systems side by side, asked in turn, so that both meet the same machine.

Prints a table and writes build/bench/growth.json. A stored game is a copy of one that was played, under an id of its own.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack

import asyncpg
from rich.console import Console
from rich.table import Table

from services.persistence.schema.games import games, turns
from tests.bench.results import keep
from tests.bench.stack import Stack, running_stack
from tests.bench.turns import Times, at, measure

_BATCH = 50_000


async def fill(stack: Stack, count: int, console: Console) -> None:
    """Has PostgreSQL hold so many more games of ten thousand players."""
    connection = await asyncpg.connect(stack.database_url.replace("+asyncpg", ""))
    try:
        # Rows copied from rows that hold need not be checked one by one.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("CREATE TEMP TABLE owners AS SELECT gen_random_uuid() AS id, n FROM generate_series(0, 9999) AS n")
        await connection.execute(
            "INSERT INTO players (player_id, display_name, locale, guest, create_time) SELECT id, 'copy', 'ko', true, now() FROM owners"
        )
        await connection.execute("CREATE TEMP TABLE model AS SELECT * FROM games LIMIT 1")
        await connection.execute("CREATE TEMP TABLE fresh (id uuid, owner uuid)")
        own = {"game_id": "fresh.id", "player_id": "fresh.owner"}
        for begun in range(0, count, _BATCH):
            await connection.execute(
                "INSERT INTO fresh SELECT gen_random_uuid(), id FROM generate_series(1, $1) AS g JOIN owners ON n = g % 10000",
                min(_BATCH, count - begun),
            )
            for table, source in ((games, "model"), (turns, "(SELECT * FROM turns WHERE game_id = (SELECT game_id FROM model) LIMIT 1)")):
                names = [column.name for column in table.c]
                values = ", ".join(own.get(name, f"m.{name}") for name in names)
                await connection.execute(
                    f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM fresh CROSS JOIN {source} AS m"
                )
            await connection.execute("TRUNCATE fresh")
            console.print(f"  {min(begun + _BATCH, count):,} games …")
        await connection.execute("VACUUM ANALYZE games, turns")
        stored = await connection.fetchval("SELECT count(*) FROM games")
        console.print(f"stored: {stored:,} games")
    finally:
        await connection.close()


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench growth", description=__doc__)
    parser.add_argument("--games", type=int, nargs=2, default=[1_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=8, help="how often each system is asked")
    parser.add_argument("--turns", type=int, default=150, help="turns of a round")
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0


async def measure_all(said: argparse.Namespace) -> None:
    console = Console()
    async with AsyncExitStack() as opened:
        stacks = [await opened.enter_async_context(running_stack(console.print, chunks=50, every_seconds=0)) for _ in said.games]
        pooled = [Times() for _ in stacks]
        for stack, count in zip(stacks, said.games, strict=True):
            await measure(stack.url, 1, 5)
            console.print(f"filling with {count:,} games …")
            await fill(stack, count, console)
        for number in range(said.rounds):
            console.print(f"round {number + 1} of {said.rounds} …")
            # Each is first as often as the other.
            for at_place in (0, 1) if number % 2 == 0 else (1, 0):
                times = await measure(stacks[at_place].url, 1, said.turns)
                for name in ("resolved", "first_text", "done"):
                    getattr(pooled[at_place], name).extend(getattr(times, name))
    table = Table(title="A turn with few and with many stored games")
    for heading in ("games", "resolved p50 ms", "p99 ms", "done p50 ms", "p99 ms"):
        table.add_column(heading, justify="right")
    runs = []
    for count, times in zip(said.games, pooled, strict=True):
        figures = {
            f"{name}_{point}_ms": round(at(getattr(times, name), share), 2)
            for name in ("resolved", "done")
            for point, share in (("p50", 0.5), ("p99", 0.99))
        }
        runs.append({"games": count, "turns": len(times.done), **figures})
        table.add_row(f"{count:,}", *(str(value) for value in figures.values()))
    console.print(table)
    ratio = {name: round(runs[1][f"{name}_p50_ms"] / runs[0][f"{name}_p50_ms"], 3) for name in ("resolved", "done")}
    console.print(f"p50 of many to few: {ratio}")
    console.print(keep("growth", {"runs": runs, "p50_ratio": ratio}))
