"""How long a banned player can still play: `python -m tests.bench bans`.

Prints a table and writes build/bench/bans.json. It asserts nothing about time.
"""

import argparse
import asyncio
import time
from collections.abc import Callable

import aiohttp
from maratang.persistence.v1 import admin_service_pb2, admin_service_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.chassis.clients import connect
from tests.bench.results import keep
from tests.bench.stack import CREDENTIAL, running_stack
from tests.bench.turns import at

_PATHS = ("/v1/games", "/v1/players/me")
"""One that game answers, one that persistence does."""


async def seconds_until(http: aiohttp.ClientSession, headers: dict[str, str], over: Callable[[int], bool]) -> float:
    """How long it takes until all that is asked is answered with such a status."""
    began = time.perf_counter()
    while True:
        statuses = []
        for path in _PATHS:
            async with http.get(path, headers=headers) as answer:
                statuses.append(answer.status)
        if all(map(over, statuses)):
            return time.perf_counter() - began


async def measure_all(said: argparse.Namespace) -> None:
    console = Console()
    times: dict[str, list[float]] = {"banned": [], "lifted": []}
    async with (
        running_stack(console.print) as stack,
        aiohttp.ClientSession(stack.url) as http,
        connect(stack.persistence, credential=CREDENTIAL) as channel,
    ):
        admin = admin_service_pb2_grpc.AdminServiceStub(channel)
        for number in range(said.players):
            async with http.post("/v1/players:guest", json={"locale": "ko"}) as answer:
                guest = await answer.json()
            headers = {"authorization": f"Bearer {guest['accessToken']}"}
            for change, is_over in (("banned", (403).__eq__), ("lifted", (200).__eq__)):
                await admin.BanPlayer(
                    admin_service_pb2.BanPlayerRequest(
                        player_id=guest["player"]["playerId"], banned=change == "banned", reason="measured", request_id=f"{change} {number}"
                    ),
                    metadata=(("x-maratang-operator", "bench"),),
                )
                times[change].append(await seconds_until(http, headers, is_over))
    table = Table(title=f"Seconds until every call of a player is answered so, of {said.players} players")
    for heading in ("change", "p50", "p99", "longest"):
        table.add_column(heading, justify="right")
    figures = {}
    for change, taken in times.items():
        figures[change] = {"p50_s": round(at(taken, 0.5), 3), "p99_s": round(at(taken, 0.99), 3), "longest_s": round(max(taken), 3)}
        table.add_row(change, *(str(value) for value in figures[change].values()))
    console.print(table)
    console.print(keep("bans", {"players": said.players, **figures}))


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench bans", description=__doc__)
    parser.add_argument("--players", type=int, default=50)
    asyncio.run(measure_all(parser.parse_args(arguments)))
    return 0
