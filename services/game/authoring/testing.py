"""Running a pack's own tests."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from services.game.authoring.loading import Loaded, load
from services.game.packs.trying import Verdict, try_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """The verdicts, or the faults for which there are none."""

    loaded: Loaded
    verdicts: tuple[Verdict, ...]

    @property
    def exit_code(self) -> int:
        """0: every promise was kept; 1: not; 2: there was nothing to read."""
        if not self.loaded.is_readable:
            return 2
        return int(bool(self.loaded.faults) or not all(verdict.is_kept for verdict in self.verdicts))

    def to_plain(self) -> dict[str, Any]:  # Any: a JSON object
        """All of it as a JSON object."""
        tests = [{"kind": each.kind, "name": each.name, "ok": each.is_kept, "wrong": each.wrong} for each in self.verdicts]
        return {"path": str(self.loaded.path), "ok": self.exit_code == 0, "faults": list(self.loaded.faults), "tests": tests}


def tested(path: Path) -> Tested:
    """Run the tests of the pack of the folder."""
    loaded = load(path)
    if loaded.located is None or loaded.trials is None:
        return Tested(loaded=loaded, verdicts=())
    return Tested(loaded=loaded, verdicts=tuple(try_all(loaded.located.pack, loaded.trials)))


def show(result: Tested, console: Console) -> None:
    """Tell an author: what was broken, and how much was kept."""
    for fault in result.loaded.faults:
        console.print(fault, markup=False)
    for verdict in result.verdicts:
        if not verdict.is_kept:
            console.print(f"{result.loaded.path}: {verdict.kind} {verdict.name}: {verdict.wrong}", markup=False)
    kept = sum(verdict.is_kept for verdict in result.verdicts)
    style = "green" if result.exit_code == 0 else "red"
    console.print(f"{result.loaded.path}: {kept} of {len(result.verdicts)} tests kept", style=style, markup=False)
