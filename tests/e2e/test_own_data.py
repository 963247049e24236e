"""What a player can learn and demand of what is kept of them, over HTTP and the whole system."""

from collections.abc import AsyncIterator

import pytest

from tests.e2e.test_play import WITNESSES, as_sent
from tests.support.player import Player, browser, sign_in
from tests.support.system import System

pytestmark = pytest.mark.anyio


@pytest.fixture
async def player(system: System) -> AsyncIterator[Player]:
    async with browser(system.url) as http:
        yield await sign_in(http)


async def play(player: Player, ending: str) -> int:
    """Plays the tutorial to an ending; how many turns it took."""
    await player.begin()
    for command in WITNESSES[ending]:
        last = (await player.turn(as_sent(command)))[-1].data
    assert last["ending"]["endingId"] == ending
    # What is REPLICATED is counted: both are one transaction.
    assert last["durability"] == "REPLICATED"
    return last["turn"]


async def test_games_turns_and_endings_are_counted(player: Player):
    before = await player.get("/v1/scenarios/tutorial/statistics")

    turns = await play(player, "together")
    await player.begin()
    await player.turn({"verb": "WAIT"})

    mine = await player.get("/v1/players/me/statistics")
    after = await player.get("/v1/scenarios/tutorial/statistics")
    assert mine == {
        "games": 2,
        "turns": turns + 1,
        "hints": 0,
        "endings": [{"scenarioId": "tutorial", "endingId": "together", "count": 1}],
    }
    assert after["games"] >= before["games"] + 2
    found = [{one["endingId"]: one["count"] for one in each["endings"]}.get("together", 0) for each in (before, after)]
    assert found[1] >= found[0] + 1
    assert after["medianTurns"] > 0
