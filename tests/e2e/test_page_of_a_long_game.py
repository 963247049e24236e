"""The player's page after five hundred turns of one game."""

from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from playwright.async_api import Browser, CDPSession
from rich.console import Console

from services.chassis.config import Secret
from services.game.authoring import skeleton
from services.init_db.config import InitDbConfig
from services.init_db.preparing import prepare
from tests.support.playing_page import playing, ready, said
from tests.support.servers import fresh_database, running_valkey
from tests.support.stub_vllm import stub_vllm
from tests.support.system import System, running_system

pytestmark = pytest.mark.anyio
TURNS = 500
NODES_MOST = 6000
HEAP_BYTES_MOST = 24 * 2**20
PRESS_SECONDS = 0.1


@pytest.fixture
async def system(postgres_server_url: str, tmp_path: Path) -> AsyncIterator[System]:
    """A system with a scenario that lasts three thousand slots."""
    quiet = Console(quiet=True)
    assert skeleton.write(tmp_path / "scenarios" / "endless", title="Endless", console=quiet, errors=quiet) == 0
    pack = tmp_path / "scenarios" / "endless" / "pack.yaml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace("days: 1", "days: 30").replace("slots_per_day: 20", "slots_per_day: 100"), encoding="utf-8")
    async with (
        fresh_database(postgres_server_url) as database_url,
        running_valkey(tmp_path) as valkey,
        stub_vllm() as base,
        running_system(database_url, valkey.url, base, base) as system,
    ):
        await prepare(InitDbConfig(database_url=Secret(database_url), scenarios=tmp_path / "scenarios"), say=lambda _: None)
        yield system


async def measured(devtools: CDPSession) -> dict[str, float]:
    await devtools.send("HeapProfiler.collectGarbage")
    answer = await devtools.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in answer["metrics"]}


async def test_five_hundred_turns_leave_the_page_quick_and_its_memory_bounded(chromium: Browser, system: System):
    async with playing(chromium, system.url, scenario="endless") as (opened, player):
        for _ in range(TURNS - 1):
            await player.turn({"verb": "WAIT"})
        await opened.reload()
        await ready(opened)
        await said(opened, "기다린다", TURNS)

        pressed = []
        for key in "문을 열어 본다":
            began = perf_counter()
            await opened.keyboard.insert_text(key)
            await opened.evaluate("new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))")
            pressed.append(perf_counter() - began)
        assert median(pressed) < PRESS_SECONDS, pressed

        devtools = await opened.context.new_cdp_session(opened)
        await devtools.send("Performance.enable")
        now = await measured(devtools)
        assert now["Nodes"] < NODES_MOST, now
        assert now["JSHeapUsedSize"] < HEAP_BYTES_MOST, now

        assert await opened.locator(".turn").count() <= 80, "what is long past is not on the page"
        await opened.locator(".earlier").click()
        assert await opened.locator(".turn").count() > 80, "until it is asked for"
