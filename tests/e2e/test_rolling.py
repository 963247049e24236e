"""Gateways that are started anew, one after the other, while players play."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psutil
import pytest

from maratang_client import AsyncClient
from maratang_client.shapes import Command, CommandVerb, TurnEvent
from tests.support.eventually import eventually
from tests.support.journey import Journey, done, story
from tests.support.servers import PROJECT, free_port
from tests.support.stub_vllm import Pace, tells
from tests.support.system import System

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
PLAYERS = 6
ASKING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateways:
    """The gateway as an operator starts it: a process that keeps two others."""

    url: str
    pid: int

    @property
    def pids(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.pid).children()}


@asynccontextmanager
async def gateways(system: System, count: int) -> AsyncIterator[Gateways]:
    services, port = system.services, free_port()
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251  for a child
        "LISTEN_HTTP": f"127.0.0.1:{port}",
        "LISTEN_INTERNAL": f"127.0.0.1:{free_port()}",
        "GATEWAY_PROCESSES": str(count),
        "SERVICE_CREDENTIAL": services.credential.reveal(),
        "GAME_ADDRESS": f"127.0.0.1:{services.game.public}",
        "PERSISTENCE_ADDRESS": f"127.0.0.1:{services.persistence.public}",
        "LLM_PROXY_ADDRESS": f"127.0.0.1:{services.llm_proxy.internal}",
    }
    command = (sys.executable, "-m", "services.gateway")
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, env=environment, stdout=asyncio.subprocess.DEVNULL)
    started = Gateways(url=f"http://127.0.0.1:{port}", pid=process.pid)
    try:
        async with httpx.AsyncClient(trust_env=False) as http:

            async def ready() -> bool:
                assert process.returncode is None
                if len(started.pids) < count:
                    return False
                try:
                    return (await http.get(f"{started.url}/readyz")).status_code == 200
                except httpx.HTTPError:
                    return False

            await eventually(ready, within=60)
        yield started
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            await process.wait()


@dataclass(slots=True)
class Seen:
    """What those who play and ask were told."""

    turns: list[list[TurnEvent]] = field(default_factory=list)
    answers: int = 0


async def plays(url: str, token: str, seen: Seen, over: asyncio.Event) -> None:
    """Plays turn after turn; a failure that the client did not get over is raised."""
    async with AsyncClient(url, token=token) as client:
        player = Journey(client)
        while not over.is_set():
            if not player.game_id or (await client.get_game(player.game_id)).status != "ACTIVE":
                await player.begin()
            seen.turns.append(await player.take(Command(verb=CommandVerb.WAIT)))


async def asks(url: str, token: str, seen: Seen, over: asyncio.Event) -> None:
    """Asks on one connection as long as it lasts."""
    async with AsyncClient(url, token=token) as client:
        while not over.is_set():
            await client.list_scenarios()
            await client.list_games()
            seen.answers += 2


@pytest.fixture(scope="module")
async def two(system: System) -> AsyncIterator[Gateways]:
    async with gateways(system, 2) as two:
        yield two


async def test_two_gateways_are_started_anew_under_load_and_nobody_notices(system: System, two: Gateways):
    system.base.behaviour = tells(Pace(chunks=tuple(f"낱말{number} " for number in range(25)), every_seconds=0.02))
    async with AsyncExitStack() as stack:
        guests = [await stack.enter_async_context(AsyncClient(system.url)) for _ in range(PLAYERS + ASKING)]
        tokens = [(await guest.create_guest()).access_token for guest in guests]
        seen, over, before = Seen(), asyncio.Event(), two.pids

        async with asyncio.TaskGroup() as group:
            for number, token in enumerate(tokens):
                group.create_task((plays if number < PLAYERS else asks)(two.url, token, seen, over))

            async def under_way() -> bool:
                return len(seen.turns) >= PLAYERS

            await eventually(under_way, within=60)
            os.kill(two.pid, signal.SIGHUP)

            async def anew() -> bool:
                return len(two.pids) == 2 and not two.pids & before

            await eventually(anew, within=120)
            took = len(seen.turns)

            async def by_the_new_ones() -> bool:
                return len(seen.turns) >= took + PLAYERS

            await eventually(by_the_new_ones, within=60)
            over.set()

    assert seen.answers > 0
    for events in seen.turns:
        turn = done(events)
        assert [event.id for event in events] == [f"{turn.turn}-{k}" for k in range(1, len(events) + 1)]
        assert turn.telling is not None
        assert story(events) == turn.telling.text != ""


async def test_a_gateway_that_is_killed_is_started_anew(two: Gateways):
    before = two.pids
    os.kill(min(before), signal.SIGKILL)

    async def back() -> bool:
        return len(two.pids) == 2 and two.pids != before

    await eventually(back, within=60)
    async with AsyncClient(two.url) as client:
        assert [one.scenario_id async for one in client.all_scenarios()]


async def test_none_outlives_the_first(two: Gateways):
    children = [psutil.Process(pid) for pid in two.pids]
    os.kill(two.pid, signal.SIGKILL)

    async def gone() -> bool:
        return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)

    await eventually(gone, within=60)
