"""`make up` as it comes: the small model tells, and its death stops nothing."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from maratang_client.shapes import Command, CommandVerb, TellingToldBy
from services.local import model
from tests.support.embedded import Embedded, running_embedded
from tests.support.eventually import eventually
from tests.support.journey import Journey, done, journey, story
from tests.support.player import browser
from tests.support.servers import missing

pytestmark = [pytest.mark.anyio, pytest.mark.model, pytest.mark.timeout(300)]
FIRST_TOKEN_LIMIT_SECONDS = 15
TURNS = ((CommandVerb.SEARCH, "coat"), (CommandVerb.OPEN, "nightstand"), (CommandVerb.TAKE, "photo"))
GAMES_TO_BE_BELIEVED = 60
"""A text that fails a check twice is the pack's to tell: the small model may need a few turns, and time where it is still being loaded."""


@pytest.fixture
async def embedded(tmp_path) -> AsyncIterator[Embedded]:
    if (lack := model.lack()) is not None:
        missing(lack.what, lack.command)
    async with running_embedded(tmp_path / "home", VLLM_BASE_URL="") as system:
        yield system


async def told_by(player: Journey, command: Command) -> TellingToldBy:
    events = await player.take(command)
    telling = done(events).telling
    assert telling is not None
    assert story(events) == telling.text != ""
    return telling.told_by


async def believed(player: Journey) -> bool:
    """Whether the model tells one of some games' first turns."""
    for _ in range(GAMES_TO_BE_BELIEVED):
        await player.begin()
        for verb, thing in TURNS:
            if await told_by(player, Command(verb=verb, object=thing)) == TellingToldBy.BASE:
                return True
        await asyncio.sleep(1)
    return False


async def test_the_small_model_tells_and_may_die(embedded: Embedded):
    async with journey(embedded.url) as player, browser(embedded.url) as http:
        assert await believed(player)

        embedded.kill("llama")
        began = time.monotonic()
        assert await told_by(player, Command(verb=CommandVerb.MOVE, object="living_room")) == TellingToldBy.TEMPLATE
        assert time.monotonic() - began < FIRST_TOKEN_LIMIT_SECONDS

        async def degraded() -> bool:
            return (await http.get("/readyz")).json()["degraded"] != []

        async def back() -> bool:
            return not await degraded()

        await eventually(degraded)
        await eventually(back, within=120)
        assert await believed(player)
