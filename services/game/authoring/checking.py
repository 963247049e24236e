"""Checking a pack: compiled, proved, tested."""

import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.game.authoring.loading import Loaded, load
from services.game.authoring.proving import proved
from services.game.packs.prover.report import Finding, Report
from services.game.packs.prover.search import Move
from services.game.packs.prover.witnesses import slots_of
from services.game.packs.shorthand import spelt
from services.game.packs.trials import Trials
from services.game.packs.trying import Verdict, try_all
from services.game.rules.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found. Without faults there is a report, and the verdicts on the pack's own tests."""

    loaded: Loaded
    report: Report | None
    verdicts: tuple[Verdict, ...]

    @property
    def exit_code(self) -> int:
        """0: all is well; 1: something was found; 2: there was nothing to read."""
        if not self.loaded.is_readable:
            return 2
        return int(self.report is None or not self.report.is_sound or not all(verdict.is_kept for verdict in self.verdicts))

    def to_plain(self) -> dict[str, Any]:  # Any: a JSON object
        """All of it as a JSON object."""
        report = self.report
        plain: dict[str, Any] = {"path": str(self.loaded.path), "ok": self.exit_code == 0, "faults": list(self.loaded.faults)}
        if report is None or self.loaded.located is None:
            return plain
        return plain | {
            "pack": self.loaded.located.pack.scenario_id,
            "findings": [
                {
                    "code": finding.code.value,
                    "error": finding.is_error,
                    "about": finding.about,
                    "where": where(self.loaded, finding),
                    "message": finding.message,
                    "witness": None if finding.witness is None else spelt_moves(finding.witness),
                }
                for finding in report.findings
            ],
            "tests": [{"kind": each.kind, "name": each.name, "ok": each.is_kept, "wrong": each.wrong} for each in self.verdicts],
            "witnesses": {f"{kind}:{name}": spelt_moves(moves) for (kind, name), moves in report.witnesses.items()},
            "undecided": [f"{kind}:{name}" for kind, name in report.undecided],
            "par": report.par,
            "slots": report.limit,
            "states": report.states,
            "steps": report.steps,
            "whole": report.is_whole,
            "seconds": round(report.seconds, 2),
            "peak_mib": peak_mib(),
        }


def checked(path: Path, *, seconds: float, console: Console | None) -> Checked:
    """Check the pack of the folder; the proof's progress is shown on the console, if that is a terminal."""
    loaded = load(path)
    if loaded.located is None or loaded.trials is None:
        return Checked(loaded=loaded, report=None, verdicts=())
    pack = loaded.located.pack
    report = proved(pack, seconds=seconds, console=console, tried=loaded.trials.witnesses)
    return Checked(loaded=loaded, report=report, verdicts=tuple(try_all(pack, loaded.trials)))


def peak_mib() -> int:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def where(loaded: Loaded, finding: Finding) -> str:
    """The file, line and column of what the finding is about; the pack's folder where it is about no one thing."""
    spot = None if loaded.located is None else loaded.located.spots.get(finding.about)
    return str(loaded.path) if spot is None else f"{loaded.path}/{spot.file}:{spot.line}:{spot.column}"


def spelt_moves(moves: tuple[Move, ...]) -> list[str]:
    """The moves, a line each."""
    return [spelt(command) + (f"  (taken as {label})" if label else "") for command, label in moves]


def show(result: Checked, console: Console) -> None:
    """Tell an author."""
    for fault in result.loaded.faults:
        console.print(fault, markup=False)
    report, located = result.report, result.loaded.located
    if report is None or located is None:
        console.print(f"{result.loaded.path}: {len(result.loaded.faults)} to mend", style="red", markup=False)
        return
    for finding in report.findings:
        kind = "error" if finding.is_error else "warning"
        console.print(f"{where(result.loaded, finding)}: {kind}: {finding.message} [{finding.code.value}]", markup=False)
        if finding.witness is not None:
            console.print("    by: " + "; ".join(spelt_moves(finding.witness)), markup=False)
    for verdict in result.verdicts:
        if not verdict.is_kept:
            console.print(f"{result.loaded.path}/tests: {verdict.kind} {verdict.name}: {verdict.wrong}", markup=False)
    _show_endings(located.pack, result.loaded.trials, report, console)
    _show_sums(result, located.pack, report, console)


def _show_endings(pack: Pack, trials: Trials | None, report: Report, console: Console) -> None:
    table = Table(title=f"{pack.scenario_id} {pack.version}: {pack.text('pack.title', 'en')}", title_justify="left")
    for column in ("ending", "kind", "earned", "commands", "slots", "witness in tests/"):
        table.add_column(column)
    for ending in pack.endings.values():
        moves = report.witnesses.get(("ending", ending.ending_id))
        known = ("no way known", "") if moves is None else (str(len(moves)), str(slots_of(pack, moves)))
        told = "yes" if trials is not None and ending.ending_id in trials.witnesses else "no"
        table.add_row(ending.ending_id, ending.kind.value, "yes" if ending.earned else "", *known, told)
    console.print(table)


def _show_sums(result: Checked, pack: Pack, report: Report, console: Console) -> None:
    reached, tests = len(report.witnesses), sum(verdict.is_kept for verdict in result.verdicts)
    par = "no victory" if report.par is None else f"par {report.par} of {report.limit} slots"
    texts = ", ".join(f"{locale} {len(texts.strings)}" for locale, texts in pack.texts.items())
    console.print(
        f"{reached} things reached by commands that were replayed; {len(report.undecided)} undecided; {par}; "
        f"{report.states} states, {report.steps} steps{', all there are' if report.is_whole else ''}; {report.seconds:.1f} s "
        f"of one processor, {peak_mib()} MiB at most; "
        f"texts: {texts}; tests kept: {tests} of {len(result.verdicts)}"
    )
    verdict, style = ("proved", "green") if result.exit_code == 0 else ("not proved", "red")
    console.print(f"{result.loaded.path}: {verdict}", style=style, markup=False)
