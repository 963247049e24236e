"""Text is handed on at once to a reader who waits, and joined for one who is behind."""

import asyncio

import pytest

from services.llm_proxy.handoff import Handoff

pytestmark = pytest.mark.anyio


async def test_a_reader_who_is_behind_gets_all_of_it_at_once():
    handoff = Handoff()
    for text in ("문이 ", "열린", "다"):
        handoff.put(text)
    handoff.end()

    assert [await handoff.take(), await handoff.take(), await handoff.take()] == ["문이 열린다", None, None]


async def test_a_reader_who_waits_gets_each_piece():
    handoff, got = Handoff(), []

    async def read() -> None:
        while (text := await handoff.take()) is not None:
            got.append(text)

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        for text in ("a", "b", "c"):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            handoff.put(text)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        handoff.end()

    assert got == ["a", "b", "c"]


async def test_a_reader_who_left_does_not_stop_the_writer():
    handoff = Handoff()
    reader = asyncio.create_task(handoff.take())
    await asyncio.sleep(0)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    handoff.put("late")

    assert await handoff.take() == "late"
