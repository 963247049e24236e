"""A pack as files: read from a folder, and hashed by content."""

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import orjson

FILES = (
    "pack.yaml",
    "places.yaml",
    "items.yaml",
    "people.yaml",
    "locks.yaml",
    "clues.yaml",
    "effects.yaml",
    "rules.yaml",
    "endings.yaml",
    "night.yaml",
    "lore.yaml",
    "text/ko.yaml",
    "text/en.yaml",
)
"""The files that make a pack: what its hash covers and the compiler reads. Tests beside them are not part of it."""
NEEDED_FILES = ("pack.yaml", "places.yaml", "endings.yaml", "text/ko.yaml", "text/en.yaml")
FILE_SIZE_MAX = 1_000_000
"""Characters."""
_HASH_BYTES = 32


def read_folder(path: Path | str) -> dict[str, str]:
    """Every YAML file of the folder, tests included: its path within the folder, with `/`, to its text (UTF-8).

    OSError: the folder can't be read. UnicodeDecodeError: a file is no UTF-8.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder with a pack in it")
    found = sorted(folder.rglob("*.yaml"))
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in found}


def pack_files(files: Mapping[str, str]) -> dict[str, str]:
    """Those of the files that make the pack, with line ends as on Unix."""
    return {file: files[file].replace("\r\n", "\n") for file in FILES if file in files}


def pack_hash(files: Mapping[str, str]) -> str:
    """BLAKE2b-256 of the pack's content, 64 hex digits: over the canonical JSON of path to text, of the pack's own files only."""
    canonical = orjson.dumps(pack_files(files), option=orjson.OPT_SORT_KEYS)
    return blake2b(canonical, digest_size=_HASH_BYTES).hexdigest()
