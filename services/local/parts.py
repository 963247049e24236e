"""A part of the system that runs as a process, and the process of a part."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Ready = Callable[[], Awaitable[None]]
"""Returns when a part can be used; raises OSError (or a subclass, such as TimeoutError) while it can't."""

_ASK_EVERY_SECONDS = 0.05
_ANSWER_WITHIN_SECONDS = 5


class PartError(Exception):
    """A part can't run here, or did not come up; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What there is to know about a part before it runs."""

    name: str
    """What people call it: "postgres"."""
    command: tuple[str, ...]
    """The argv."""
    ready: Ready | None = None
    """None: it runs once and is done, with exit status 0, before what comes after it."""
    after: tuple[str, ...] = ()
    """The parts that must be ready before it is started."""
    prepare: Callable[[], Awaitable[None]] | None = None
    """Done before each start: makes its data folder when there is none. Raises PartError."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """What listens where on 127.0.0.1: "HTTP" → 8000."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it gets besides this process's environment."""
    folder: Path | None = None
    """Its working directory; None: this process's."""
    account: "Account | None" = None
    """Whom it runs as; None: as this process."""
    stop_signal: signal.Signals = signal.SIGTERM
    """What asks it to end in order."""
    orphan_signal: signal.Signals = signal.SIGTERM
    """What the kernel sends it when this process dies without a word."""
    ready_within_seconds: float = 30
    stop_within_seconds: float = 20
    """How long it may take to end in order before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of this machine that a child runs as."""

    uid: int
    gid: int
    capability: str | None = None
    """A Linux capability it needs to reach its files ("dac_read_search"); None: none."""

    def owns(self, folder: Path) -> None:
        """Gives it a folder and all in it."""
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def launched(command: tuple[str, ...], *, account: Account | None, orphan_signal: signal.Signals | None) -> tuple[str, ...]:
    """The argv that starts `command` as `account` and, where the system can, signals it when its parent dies."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if account is not None:
            raise PartError("setpriv, which runs a server as another user than root, is missing: apt-get install util-linux")
        return command
    options: list[str] = []
    if orphan_signal is not None:
        options += ["--pdeathsig", orphan_signal.name.removeprefix("SIG")]
    if account is not None:
        options += ["--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups"]
        if account.capability is not None:
            options += ["--inh-caps", f"+{account.capability}", "--ambient-caps", f"+{account.capability}"]
            # Else access(2), which PostgreSQL asks about its own programs, leaves capabilities out of account.
            options += ["--securebits", "+no_setuid_fixup"]
    return (setpriv, *options, "--", *command) if options else command


class Child:
    """A part's process, in a process group of its own; its output goes to a log file."""

    def __init__(self, part: Part, log_file: Path) -> None:
        self.part = part
        self.log_file = log_file
        self._process: asyncio.subprocess.Process | None = None
        self._log_begins = 0

    @property
    def pid(self) -> int:
        """Its process id; it must have been started."""
        return self._started().pid

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Prepares and starts it, and does not wait until it is ready. Raises PartError when it can't be."""
        self.log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.part
        if part.prepare is not None:
            await part.prepare()
        with self.log_file.open("ab") as log:
            self._log_begins = log.tell()
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *launched(part.command, account=part.account, orphan_signal=part.orphan_signal),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=part.folder,
                    env={**os.environ, **part.environment},  # noqa: TID251  handed on, not read
                    start_new_session=True,
                )
            except OSError as error:
                raise PartError(f"{part.name} can't be started: {error}") from error

    async def until_ready(self) -> None:
        """Returns when it can be used (or has done what it does once). Raises PartError, with the end of its log, when that fails."""
        within = self.part.ready_within_seconds
        try:
            async with asyncio.timeout(within):
                await (self._until_done() if self.part.ready is None else self._until_answering(self.part.ready))
        except TimeoutError:
            raise PartError(f"{self.part.name} was not ready within {within:.0f} s:\n{self.last_words()}") from None

    async def _until_done(self) -> None:
        if (status := await self.ended()) != 0:
            raise PartError(f"{self.part.name} failed with status {status}:\n{self.last_words()}")

    async def _until_answering(self, ready: Ready) -> None:
        while self.running:
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
                    await ready()
            except OSError:
                await asyncio.sleep(_ASK_EVERY_SECONDS)
            else:
                return
        raise PartError(f"{self.part.name} ended with status {self._started().returncode} while it started:\n{self.last_words()}")

    async def ended(self) -> int:
        """Waits until it has ended; its exit status, negative for a signal."""
        return await self._started().wait()

    async def stop(self) -> int:
        """Ends it in order, and by force if that takes too long; its exit status."""
        process = self._started()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self.part.stop_signal)
        try:
            async with asyncio.timeout(self.part.stop_within_seconds):
                return await process.wait()
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        """Ends it and its children without a word to them; its exit status."""
        process = self._started()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return await process.wait()

    def last_words(self, lines: int = 12) -> str:
        """The end of what it has said since it was started."""
        if not self.log_file.exists():
            return "(no log)"
        with self.log_file.open("rb") as log:
            log.seek(self._log_begins)
            said = log.read().decode(errors="replace").splitlines()
        return "\n".join(said[-lines:]) or "(it said nothing)"

    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise PartError(f"{self.part.name} was not started")
        return self._process
