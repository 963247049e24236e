"""Proving a pack before an author's eyes."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.game.packs.prover.prove import prove
from services.game.packs.prover.report import Report
from services.game.rules.commands import Command
from services.game.rules.pack import Pack


def proved(pack: Pack, *, seconds: float, console: Console | None, tried: Mapping[str, Sequence[Command]] | None = None) -> Report:
    """The proof, with `tried` as ways to endings to look at first; how far it has come is shown on the console, if that is a terminal."""
    if console is None or not console.is_terminal:
        return prove(pack, seconds=seconds, tried=tried or {})
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(pack.scenario_id, total=None)

        def show_progress(what: str, done: int, of: int) -> None:
            progress.update(task, description=f"{pack.scenario_id}: {what}", completed=done, total=of)

        return prove(pack, seconds=seconds, progress=show_progress, tried=tried or {})
