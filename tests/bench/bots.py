"""Plays packs with bots, thousands of games, and holds each game to what must always be so: `make bots`.

Prints what came of them, and what can still come of the state that some of them had in their middle, as tests/support/winning.py judges
it. Exit code 1: something failed, or there was a dead end. The seed that is printed plays the same games again.
"""

import argparse
import os
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from random import SystemRandom

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tests.support.bot_games import play_game
from tests.support.bots import BOTS
from tests.support.scenarios import NAMES, Ways, scenario, ways_of
from tests.support.winning import Judge, Outlook

_CHUNK = 25
_FAULTS_SHOWN_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Games of one bot to be played one after another; of every `sample`th the middle is judged (0: of none)."""

    scenario: str
    bot: str
    numbers: range
    seed: int
    sample: int


@dataclass(slots=True)
class Sum:
    """What games came to."""

    games: int = 0
    turns: int = 0
    seconds: float = 0.0
    endings: Counter[str] = field(default_factory=Counter)
    outlooks: Counter[Outlook] = field(default_factory=Counter)
    judging_seconds: float = 0.0

    def add(self, other: "Sum") -> None:
        """Add the other's games to these."""
        self.games += other.games
        self.turns += other.turns
        self.seconds += other.seconds
        self.endings.update(other.endings)
        self.outlooks.update(other.outlooks)
        self.judging_seconds += other.judging_seconds


@cache
def judge_of(name: str) -> Judge:
    """The judge of a pack's states: one for each process."""
    return Judge(scenario(name)[0])


def play_chunk(chunk: Chunk, ways: Ways) -> Sum:
    """Play the games, in whatever process."""
    done, (pack, _) = Sum(), scenario(chunk.scenario)
    for number in chunk.numbers:
        began = time.perf_counter()
        played = play_game(pack, chunk.bot, number, chunk.seed, ways)
        done.add(Sum(1, played.turns, time.perf_counter() - began, Counter([played.ending])))
        if chunk.sample and number % chunk.sample == 0:
            began = time.perf_counter()
            done.outlooks[judge_of(chunk.scenario).outlook(played.middle)] += 1
            done.judging_seconds += time.perf_counter() - began
    return done


def chunks(name: str, games: int, seed: int, sample: int) -> Iterator[Chunk]:
    """The games of a pack, so many in all, as many for each bot."""
    each = games // len(BOTS)
    for first in range(0, each, _CHUNK):
        for bot in BOTS:
            yield Chunk(scenario=name, bot=bot, numbers=range(first, min(first + _CHUNK, each)), seed=seed, sample=sample)


def play_all(
    name: str, games: int, seed: int, sampled: int, processes: int, console: Console
) -> tuple[dict[str, Sum], list[BaseException]]:
    """Play a pack. Returns what came of it by bot, and what failed."""
    console.print(f"{name}: looking for ways to the endings …")
    ways, sums, faults = ways_of(name), {bot: Sum() for bot in BOTS}, list[BaseException]()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with (
        Progress(*columns, console=console, transient=True) as progress,
        ProcessPoolExecutor(processes, mp_context=get_context("forkserver")) as pool,
    ):
        task = progress.add_task(f"{name}: games", total=games // len(BOTS) * len(BOTS))
        wanted = chunks(name, games, seed, max(1, games // sampled) if sampled else 0)
        running: dict[Future[Sum], Chunk] = {pool.submit(play_chunk, chunk, ways): chunk for chunk in wanted}
        for future in as_completed(running):
            fault = future.exception()
            if fault is None:
                sums[running[future].bot].add(future.result())
            else:
                faults.append(fault)
            progress.advance(task, len(running[future].numbers))
    return sums, faults


def table(name: str, seed: int, sums: Mapping[str, Sum]) -> Table:
    """What came of a pack's games."""
    pack, _ = scenario(name)
    whole = Sum()
    for each in sums.values():
        whole.add(each)
    shown = Table(title=f"{name} {pack.version}, seed {seed}", title_justify="left")
    shown.add_column("")
    for bot in (*sums, "all"):
        shown.add_column(bot, justify="right")

    def figures(of: Sum) -> dict[str, float]:
        return {
            "games": of.games,
            "turns": of.turns,
            "seconds of a core": of.seconds,
            **{f"ended: {ending}": of.endings[ending] for ending in pack.endings},
            **{f"sampled: {outlook.value}": of.outlooks[outlook] for outlook in Outlook},
        }

    columns = [figures(each) for each in (*sums.values(), whole)]
    for heading in columns[-1]:
        shown.add_row(heading, *(f"{column[heading]:,.0f}" for column in columns))
    return shown


def main(arguments: list[str]) -> int:
    """Plays, prints, and says by the exit code whether all went well."""
    options = argparse.ArgumentParser(prog="python -m tests.bench bots", description=__doc__)
    options.add_argument("scenarios", nargs="*", default=NAMES, metavar="scenario", help=f"the packs to play, of {', '.join(NAMES)}; all")
    options.add_argument("--games", type=int, default=10_000, help="how many games of each pack, shared by the bots (10,000)")
    options.add_argument("--sample", type=int, default=100, help="of how many games the middle is judged (100)")
    options.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000), help="what the bots' dice go by (a new one)")
    options.add_argument("--processes", type=int, default=os.cpu_count(), help="how many processes play (one for each core)")
    asked = options.parse_args(arguments)
    unknown = set(asked.scenarios) - set(NAMES)
    if unknown:
        options.error(f"no such pack: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    console, failed = Console(), False
    console.print(f"seed {asked.seed}; bots: {', '.join(BOTS)}; {asked.processes} processes")
    for name in asked.scenarios:
        began = time.perf_counter()
        sums, faults = play_all(name, asked.games, asked.seed, asked.sample, asked.processes, console)
        console.print(table(name, asked.seed, sums))
        games, judging = sum(each.games for each in sums.values()), sum(each.judging_seconds for each in sums.values())
        console.print(f"{games:,} games in {time.perf_counter() - began:.0f} s, of which {judging:.0f} s of a core went into judging")
        for fault in faults[:_FAULTS_SHOWN_MAX]:
            console.print("".join(traceback.format_exception(fault)), markup=False, highlight=False)
        if faults:
            console.print(f"{len(faults)} times something failed, and what was left of {_CHUNK} games was not played", style="red")
        dead = sum(each.outlooks[Outlook.DEAD] for each in sums.values())
        failed = failed or bool(faults) or dead > 0
    return int(failed)
