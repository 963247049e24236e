"""Keeping a lease while its holder is at work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from services.chassis import errors
from services.chassis.ending import ended


@asynccontextmanager
async def kept(renew: Callable[[], Awaitable[bool]], *, every_seconds: float) -> AsyncIterator[None]:
    """Renews a lease while the block lasts. A lease that was lost is not fought for: the fence keeps what its holder writes out."""

    async def go_on() -> None:
        alive = True
        while alive:
            with suppress(errors.Unavailable):
                alive = await renew()
            await asyncio.sleep(every_seconds)

    task: asyncio.Task[None] | None = None

    def begin() -> None:
        nonlocal task
        task = asyncio.create_task(go_on())

    # Most blocks end before there is anything to renew.
    first = asyncio.get_running_loop().call_later(every_seconds, begin)
    try:
        yield
    finally:
        first.cancel()
        if task is not None:
            await ended(task)
