"""How long a call that fails is tried again, and how it is spaced."""

import time
from collections.abc import Callable

from services.local.playing.failures import CallFailed

PATIENCE_SECONDS = 30.0
_FIRST_SECONDS = 0.2
_LONGEST_SECONDS = 3.0


class Patience:
    """One call's patience: it runs from the first failure on, and anew after each sign of life.

    `waiting` is called once per run, as soon as the wait is one that a player would notice.
    """

    def __init__(self, waiting: Callable[[], None], seconds: float = PATIENCE_SECONDS) -> None:
        self._waiting = waiting
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """Something was heard: the next failure is a first one."""
        self._deadline: float | None = None
        self._pause = _FIRST_SECONDS
        self._said = False

    def wait(self, failed: CallFailed) -> None:
        """Waits until the call should be tried again. Raises `failed` when that would be of no use, or patience is over."""
        if not failed.passing:
            raise failed
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + self._seconds
        pause = max(self._pause, min(failed.retry_after, self._seconds))
        if now + pause > self._deadline:
            raise failed
        if pause > _FIRST_SECONDS and not self._said:
            self._said = True
            self._waiting()
        time.sleep(pause)
        self._pause = min(self._pause * 2, _LONGEST_SECONDS)
