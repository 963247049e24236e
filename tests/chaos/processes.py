"""A process that is kept running: whatever ends it, it is started anew, unless it is held down."""

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import psutil

from services.local.parts import Child, Part, PartError

_PAUSE_SECONDS = 0.1

Armed = Callable[[], Mapping[str, str]]
"""What environment a process gets at its next start besides its own."""


class Kept:
    """A part of the system, and all that can be done to it. `deaths` counts its ends by what ended it."""

    def __init__(self, part: Part, logs: Path, armed: Armed = dict) -> None:
        self.name = part.name
        self.log_file = logs / f"{part.name}.log"
        self.deaths: Counter[str] = Counter()
        self.up = asyncio.Event()
        self.armed = armed
        self._part = part
        self._child = Child(part, self.log_file)
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._own_command = part.command
        self._starts = 0
        self._log_begins = 0
        self._blamed = ""
        self._frozen = False

    def starts_as(self, *command: str) -> None:
        """What it is started by from now on; nothing: what it was made with."""
        self._part = replace(self._part, command=command or self._own_command)

    @property
    def command(self) -> Sequence[str]:
        """What it is started by."""
        return self._part.command

    @property
    def is_as_made(self) -> bool:
        """Whether it is started by what it was made with."""
        return self._part.command == self._own_command

    def forget(self) -> None:
        """Counts its ends, and reads its log, from here on."""
        self.deaths.clear()
        self._log_begins = self.log_file.stat().st_size

    def log_lines(self) -> list[str]:
        """What it has written since it was made, or was told to forget."""
        with self.log_file.open("rb") as log:
            log.seek(self._log_begins)
            return log.read().decode(errors="replace").splitlines()

    async def keep(self) -> None:
        """Starts it again and again, for ever; ends it when cancelled."""
        try:
            while True:
                await self._wanted.wait()
                await self._live()
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            if self._child.running:
                self.thaw()
                await self._child.kill()

    async def _live(self) -> None:
        self._child = Child(replace(self._part, environment={**self._part.environment, **self.armed()}), self.log_file)
        try:
            await self._child.start()
            await self._child.until_ready()
        except PartError:
            # PostgreSQL refuses while a backend of the one killed before is still there; a failpoint may come before it serves.
            if self._child.running:
                await self._child.kill()
            self._blame("while it started")
            return
        self._starts += 1
        self.up.set()
        status = await self._child.ended()
        self.up.clear()
        self._blame("by itself" if status != -signal.SIGKILL else "failpoint")

    def _blame(self, otherwise: str) -> None:
        self.deaths[self._blamed or otherwise] += 1
        self._blamed, self._frozen = "", False

    @property
    def running(self) -> bool:
        return self._child.running

    @property
    def pid(self) -> int:
        return self._child.pid

    def kill(self) -> bool:
        """kill -9; False: it was not running."""
        if not self._child.running:
            return False
        self._blamed = self._blamed or "killed"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        return True

    async def restarted(self) -> None:
        """kill -9, and it is there again; bound it."""
        starts = self._starts
        self.kill()
        while self._starts == starts:  # noqa: ASYNC110  each start sets the same event
            await asyncio.sleep(0.01)
        await self.up.wait()

    def terminate(self) -> None:
        """SIGTERM: it drains."""
        if self._child.running:
            self._blamed = "terminated"
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child.pid, signal.SIGTERM)

    def hold_down(self) -> None:
        """kill -9, and it stays down until it is let up."""
        self._wanted.clear()
        self.kill()

    def let_up(self) -> None:
        """Lets it be started again."""
        self._wanted.set()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nobody answers."""
        if self._child.running and not self._frozen:
            self._frozen = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._frozen = False
        if self._child.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGCONT)

    async def until_down(self) -> None:
        """Returns when it does not run; bound it."""
        while self._child.running:  # noqa: ASYNC110  the keeper waits for the same end
            await asyncio.sleep(0.01)

    def weight(self) -> tuple[int, int] | None:
        """Its resident bytes and open descriptors; None: it is not there to be asked."""
        try:
            process = psutil.Process(self._child.pid)
            return process.memory_info().rss, process.num_fds()
        except (psutil.Error, PartError):
            return None
