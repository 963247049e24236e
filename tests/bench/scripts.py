"""BEGIN and COMMIT against a plain SET of as many bytes, on the same server in the same run, every write on disk before it is answered.

Prints a table and writes build/bench/scripts.json. The sizes are those of a turn of the flagship.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.game.adapters.redis_connection import Redis, connect
from services.game.adapters.redis_games import Committed, Granted, RedisGames
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.shown import told_events
from services.game.stored import RESOLVED, TOLD, LiveGame, Row
from tests.bench.results import keep
from tests.bench.turns import at
from tests.support.servers import running_valkey

STATE, RECORD, PROMPT, RESOLVED_DATA, ACTION = 1400, 2400, 2200, 2300, 120
"""Bytes."""


class Player:
    """Plays turns of one game of its own, and times each kind of call."""

    def __init__(self, redis: Redis, number: int, times: defaultdict[str, list[float]]) -> None:
        self._redis = redis
        self._games = RedisGames(redis, lease_ms=10_000)
        self._keeping = RedisKeeping(redis)
        self._game_id = f"game {number}"
        self._times = times

    async def play(self, turns: int) -> None:
        game = LiveGame(
            game_id=self._game_id, owner="mina", scenario_id="s", pack_hash="p" * 64, locale="ko", seed="0" * 32, epoch=0, number=0,
            persisted=0, branch_id="main", depth=0, status="ACTIVE", ending="", state=os.urandom(STATE), state_hash=b"h" * 32,
            asked="a" * 32, created_ms=1, updated_ms=1,
        )  # fmt: skip
        await self._keeping.restore(game, known_keys=[], untold=[])
        for number in range(1, turns + 1):
            await self._turn(number)

    async def _turn(self, number: int) -> None:
        key, action, nonce = f"{number:036}", "a" * 64, f"{number:016}"
        began = time.perf_counter()
        right = await self._games.begin(self._game_id, "mina", key, action, b"x" * ACTION, number - 1, nonce)
        self._note("BEGIN", began)
        assert isinstance(right, Granted), right
        await self._set("SET as BEGIN", ACTION + 300)
        row = Row(
            game_id=self._game_id, number=number, parent=number - 1, branch_id="main", depth=number, revision=RESOLVED, key=key,
            action_hash=action, text="", record={"x": os.urandom(RECORD // 2).hex()}, state_hash=b"s" * 32, telling=None, created_ms=2,
        )  # fmt: skip
        state, prompt, resolved = os.urandom(STATE), os.urandom(PROMPT), os.urandom(RESOLVED_DATA)
        began = time.perf_counter()
        job = await self._games.commit(
            row, fence=right.fence, state=state, status="ACTIVE", ending="", nonce=nonce, prompt=prompt, resolved=resolved
        )
        self._note("COMMIT", began)
        assert isinstance(job, Committed), job
        await self._set("SET as COMMIT", STATE + RECORD + PROMPT + RESOLVED_DATA + 400)
        told = row.told({"text": ""})
        await self._games.finish(told, fence=job.fence, events=told_events(told))
        await self._keeping.ack(self._game_id, 0, {number: TOLD})

    async def _set(self, name: str, size: int) -> None:
        value = os.urandom(size)
        began = time.perf_counter()
        await self._redis.set(f"plain {self._game_id}", value)
        self._note(name, began)

    def _note(self, name: str, began: float) -> None:
        self._times[name].append((time.perf_counter() - began) * 1000)


async def measure(turns: int, players: int) -> dict[str, list[float]]:
    """The milliseconds of each kind of call."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="maratang-bench-") as name:
        async with running_valkey(Path(name)) as server, connect(server.url) as redis:
            await Player(redis, 0, defaultdict(list)).play(50)
            await asyncio.gather(*(Player(redis, number, times).play(turns // players) for number in range(1, players + 1)))
    return times


def main(arguments: list[str]) -> int:
    """Measures one player, and many at once."""
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts")
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--players", type=int, nargs="+", default=[1, 16])
    said = parser.parse_args(arguments)
    console, runs = Console(), []
    table = Table(title="A script against a plain SET of as many bytes, appendfsync always")
    for heading in ("players", "call", "p50 ms", "p99 ms", "p50 to SET", "p99 to SET"):
        table.add_column(heading, justify="right")
    for players in said.players:
        times = asyncio.run(measure(said.turns, players))
        for call in ("BEGIN", "COMMIT"):
            figures = {
                "players": players,
                "call": call,
                **{f"{point}_ms": round(at(times[call], share), 3) for point, share in (("p50", 0.5), ("p99", 0.99))},
                **{
                    f"{point}_to_set": round(at(times[call], share) / at(times[f"SET as {call}"], share), 2)
                    for point, share in (("p50", 0.5), ("p99", 0.99))
                },
            }
            runs.append(figures)
            table.add_row(*(str(value) for value in figures.values()))
    console.print(table)
    console.print(keep("scripts", {"cores": os.cpu_count(), "runs": runs}))
    return 0
