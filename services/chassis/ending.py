"""Ending tasks for certain."""

import asyncio
from typing import Any

_AGAIN_SECONDS = 0.1


async def ended(*tasks: asyncio.Task[Any]) -> None:  # Any: whatever they return
    """Cancels tasks and returns when they have ended, however they did.

    A cancellation may be lost on the way (redis-py swallows one that meets it while it connects): who lives on is cancelled again.
    """
    alive = set(tasks)
    while alive:
        for task in alive:
            task.cancel()
        done, alive = await asyncio.wait(alive, timeout=_AGAIN_SECONDS)
        for task in done:
            if not task.cancelled():
                task.exception()  # it is not news any more
