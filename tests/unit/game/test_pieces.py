"""Gathering the pieces of a text."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from services.game.pieces import coalesced

pytestmark = pytest.mark.anyio


async def given(*pieces: str | int | Exception | None) -> AsyncGenerator[str | int, None]:
    for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        if piece is None:
            await asyncio.Event().wait()
        else:
            await asyncio.sleep(0)
            yield piece


async def test_the_text_is_the_same_in_fewer_pieces():
    pieces = [piece async for piece in coalesced(given(*"당신은 문을 연다.", 7))]

    assert "".join(text for text, _ in pieces) == "당신은 문을 연다."
    assert [other for _, others in pieces for other in others] == [7]
    assert len(pieces) < 6


async def test_what_came_before_a_failure_is_given_before_it_is_raised():
    got = []
    with pytest.raises(ValueError, match="cut"):
        async for text, _ in coalesced(given("a", "b", ValueError("cut"))):
            got.append(text)

    assert "".join(got) == "ab"


async def test_a_text_that_pauses_is_not_held_back():
    pieces = coalesced(given("a", None))

    async with asyncio.timeout(1):
        assert await anext(pieces) == ("a", ())
    await pieces.aclose()


async def test_who_stops_reading_closes_the_source():
    closed = asyncio.Event()

    async def source() -> AsyncGenerator[str, None]:
        try:
            yield "a"
            await asyncio.Event().wait()
        finally:
            closed.set()

    pieces = coalesced(source())
    await anext(pieces)
    await pieces.aclose()

    assert closed.is_set()


async def test_nothing_is_nothing():
    assert [piece async for piece in coalesced(given())] == []
