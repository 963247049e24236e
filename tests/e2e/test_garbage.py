"""What is over is gone at once: nothing of a turn waits for the garbage collector, which stops all calls while it looks."""

import asyncio
import gc
import inspect
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.fault_server import Exchange
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


@contextmanager
def nothing_left() -> Iterator[None]:
    """Holds that what the block leaves, none of it ours, needs no garbage collector."""
    gc.collect()
    gc.disable()
    try:
        yield
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = [thing for thing in gc.garbage if is_ours(thing)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert left == []


async def test_a_turn_leaves_nothing_to_the_garbage_collector(system: System):
    async with browser(system.url) as http:
        player = await sign_in(http)
        await player.begin()
        await play(player)
        with nothing_left():
            await play(player)


async def test_who_leaves_a_stream_leaves_nothing_to_the_garbage_collector(system: System):
    telling, released = system.base.behaviour, asyncio.Event()

    async def holds(exchange: Exchange) -> None:
        await released.wait()
        await telling(exchange)

    async def leave() -> None:
        reader, writer = await asyncio.open_connection(*system.url.removeprefix("http://").split(":"))
        asked = (
            f"GET /v1/games/{player.game_id}/turns/1:watch HTTP/1.1\r\nhost: x\r\nauthorization: {player.headers['authorization']}\r\n\r\n"
        )
        writer.write(asked.encode())
        async with asyncio.timeout(20):
            await reader.readuntil(b"event: resolved")
        writer.transport.abort()
        await asyncio.sleep(0.2)  # until the services know

    async with browser(system.url) as http:
        player = await sign_in(http)
        await player.begin()
        system.base.behaviour = holds
        turn = asyncio.create_task(player.turn({"verb": "WAIT"}))
        await system.base.until(open_=1)
        await leave()
        with nothing_left():
            for _ in range(3):
                await leave()
        released.set()
        assert (await turn)[-1].name == "done"
