"""How long a call that fails is tried again, and how the tries are spaced."""

import time
from collections.abc import Callable

from maratang_client.failures import MaratangError

PATIENCE_SECONDS = 30.0
_FIRST_SECONDS = 0.2
_LONGEST_SECONDS = 3.0


class Patience:
    """One call's patience: it runs from the first failure on, and anew after each sign of life.

    `waiting` is called once per run, as soon as the wait is one that a person would notice.
    """

    def __init__(self, waiting: Callable[[], None] | None, seconds: float = PATIENCE_SECONDS) -> None:
        self._waiting = waiting
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """Something was heard: the next failure is a first one."""
        self._deadline: float | None = None
        self._pause = _FIRST_SECONDS
        self._said = False

    def pause(self, failed: MaratangError) -> float:
        """For how many seconds to wait before the call is tried again.

        Raises `failed` when that would be of no use, or patience would be over by then.
        """
        if not failed.passing:
            raise failed
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + self._seconds
        pause = max(self._pause, failed.retry_after)
        if now + pause > self._deadline:
            raise failed
        if pause > _FIRST_SECONDS and not self._said:
            self._said = True
            if self._waiting is not None:
                self._waiting()
        self._pause = min(self._pause * 2, _LONGEST_SECONDS)
        return pause
