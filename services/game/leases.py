"""Keeping a lease while its holder is at work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.chassis import errors
from services.chassis.ending import ended


@asynccontextmanager
async def kept(renew: Callable[[], Awaitable[bool]], *, every_seconds: float) -> AsyncIterator[None]:
    """Renews a lease while the block lasts. A lease that was lost is not fought for: the fence keeps what its holder writes out."""

    async def go_on() -> None:
        alive = True
        while alive:
            await asyncio.sleep(every_seconds)
            try:
                alive = await renew()
            except errors.Unavailable:
                continue

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        await ended(task)
