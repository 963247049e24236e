"""Keeping a lease."""

import asyncio
import contextlib

import pytest

from services.chassis import errors
from services.game.leases import kept

pytestmark = pytest.mark.anyio


async def test_it_is_renewed_until_the_block_ends_and_no_longer():
    renewed = asyncio.Semaphore(0)

    async def renew() -> bool:
        renewed.release()
        return True

    async with asyncio.timeout(5):
        async with kept(renew, every_seconds=0.001):
            await renewed.acquire()
            await renewed.acquire()


async def test_a_store_that_is_away_is_asked_again():
    asked = asyncio.Semaphore(0)

    async def renew() -> bool:
        asked.release()
        raise errors.Unavailable("STORE_UNAVAILABLE", "away")

    async with asyncio.timeout(5), kept(renew, every_seconds=0.001):
        await asked.acquire()
        await asked.acquire()


async def test_the_block_ends_even_if_a_renewal_swallows_its_cancellation():
    begun = asyncio.Event()

    async def renew() -> bool:
        if not begun.is_set():
            begun.set()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        return True

    async with asyncio.timeout(5), kept(renew, every_seconds=0.001):
        await begun.wait()


async def test_a_lease_that_was_lost_is_not_fought_for():
    asked = 0

    async def renew() -> bool:
        nonlocal asked
        asked += 1
        return False

    async with kept(renew, every_seconds=0.001):
        await asyncio.sleep(0.02)
    assert asked == 1
