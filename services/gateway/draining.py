"""What is under way, so that it can finish, and be ended when it does not."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Protocol

from services.chassis import errors

RETRY_AFTER = timedelta(seconds=1)


class Cancellable(Protocol):
    """A gRPC call."""

    def cancel(self) -> Any:  # Any: whether it was still under way; nobody asks
        """Ends the call."""


class Running:
    """A call that an exchange waits for. Whoever stops it says why."""

    def __init__(self, call: Cancellable) -> None:
        self._call = call
        self.stopped: errors.Failure | None = None

    def stop(self, why: errors.Failure) -> None:
        """Cancels the call; its waiter raises `why`. The first reason stands."""
        if self.stopped is None:
            self.stopped = why
            self._call.cancel()


class Draining:
    """Counts the exchanges, and ends them on the way out."""

    def __init__(self) -> None:
        self.draining = False
        """From SIGTERM on."""
        self.closed = False
        """From the end of the grace on: nothing new is taken."""
        self._exchanges = 0
        self._running: set[Running] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    @contextlib.contextmanager
    def exchange(self) -> Iterator[None]:
        """Counts an exchange while the block lasts. Raises Unavailable(SHUTTING_DOWN) when none is taken any more."""
        if self.closed:
            raise shutting_down()
        self._exchanges += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._exchanges -= 1
            if not self._exchanges:
                self._idle.set()

    @contextlib.contextmanager
    def running(self, running: Running) -> Iterator[None]:
        """Knows a call while the block lasts; cancels it if the block is left before the call has ended."""
        self._running.add(running)
        try:
            if self.closed:
                running.stop(shutting_down())
            yield
        finally:
            self._running.discard(running)
            running.stopped = None  # a failure holds the frames that hold it: as a ring it would wait for the collector

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._idle.is_set()

    async def drain(self, grace_seconds: float) -> None:
        """From now on connections are closed with their answers; waits for what is under way, at most so long."""
        self.draining = True
        await self._wait(grace_seconds)

    async def close(self, last_seconds: float) -> None:
        """Ends what is under way, and gives that so long to be said."""
        self.closed = True
        for running in tuple(self._running):
            running.stop(shutting_down())
        await self._wait(last_seconds)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()


def shutting_down() -> errors.Unavailable:
    """The failure of what came, or was not done, when this process had to go."""
    return errors.Unavailable("SHUTTING_DOWN", "this process is shutting down: try again, another one takes it", retry_after=RETRY_AFTER)
