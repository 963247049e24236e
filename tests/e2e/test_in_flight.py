"""Turns in flight at a reader's pace: every token arrives, in order, as it is told."""

import asyncio

import pytest

from tests.bench.timed_model import syllable, text_of
from tests.support.player import browser, sign_in, told
from tests.support.stub_vllm import Pace, tells
from tests.support.system import System

pytestmark = pytest.mark.anyio
TURNS, TOKENS, A_SECOND = 20, 60, 30


async def test_no_token_is_lost_while_many_turns_are_told(system: System):
    at_a_pace = tells(Pace(chunks=tuple(map(syllable, range(TOKENS))), every_seconds=1 / A_SECOND))
    system.base.behaviour = system.lora.behaviour = at_a_pace  # where one is full, the other tells
    async with browser(system.url) as http:
        players = [await sign_in(http) for _ in range(TURNS)]
        for player in players:
            await player.begin()
        turns = await asyncio.gather(*(player.turn({"verb": "WAIT"}) for player in players))

    for events in turns:
        telling = events[-1].data["telling"]
        assert (telling["toldBy"], telling["text"], told(events)) == ("BASE", text_of(TOKENS), text_of(TOKENS))
        assert "reset" not in [event.name for event in events]
        pieces = [event for event in events if event.name == "delta"]
        assert len(pieces) > TOKENS * 0.1, "it was not told piece by piece"
