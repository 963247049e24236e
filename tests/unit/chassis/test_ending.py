"""Ending tasks for certain."""

import asyncio
import contextlib

import pytest

from services.chassis.ending import ended

pytestmark = pytest.mark.anyio


async def sleep_on(cancellations_lost: int) -> None:
    for _ in range(cancellations_lost):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
    await asyncio.sleep(60)


async def crash() -> None:
    raise ValueError("long ago")


async def test_tasks_end_even_if_they_lose_a_cancellation():
    tasks = [asyncio.create_task(sleep_on(lost)) for lost in (0, 1, 3)]
    await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await ended(*tasks)

    assert all(task.cancelled() for task in tasks)


async def test_what_has_ended_already_is_fine_however_it_did():
    tasks = [asyncio.create_task(crash()), asyncio.create_task(asyncio.sleep(0))]
    await asyncio.wait(tasks)

    await ended(*tasks)
    await ended()
