"""What is over is gone at once: nothing of a turn waits for the garbage collector, which stops all calls while it looks."""

import gc
import inspect

import pytest

from tests.support.player import Player, browser, sign_in
from tests.support.system import System

pytestmark = pytest.mark.anyio
TURNS = 5
OURS = ("services.", "uvicorn.", "_asyncio.", "uvloop.")


def is_ours(thing: object) -> bool:
    """Whether it was made by a service, or for one: the player's client here leaves things of its own."""
    return (
        type(thing).__module__.startswith(OURS) or isinstance(thing, BaseException) or inspect.isframe(thing) or inspect.iscoroutine(thing)
    )


async def play(player: Player) -> None:
    for _ in range(TURNS):
        assert (await player.turn({"verb": "WAIT"}))[-1].name == "done"
        await player.get(f"/v1/games/{player.game_id}/view")


async def test_a_turn_leaves_nothing_to_the_garbage_collector(system: System):
    async with browser(system.url) as http:
        player = await sign_in(http)
        await player.begin()
        await play(player)
        gc.collect()
        gc.disable()
        try:
            await play(player)
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = [thing for thing in gc.garbage if is_ours(thing)]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()

    assert left == []
