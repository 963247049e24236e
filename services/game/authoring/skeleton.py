"""A small game that works, written out to begin with."""

import json
import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from rich.console import Console

from services.game.authoring.writing import is_written

_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def write(path: Path, *, title: str | None, console: Console, errors: Console) -> int:
    """Write the pack into a new or empty folder. Returns the exit code: 0, or 2 where it can't be."""
    named = path.resolve().name
    if not _ID.fullmatch(named):
        errors.print(f"{named!r} can't be a pack's id: name the folder with small letters, digits, _ and -, a letter first", markup=False)
        return 2
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        errors.print(f"{path} is there already and isn't empty: choose another folder", markup=False)
        return 2
    words = {"id": named, "title": json.dumps(title or named.replace("_", " ").replace("-", " ").title(), ensure_ascii=False)}
    for file, text in sorted(_files(resources.files(__package__ or "").joinpath("skeletons"), "")):
        if not is_written(path / file, Template(text).substitute(words), console):
            return 2
    console.print(f"\nNext: maratang scenario check {path}\n      maratang scenario play {path} --locale en", markup=False)
    return 0


def _files(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for each in folder.iterdir():
        name = f"{prefix}{each.name}"
        if each.is_dir():
            found += _files(each, f"{name}/")
        elif name.endswith(".yaml"):
            found.append((name, each.read_text(encoding="utf-8")))
    return found
