"""kill -9 of each part during play: it goes on by itself, and no turn is lost or doubled."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from services.local import postgres
from services.local.credentials import credentials
from services.local.embedded import POSTGRES
from tests.support.embedded import Embedded, running_embedded
from tests.support.eventually import eventually
from tests.support.player import Event, Player, browser, sign_in, told
from tests.support.servers import PROJECT
from tests.support.stub_vllm import Pace, stub_vllm

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
PARTS = ["gateway", "game", "llm_proxy", "persistence", "valkey", "postgres"]
BACK_WITHIN_SECONDS = 20
WAITING = frozenset({"GAME_BUSY", "SERVICE_UNAVAILABLE", "STORE_UNAVAILABLE", "DATABASE_UNAVAILABLE", "SHUTTING_DOWN", "DEADLINE_EXCEEDED"})


@pytest.fixture(scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    pace = Pace(first_seconds=0.05, every_seconds=0.03)
    async with stub_vllm(pace) as model, running_embedded(tmp_path_factory.mktemp("home"), VLLM_BASE_URL=model.url) as system:
        yield system


async def test_the_doctor_finds_nothing_wrong_with_what_make_up_runs(embedded: Embedded):
    environment = {**os.environ, "MARATANG_HOME": str(embedded.home.folder), "MARATANG_PORT": str(embedded.port)}  # noqa: TID251  inherited
    command = (sys.executable, "-m", "services.local", "doctor")
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, env=environment, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    for looked_at in ("ports", "redis", "postgres", "migrations", "clocks"):
        assert f"well   {looked_at}" in said.decode(), said.decode()


class Witness:
    """Plays with retries, and keeps every turn that was acknowledged."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.acknowledged: dict[str, tuple[int, str]] = {}
        self._shown: dict[str, list[Event]] = {}

    async def turn(self, key: str) -> None:
        """One turn, asked for with one key until it is done."""
        expected = self.player.game["turn"]
        while True:
            try:
                events = [event async for event in self.player.stream({"verb": "WAIT"}, expected, **{"idempotency-key": key})]
            except httpx.HTTPError:
                events = []
            if events and events[-1].name == "done":
                break
            if events and events[-1].name == "error":
                problem = events[-1].data
                assert problem["reason"] in WAITING, problem
            await asyncio.sleep(0.1)
        done = events[-1].data
        assert done["turn"] == expected + 1
        assert told(events) == done["telling"]["text"]
        self.player.game["turn"] = done["turn"]
        self.acknowledged[key] = (done["turn"], done["telling"]["text"])


@pytest.mark.parametrize("name", PARTS)
async def test_play_goes_on_after_the_death_of(name: str, kill: int, embedded: Embedded):
    async with browser(embedded.url) as http:
        player = await eventually(lambda: signed_in(http), within=BACK_WITHIN_SECONDS)
        await player.begin()
        witness = Witness(player)
        for number in range(3):
            await witness.turn(f"before {number}")
        during = asyncio.create_task(witness.turn("during"))
        await asyncio.sleep(0.06)
        pid = embedded.kill(name)
        died = time.monotonic()
        await during
        for number in range(3):
            await witness.turn(f"after {number}")
        assert time.monotonic() - died < BACK_WITHIN_SECONDS

        async def restarted() -> bool:
            part = embedded.part(name)
            return part.alive and part.pid != pid

        await eventually(restarted, within=BACK_WITHIN_SECONDS)
        rows = await eventually(lambda: rows_of(embedded, player.game_id, 8), within=BACK_WITHIN_SECONDS)

    assert [number for number, _, _ in rows] == list(range(8)), "contiguous, none lost, none doubled"
    assert {key: (number, text) for number, key, text in rows if key} == witness.acknowledged


async def signed_in(http: httpx.AsyncClient) -> Player | None:
    try:
        ready = await http.get("/readyz")
        return await sign_in(http) if ready.status_code == 200 and "persistence" not in ready.text else None
    except (httpx.HTTPError, AssertionError):
        return None


async def rows_of(embedded: Embedded, game_id: str, count: int) -> list[tuple[int, str, str]] | None:
    """The game's log in PostgreSQL, once it is whole and told; None: not yet."""
    url = postgres.url(embedded.port + POSTGRES, credentials(embedded.home.credentials_file).postgres)
    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=2)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return None
    try:
        rows = await connection.fetch(
            "SELECT number, request_id, telling->>'text' AS text FROM turns WHERE game_id = $1 AND telling IS NOT NULL ORDER BY number",
            game_id,
        )
    finally:
        await connection.close()
    return [(row["number"], row["request_id"], row["text"]) for row in rows] if len(rows) >= count else None
