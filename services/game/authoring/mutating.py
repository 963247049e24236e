"""Trying a pack's tests on the pack itself: what could be left out of it without one of them noticing."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.game.authoring.loading import Loaded, load
from services.game.packs.compiler import Located, compile_parsed, parse_files, recompile
from services.game.packs.errors import PackErrors
from services.game.packs.folder import pack_hash, read_folder
from services.game.packs.mutants import Mutant, Part, mutants
from services.game.packs.source import Mapping as Parsed
from services.game.packs.trials import parse_trials, trials_of
from services.game.packs.trying import try_all
from services.game.rules.dice import Dice

_CHUNK = 24
_SLOW_COMPILE_COUNT = 60
"""So few are done before other processes would have begun."""
Done = Callable[[int, int], None]
"""Called with how many are done, and of how many."""


class Fate(StrEnum):
    """What came of a mutant: a test broke, none did, no pack was left to be tested, or the pack was the same without the part."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    UNVIABLE = "not viable"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """What was left out, where (`file:line:column`), and what came of it."""

    part: Part
    where: str
    what: str
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutated:
    """What came of all of them; none where the pack, or a test of it, is broken as it is (`broken`: which)."""

    loaded: Loaded
    broken: tuple[str, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    seconds: float = 0

    def count(self, *fates: Fate, part: Part | None = None) -> int:
        """How many had one of the fates."""
        return sum(each.fate in fates and part in (None, each.part) for each in self.mutations)

    @property
    def percent(self) -> float:
        """How many of those that left a pack, and another one, were caught; 100 where there were none."""
        judged = self.count(Fate.CAUGHT, Fate.SURVIVED)
        return 100 * self.count(Fate.CAUGHT) / judged if judged else 100

    @property
    def survivors(self) -> tuple[Mutation, ...]:
        """Those that no test noticed."""
        return tuple(each for each in self.mutations if each.fate is Fate.SURVIVED)

    def exit_code(self, at_least: float) -> int:
        """0: as many were caught as wanted; 1: not, or there was nothing to try it on; 2: there was nothing to read."""
        if not self.loaded.is_readable:
            return 2
        return int(bool(self.loaded.faults) or bool(self.broken) or self.percent < at_least)

    def to_plain(self, at_least: float) -> dict[str, Any]:  # Any: a JSON object
        """All of it as a JSON object."""
        return {
            "path": str(self.loaded.path),
            "ok": self.exit_code(at_least) == 0,
            "faults": [*self.loaded.faults, *self.broken],
            "percent": round(self.percent, 1),
            **{fate.name.lower(): self.count(fate) for fate in Fate},
            "survivors": [{"where": each.where, "part": each.part.value, "what": each.what} for each in self.survivors],
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """The pack that is tried, and its tests, parsed."""

    located: Located
    parsed: Mapping[str, Parsed]
    trials: tuple[Parsed, ...]
    mutants: tuple[Mutant, ...]


@cache
def _subject(path: Path) -> _Subject:
    """Once in each process. PackErrors, OSError: as reading and compiling have it."""
    files = read_folder(path)
    parsed = parse_files(files)
    located = compile_parsed(parsed, pack_hash(files))
    return _Subject(located=located, parsed=parsed, trials=parse_trials(files), mutants=tuple(mutants(located, parsed)))


def mutated(path: Path, *, sample: int | None = None, seed: str = "", jobs: int | None = None, done: Done | None = None) -> Mutated:
    """Leave each part of the pack of the folder out in turn, or a sample of them that the seed chooses, and run its tests on the rest."""
    began, loaded = time.monotonic(), load(path)
    if loaded.located is None or loaded.trials is None:
        return Mutated(loaded=loaded)
    broken = [f"{each.kind} {each.name}: {each.wrong}" for each in try_all(loaded.located.pack, loaded.trials) if not each.is_kept]
    if broken:
        return Mutated(loaded=loaded, broken=tuple(f"{path}: {each}" for each in broken))
    subject = _subject(path)
    chosen = _chosen(len(subject.mutants), sample, seed)
    fates: dict[int, Fate] = {}
    for number, fate in _fates(path, chosen, _jobs(jobs, len(chosen))):
        fates[number] = fate
        if done is not None:
            done(len(fates), len(chosen))
    mutations = tuple(_mutation(path, subject.mutants[number], fates[number]) for number in chosen)
    return Mutated(loaded=loaded, mutations=mutations, seconds=time.monotonic() - began)


def _chosen(count: int, sample: int | None, seed: str) -> Sequence[int]:
    """The numbers of those that are tried, in order."""
    if sample is None or sample >= count:
        return range(count)
    dice, left = Dice(seed.encode() or b"maratang", 0), list(range(count))
    return sorted(left.pop(dice.roll(len(left), f"mutant {number}") - 1) for number in range(sample))


def _jobs(wanted: int | None, count: int) -> int:
    return 1 if count <= _SLOW_COMPILE_COUNT else wanted or os.cpu_count() or 1


def _fates(path: Path, chosen: Sequence[int], jobs: int) -> Iterator[tuple[int, Fate]]:
    if jobs == 1:
        yield from ((number, _fate(path, number)) for number in chosen)
        return
    # A process that is spawned shares nothing with this one, whatever threads this one has.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        chunks = [chosen[start : start + _CHUNK] for start in range(0, len(chosen), _CHUNK)]
        for each in as_completed([pool.submit(_fates_of, path, list(chunk)) for chunk in chunks]):
            yield from each.result()


def _fates_of(path: Path, numbers: list[int]) -> list[tuple[int, Fate]]:
    return [(number, _fate(path, number)) for number in numbers]


def _fate(path: Path, number: int) -> Fate:
    """What comes of the mutant of that number. A test that can't be read any more, for it names what is gone, has caught it."""
    subject = _subject(path)
    mutant, pack = subject.mutants[number], subject.located.pack
    try:
        located = recompile({**subject.parsed, mutant.file: mutant.root}, pack)
    except PackErrors:
        return Fate.UNVIABLE
    if located.pack == pack:
        return Fate.SAME
    try:
        trials = trials_of(located, subject.trials)
    except PackErrors:
        return Fate.CAUGHT
    return Fate.SURVIVED if all(verdict.is_kept for verdict in try_all(located.pack, trials)) else Fate.CAUGHT


def _mutation(path: Path, mutant: Mutant, fate: Fate) -> Mutation:
    spot = mutant.spot
    return Mutation(part=mutant.part, where=f"{path}/{spot.file}:{spot.line}:{spot.column}", what=mutant.what, fate=fate)


def watched(path: Path, *, sample: int | None, seed: str, jobs: int | None, console: Console) -> Mutated:
    """As `mutated`, with its progress on the console, if that is a terminal."""
    if not console.is_terminal:
        return mutated(path, sample=sample, seed=seed, jobs=jobs)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"{path}: leaving out", total=None)
        return mutated(path, sample=sample, seed=seed, jobs=jobs, done=lambda done, of: progress.update(task, completed=done, total=of))


def show(result: Mutated, at_least: float, console: Console) -> None:
    """Tell an author: what could go without a test noticing, and how much could not."""
    for fault in (*result.loaded.faults, *result.broken):
        console.print(fault, markup=False)
    if result.broken or result.loaded.faults:
        console.print(f"{result.loaded.path}: not tried, as its own tests must be kept first", style="red", markup=False)
        return
    for each in result.survivors:
        console.print(f"{each.where}: no test notices that this {each.part} is gone: {each.what}", markup=False)
    table = Table(title=f"{result.loaded.path}: left out", title_justify="left")
    for column in ("part", "caught", "survived", "percent", "not viable", "same"):
        table.add_column(column, justify="left" if column == "part" else "right")
    for part in (*Part, None):
        numbers = [result.count(fate, part=part) for fate in (Fate.CAUGHT, Fate.SURVIVED)]
        percent = f"{100 * numbers[0] / sum(numbers):.1f}" if sum(numbers) else ""
        rest = [str(result.count(fate, part=part)) for fate in (Fate.UNVIABLE, Fate.SAME)]
        table.add_row("all" if part is None else part.value, *map(str, numbers), percent, *rest, end_section=part is Part.SETTING)
    console.print(table)
    style = "green" if result.exit_code(at_least) == 0 else "red"
    caught, judged = result.count(Fate.CAUGHT), result.count(Fate.CAUGHT, Fate.SURVIVED)
    verdict = f"{caught} of {judged} caught, {result.percent:.1f} % (wanted {at_least:g} %), in {result.seconds:.0f} s"
    console.print(f"{result.loaded.path}: {verdict}", style=style, markup=False)
