"""Gathers the pieces of a text, so that each visit to Redis carries a few of them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

GATHERED_SECONDS = 0.1
"""How long a piece may wait for the next: between 40 and 100 ms a reader sees no difference."""


async def coalesced(pieces: AsyncGenerator[str | T, None]) -> AsyncGenerator[tuple[str, tuple[T, ...]], None]:
    """The same text in fewer pieces: the first at once, then what came within a moment in one; with each, what came with it and is no text.

    What `pieces` raises is raised when all before it has been given.
    """
    arrived: list[str | T] = []
    wake = asyncio.Event()
    gathering = ended = False

    async def pump() -> None:
        nonlocal ended
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    arrived.append(piece)
                    if not gathering:
                        wake.set()
        finally:
            ended = True
            wake.set()

    task = asyncio.create_task(pump())
    try:
        while True:
            await wake.wait()
            wake.clear()
            if arrived:
                batch, arrived[:] = list(arrived), []
                text = "".join(piece for piece in batch if isinstance(piece, str))
                yield text, tuple(piece for piece in batch if not isinstance(piece, str))
            if ended and not arrived:
                await task
                return
            if not ended:
                gathering = True
                wake.clear()
                moment = asyncio.get_running_loop().call_later(GATHERED_SECONDS, wake.set)
                await wake.wait()
                moment.cancel()
                gathering = False
            if arrived or ended:
                wake.set()
            else:
                wake.clear()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
