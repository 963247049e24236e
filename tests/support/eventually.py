"""Waiting for a condition instead of for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(ask: Callable[[], Awaitable[T]], *, within: float = 10.0) -> T:
    """The first true answer; TimeoutError if there is none in time."""
    async with asyncio.timeout(within):
        while not (answer := await ask()):  # noqa: ASYNC110  what is asked about has no event to wait for
            await asyncio.sleep(0.01)
    return answer
