"""Starts the system in the background, and stops one that runs."""

import os
import signal
import subprocess
import sys
import time

from rich.console import Console

from services.local.config import LocalConfig
from services.local.parts import PartError
from services.local.record import AlreadyRunningError, Home

_UP_WITHIN_SECONDS = 600
_DOWN_WITHIN_SECONDS = 180
_ASK_EVERY_SECONDS = 0.1


def start(config: LocalConfig, console: Console) -> None:
    """Starts `maratang up` in a session of its own, shows what it says, and returns when all is ready.

    Raises AlreadyRunningError, or PartError when it ended instead.
    """
    home = Home(config.home)
    if home.running:
        raise AlreadyRunningError
    home.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    log_file = home.logs / "supervisor.log"
    with log_file.open("ab") as log:
        begins = log.tell()
        process = subprocess.Popen(
            (sys.executable, "-m", "services.local", "up"), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + _UP_WITHIN_SECONDS
    with log_file.open("rb") as log:
        log.seek(begins)
        while time.monotonic() < deadline:
            ended = process.poll() is not None
            record = home.read()
            ready = record is not None and record.ready and record.pid == process.pid
            _relay(console, log.read())
            if ended:
                raise PartError("it did not come up; what it said stands above")
            if ready:
                return
            time.sleep(_ASK_EVERY_SECONDS)
    raise PartError(f"it was not ready within {_UP_WITHIN_SECONDS} s; it goes on trying. Its log: {log_file}")


def _relay(console: Console, said: bytes) -> None:
    # Not printed anew: it has its line ends and its colours.
    console.file.write(said.decode(errors="replace"))
    console.file.flush()


def stop(home: Home, console: Console) -> bool:
    """Has the supervisor stop everything in order, shows how it goes; whether nothing runs any more."""
    record = home.read()
    if not home.running or record is None:
        console.print(f"nothing runs from {home.folder}", highlight=False)
        return True
    os.kill(record.pid, signal.SIGTERM)
    said: set[str] = set()

    def show() -> None:
        now = home.read()
        # What stopped last is not seen: the supervisor takes the record with it.
        for part in (record if now is None else now).parts:
            if part.state != "done" and part.name not in said and not part.alive:
                said.add(part.name)
                console.print(f"  - {part.name} stopped", highlight=False)

    if not home.wait_until_free(_DOWN_WITHIN_SECONDS, show):
        console.print(f"still stopping after {_DOWN_WITHIN_SECONDS} s; make status shows what is left", highlight=False)
        return False
    show()
    console.print("stopped; the games are kept", highlight=False)
    return True
