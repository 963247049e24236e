"""`python -m tests.chaos [RUN]`: breaks things while clients play, for a bounded time, and says which promises held."""

import argparse
import asyncio
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop

from tests.chaos import scripted
from tests.chaos.faults import GAME_POINTS, PERSISTENCE_POINTS
from tests.chaos.report import Report
from tests.chaos.scene import Scene, running_system
from tests.chaos.small_disk import in_a_namespace
from tests.chaos.storm import Plan, storm
from tests.support.servers import PROJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    minutes: float
    clients: int
    seed: int
    times: int


async def _storm(on: Scene, asked: Asked) -> Report:
    plan = Plan(seconds=asked.minutes * 60, clients=asked.clients, seed=asked.seed)
    return await storm(on, plan, partial(print, flush=True))


async def _wiped(on: Scene, asked: Asked) -> Report:
    return await scripted.wiped_with_postgres_up(on, games=100, turns=1, times=min(asked.times, 16), seed=asked.seed)


async def _away(on: Scene, asked: Asked) -> Report:
    away = await scripted.postgres_away(on, games=8, turns=8, seed=asked.seed)
    for name, seconds in (("before", away.before), ("while PostgreSQL is away", away.during)):
        p99 = seconds[len(seconds) * 99 // 100]
        print(f"{name}: {len(seconds)} turns, p50 {1000 * statistics.median(seconds):.0f} ms, p99 {1000 * p99:.0f} ms")
    print(f"{len(away.local)} LOCAL turns were acknowledged before Redis was wiped; {away.report.forgiven} are missing")
    return away.report


async def _cut_streams(on: Scene, asked: Asked) -> Report:
    return await scripted.cut_streams(on, cuts=1000, clients=20, seed=asked.seed)


async def _failpoints(on: Scene, asked: Asked) -> Report:
    points = [*GAME_POINTS, *PERSISTENCE_POINTS] * asked.times
    return await scripted.at_every_failpoint(on, _said(points), clients=8, seed=asked.seed)


def _said(points: Sequence[str]) -> Iterator[str]:
    for number, point in enumerate(points, 1):
        print(f"{number} of {len(points)}: dies at {point}", flush=True)
        yield point


async def _store_killed(on: Scene, asked: Asked) -> Report:
    return await scripted.store_killed_while_postgres_is_away(on, games=8, kills=asked.times, fsync_seconds=0.3, seed=asked.seed)


RUNS: Mapping[str, Callable[[Scene, Asked], Awaitable[Report]]] = {
    "storm": _storm,
    "wiped": _wiped,
    "away": _away,
    "cut-streams": _cut_streams,
    "failpoints": _failpoints,
    "store-killed": _store_killed,
}
"""Each begins with a calm system; all but the storm are of one fault."""


async def _run(run: str, folder: Path, asked: Asked) -> Report:
    async with running_system(folder) as system:
        return await RUNS[run](await system.scene(asked.seed), asked)


async def _small_disk(folder: Path, seed: int) -> int:
    process = await asyncio.create_subprocess_exec(*in_a_namespace(folder, seed), cwd=PROJECT)
    return await process.wait()


def main() -> None:
    """Runs and reports; the exit status is 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="make chaos ARGS=…", description=__doc__)
    parser.add_argument("run", nargs="?", choices=[*RUNS, "small-disk"], default="storm")
    parser.add_argument("--minutes", type=float, default=10, help="how long the storm lasts")
    parser.add_argument("--clients", type=int, default=80, help="how many play in the storm")
    parser.add_argument("--times", type=int, default=1, help="how often each failpoint is, or Redis is wiped or killed")
    parser.add_argument("--seed", type=int, default=None, help="as an earlier run printed it, to have the same faults again")
    said = parser.parse_args()
    seed = random.randrange(1 << 31) if said.seed is None else said.seed
    asked = Asked(minutes=said.minutes, clients=said.clients, seed=seed, times=said.times)
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        if said.run == "small-disk":
            sys.exit(asyncio.run(_small_disk(Path(folder), seed)))
        report = uvloop.run(_run(said.run, Path(folder), asked))
        path = report.write(PROJECT / "build" / "chaos", f"{said.run}-{seed}")
        if report.violations:
            shutil.copytree(Path(folder) / "logs", path.with_suffix(".logs"), dirs_exist_ok=True)
    print(report.as_text())
    print(f"written to {path.relative_to(PROJECT)}")
    sys.exit(bool(report.violations))


if __name__ == "__main__":
    main()
