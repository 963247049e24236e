"""What is running: one supervisor for each home, and a record of its parts that `down`, `status` and a second `up` read."""

import contextlib
import dataclasses
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from services.local.parts import Part

_ASK_EVERY_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRecord:
    """A part as it was last heard of."""

    name: str
    state: str
    ports: dict[str, int]
    pid: int | None = None
    born: float | None = None
    """When the process began, which tells it from a later one with its number; seconds since 1970."""
    restarts: int = 0

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        return self.pid is not None and _born(self.pid) == self.born


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A supervisor and its parts."""

    pid: int
    url: str
    ready: bool
    parts: tuple[PartRecord, ...]


class AlreadyRunningError(Exception):
    """Another supervisor holds this home."""


class Home:
    """The folder of all data, and who runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.credentials_file = folder / "credentials.json"
        self._lock_file = folder / "running.lock"
        self._record_file = folder / "running.json"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Makes this process the home's only supervisor. Raises AlreadyRunningError. The kernel frees it, however the process ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock_file.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunningError from None
            yield

    @property
    def running(self) -> bool:
        """Whether a supervisor holds it now."""
        if not self._lock_file.exists():
            return False
        with self._lock_file.open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def read(self) -> Record | None:
        """What was last recorded; None: nothing yet, or it is being written for the first time."""
        try:
            kept = json.loads(self._record_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Record(**{**kept, "parts": tuple(PartRecord(**part) for part in kept["parts"])})

    def write(self, record: Record) -> None:
        """Records it, whole or not at all."""
        unfinished = self._record_file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(dataclasses.asdict(record)), encoding="utf-8")
        unfinished.rename(self._record_file)

    def forget(self) -> None:
        """Removes the record: nothing runs."""
        self._record_file.unlink(missing_ok=True)

    def wait_until_free(self, within_seconds: float, pulse: Callable[[], None]) -> bool:
        """Whether the supervisor let go of it in that time; `pulse` is called now and then."""
        deadline = time.monotonic() + within_seconds
        while self.running:
            if time.monotonic() > deadline:
                return False
            pulse()
            time.sleep(_ASK_EVERY_SECONDS)
        return True


def part_record(part: Part, state: str, pid: int | None, restarts: int) -> PartRecord:
    """A part's record now."""
    return PartRecord(
        name=part.name, state=state, ports=dict(part.ports), pid=pid, born=None if pid is None else _born(pid), restarts=restarts
    )


def end_orphans(record: Record, within_seconds: float = 30) -> list[str]:
    """Waits for the parts of a supervisor that died to end, as the kernel told them to; kills those that don't. Their names."""
    orphans = {part.name: psutil.Process(part.pid) for part in record.parts if part.alive and part.pid is not None}
    for process in orphans.values():
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, still = psutil.wait_procs(list(orphans.values()), timeout=within_seconds)
    for process in still:
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            os.kill(process.pid, 9)
    return list(orphans)


def _born(pid: int) -> float | None:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None
