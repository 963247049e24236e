"""What a service opens: closed in reverse order, with its background work and its probes."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar

from services.chassis.ending import ended
from services.chassis.health import Check, Health
from services.chassis.logs import log
from services.chassis.metrics import Metrics
from services.chassis.tracing import UNTRACED, Tracing

T = TypeVar("T")
_log = log(__name__)


class Resources:
    """The exit stack of one service's life. `wiring` opens things on it; the last opened closes first."""

    def __init__(self, stack: AsyncExitStack, health: Health, metrics: Metrics, tracing: Tracing = UNTRACED) -> None:
        self._stack = stack
        self.health = health
        self.metrics = metrics
        self.tracing = tracing

    async def open(self, resource: AbstractAsyncContextManager[T]) -> T:
        """Enters a context manager until the service ends."""
        return await self._stack.enter_async_context(resource)

    def probe(self, name: str, check: Check, *, required: bool = True) -> None:
        """Declares how to ask whether a dependency is there, beside where it is opened."""
        self.health.add(name, check, required=required)

    def on_close(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Has `close` awaited when the service ends, in its turn."""
        self._stack.push_async_callback(close)

    def background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Runs a loop until the service ends. One that crashes ends the process: the supervisor starts it anew."""
        task = asyncio.create_task(work, name=name)

        async def stop() -> None:
            await ended(task)

        task.add_done_callback(_end_process_if_crashed)
        self._stack.push_async_callback(stop)


def _end_process_if_crashed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (crash := task.exception()) is not None:
        _log.critical("background work crashed", work=task.get_name(), exc_info=crash)
        raise SystemExit(1)
