"""Rows a second that SaveGames stores, and that COPY stores of the very same rows: in turn, on the same PostgreSQL.

What is stored is games as they are played, under ids of their own, with tellings and calls of models, in batches as the sync sends them;
SaveGames checks, locks, counts and answers over gRPC, and COPY does none of that. COPY is measured into tables with the same indexes,
checks and foreign keys, and into tables with none. Prints a table and writes build/bench/sync.json.
"""

import argparse
import asyncio
import io
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub
from rich.console import Console
from rich.table import Table

from services.chassis.clients import connect
from tests.bench.results import keep
from tests.bench.stack import CREDENTIAL, Stack, running_stack
from tests.bench.turns import measure

if TYPE_CHECKING:  # the asyncio stubs are types only: at run time one class serves both
    from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceAsyncStub

HOW = ("SaveGames", "COPY, same tables", "COPY, bare tables")
TABLES = ("games", "turns", "tellings", "model_calls")
Json = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench sync", description=__doc__)
    parser.add_argument("--games", type=int, default=1000, help="games of a round, eight rows each")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 2], help="batches under way at a time: one for each game process")
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0


async def measure_all(said: argparse.Namespace) -> None:
    console = Console()
    runs: list[Json] = []
    async with (
        running_stack(console.print, chunks=50, every_seconds=0) as stack,
        connect(stack.persistence, credential=CREDENTIAL) as channel,
    ):
        await measure(stack.url, 1, 8)
        copies = Copies(stack, ArchiveServiceStub(channel))
        await copies.take()
        for at_once in said.at_once:
            rates: dict[str, list[float]] = {name: [] for name in HOW}
            spent = dict.fromkeys(HOW, 0.0)

            for number in range(said.rounds):
                console.print(f"round {number + 1} of {said.rounds}, {at_once} at once …")
                batches = copies.batches(said.games)
                copies.cpu_seconds()
                rates[HOW[0]].append(await copies.save(batches, at_once))
                spent[HOW[0]] += copies.cpu_seconds()
                held = await copies.out()
                for how, kind in zip(HOW[1:], ("same", "bare"), strict=True):
                    copies.cpu_seconds()
                    rates[how].append(await copies.copy_in(held, kind))
                    spent[how] += copies.cpu_seconds()
            medians = {name: round(statistics.median(each)) for name, each in rates.items()}
            saved = medians["SaveGames"]
            ratios = {name: round(saved / median, 2) for name, median in medians.items() if name != "SaveGames"}
            thousands = said.rounds * said.games * copies.rows / 1000
            cpu = {name: round(seconds * 1000 / thousands) for name, seconds in spent.items()}
            runs.append({"at_once": at_once, "rows_per_second": medians, "ratio": ratios, "cpu_ms_of_a_thousand_rows": cpu})
        await copies.close()
    table = Table(title=f"Rows a second, medians of {said.rounds} rounds of {said.games * copies.rows:,} rows")
    for heading in ("batches at once", *HOW, "of the same", "of bare", "CPU ms a 1,000 rows"):
        table.add_column(heading, justify="right")
    for run in runs:
        rates_shown, ratios_shown = run["rows_per_second"].values(), run["ratio"].values()
        cpu_shown = " / ".join(str(one) for one in run["cpu_ms_of_a_thousand_rows"].values())
        table.add_row(str(run["at_once"]), *(f"{one:,}" for one in rates_shown), *(f"{one:.2f} ×" for one in ratios_shown), cpu_shown)
    console.print(table)
    console.print(keep("sync", {"games": said.games, "rows_per_game": copies.rows, "runs": runs}))


class Copies:
    """Copies of a game that was played, and what stores them."""

    def __init__(self, stack: Stack, archive: "ArchiveServiceAsyncStub") -> None:
        self._stack = stack
        self._used = 0.0
        self._url = stack.database_url.replace("+asyncpg", "")
        self._archive = archive
        self.rows = 8

    async def take(self) -> None:
        """Takes a played game as the one to copy, and makes the tables that are copied into."""
        self._connection = await asyncpg.connect(self._url)
        self._player = str(uuid4())
        await self._connection.execute("INSERT INTO players VALUES ($1, '', 'ko', true, now())", self._player)
        longest = "SELECT game_id::text FROM turns WHERE revision = 2 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        game_id = await self._connection.fetchval(longest)
        loaded = await self._archive.LoadGame(pb.LoadGameRequest(game_id=game_id))
        self._game, first, last = loaded.game, loaded.rows[0], loaded.rows[-1]
        self._logged = [first, *[last] * (self.rows - 1)]
        for kind, like in (("same", "INCLUDING ALL"), ("bare", "")):
            for table in TABLES:
                await self._connection.execute(f"CREATE TABLE {kind}_{table} (LIKE {table} {like})")
        for table in TABLES[1:]:
            await self._connection.execute(f"ALTER TABLE same_{table} ADD FOREIGN KEY (game_id) REFERENCES same_games ON DELETE CASCADE")
        await self._connection.execute("ALTER TABLE same_games ADD FOREIGN KEY (player_id) REFERENCES players")
        await self._connection.execute("ALTER TABLE same_games ADD FOREIGN KEY (pack_hash) REFERENCES packs")

    def batches(self, count: int) -> list[pb.SaveGamesRequest]:
        """So many new games in batches of about a thousand rows."""
        self._ids = [str(uuid4()) for _ in range(count)]
        games = [self._copy(one) for one in self._ids]
        together = 1000 // self.rows
        return [pb.SaveGamesRequest(games=games[first : first + together]) for first in range(0, count, together)]

    def _copy(self, game_id: str) -> pb.SaveGamesRequest.SavedGame:
        made = pb.SaveGamesRequest.SavedGame(game=self._game)
        made.game.game_id, made.game.player_id, made.game.number, made.game.epoch = game_id, self._player, self.rows - 1, 0
        for number, source in enumerate(self._logged):
            row = made.rows.add()
            row.CopyFrom(source)
            row.game_id, row.number, row.parent, row.depth, row.request_id = game_id, number, number - 1, number, f"key {number}"
            if number:
                trace = made.traces.add(number=number)
                trace.tellings.add(told_by=pb.ToldText.BASE, model="stub-base", kept=True, duration_ms=900)
                trace.model_calls.add(
                    call_id=str(uuid4()), purpose=1, backend="base", model="stub-base", outcome="OK", prompt_tokens=400,
                    completion_tokens=50, first_token_ms=40, duration_ms=900, create_time=row.create_time,
                )  # fmt: skip
        return made

    async def save(self, batches: list[pb.SaveGamesRequest], at_once: int) -> float:
        """Rows a second."""
        waiting = list(batches)

        async def flush() -> None:
            while waiting:
                answer = await self._archive.SaveGames(waiting.pop(), timeout=60)
                assert {one.outcome for one in answer.outcomes} == {pb.GameOutcome.SAVED}

        return await self._rate(lambda: asyncio.gather(*(flush() for _ in range(at_once))))

    async def out(self) -> dict[str, bytes]:
        """What was stored last, table by table, as COPY writes it."""
        held = {}
        for table in TABLES:
            written = io.BytesIO()
            stored = f"SELECT * FROM {table} WHERE game_id = ANY($1)"
            await self._connection.copy_from_query(stored, self._ids, output=written, format="binary")
            held[table] = written.getvalue()
        return held

    async def copy_in(self, held: dict[str, bytes], kind: str) -> float:
        """Rows a second."""
        await self._connection.execute(f"TRUNCATE {', '.join(f'{kind}_{table}' for table in TABLES)}")

        async def copy() -> None:
            async with self._connection.transaction():
                for table, written in held.items():
                    await self._connection.copy_to_table(f"{kind}_{table}", source=io.BytesIO(written), format="binary")

        return await self._rate(copy)

    async def _rate(self, work: Callable[[], Any]) -> float:
        began = time.perf_counter()
        await work()
        return len(self._ids) * self.rows / (time.perf_counter() - began)

    def cpu_seconds(self) -> float:
        """What PostgreSQL and persistence have used of a core since it was asked last."""
        before, parts = self._used, self._stack.cpu_seconds()
        self._used = parts["postgres"] + parts["persistence"]
        return self._used - before

    async def close(self) -> None:
        """Lets PostgreSQL go."""
        await self._connection.close()
