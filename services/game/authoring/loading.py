"""A pack from its folder, or what is wrong with it."""

from dataclasses import dataclass
from pathlib import Path

from services.game.packs.compiler import Located, compile_located
from services.game.packs.errors import PackErrors
from services.game.packs.folder import read_folder
from services.game.packs.trials import Trials, read_trials


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a folder held. `located` and `trials` are None where `faults` say why; `is_readable`: there were files at all."""

    path: Path
    located: Located | None
    trials: Trials | None
    faults: tuple[str, ...]
    is_readable: bool = True


def load(path: Path) -> Loaded:
    """The pack of the folder with its tests, compiled; each fault is a line "path/file:line:column: what"."""
    try:
        files = read_folder(path)
    except NotADirectoryError:
        return _unreadable(path, f"{path}: this is no folder; a pack is a folder with a pack.yaml in it")
    except UnicodeDecodeError as error:
        return _unreadable(path, f"{path}: a file is not UTF-8 ({error.reason} at byte {error.start})")
    except OSError as error:
        return _unreadable(path, f"{path}: {error.strerror or error}")
    if not files:
        return _unreadable(path, f"{path}: there is no YAML in this folder (maratang scenario new writes a pack to begin with)")
    try:
        located = compile_located(files)
        return Loaded(path=path, located=located, trials=read_trials(located, files), faults=())
    except PackErrors as wrong:
        return Loaded(path=path, located=None, trials=None, faults=tuple(f"{path}/{error}" for error in wrong.errors))


def _unreadable(path: Path, fault: str) -> Loaded:
    return Loaded(path=path, located=None, trials=None, faults=(fault,), is_readable=False)
