"""The tasks that run turns: no call owns them, so no caller who goes away can stop them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from services.chassis import errors
from services.chassis.ending import ended
from services.chassis.logs import log

_log = log(__name__)


class Workers:
    """Tasks registered with the process. One that fails leaves its lease to run out, and the reaper finds its work again."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        under_way = Gauge("maratang_turns_in_flight", "Turns that this process decides or tells now.", registry=registry)
        under_way.set_function(lambda: len(self._tasks))

    def __len__(self) -> int:
        """How many are at work."""
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Runs `work` in a task of its own."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def drain(self, *, seconds: float) -> None:
        """Waits for those at work, then cancels the rest: the reaper of another process takes over what they leave."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        await ended(*late)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (crash := task.exception()) is None:
            return
        if isinstance(crash, errors.Failure):
            _log.warning("work given up", work=task.get_name(), reason=crash.reason, detail=crash.message)
        else:
            _log.error("work crashed", work=task.get_name(), exc_info=crash)
