"""Gathers the pieces of a text, so that each visit to Redis carries a few of them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

GATHERED_SECONDS = 0.05
"""How long a piece may wait for the next: between 40 and 100 ms a reader sees no difference."""


async def coalesced(pieces: AsyncGenerator[str | T, None]) -> AsyncGenerator[str | T, None]:
    """The same text in fewer pieces: the first at once, then what came within a moment in one; what is no text as it is.

    What `pieces` raises is raised when all before it has been given.
    """
    arrived: list[str | T] = []
    more = asyncio.Event()

    async def pump() -> None:
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    arrived.append(piece)
                    more.set()
        finally:
            more.set()

    task = asyncio.create_task(pump())
    try:
        while True:
            await more.wait()
            more.clear()
            batch, arrived[:] = list(arrived), []
            text = "".join(piece for piece in batch if isinstance(piece, str))
            if text:
                yield text
            for piece in batch:
                if not isinstance(piece, str):
                    yield piece
            if task.done() and not arrived:
                await task
                return
            if not task.done():
                await asyncio.wait((task,), timeout=GATHERED_SECONDS)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
