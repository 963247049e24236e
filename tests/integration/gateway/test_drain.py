"""How a gateway goes: readiness first, then what is under way, then a word to those who stay."""

import asyncio
import dataclasses
import json

import httpx
import pytest

from services.chassis.app import Address, serving
from services.gateway.wiring import bind
from tests.support.eventually import eventually
from tests.support.gateway import SIGNED_IN, Upstream, events, gateway

pytestmark = pytest.mark.anyio
STREAM = "/v1/games/g/turns:stream"


class Life:
    """A gateway that a test ends when it likes."""

    def __init__(self, upstream: Upstream, grace: float) -> None:
        self._end = asyncio.Event()
        self._port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(upstream, grace))

    async def _live(self, upstream: Upstream, grace: float) -> None:
        wiring = bind(upstream.config, grace=grace, listening=self._port.set_result)
        async with serving(wiring, Address(internal="127.0.0.1:0"), grace=0.1):
            await self._end.wait()

    async def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{await self._port}", headers=SIGNED_IN, timeout=10)

    def stop(self) -> None:
        self._end.set()

    async def ended(self) -> None:
        await self._task


async def test_what_is_under_way_gets_to_finish(upstream, seen):
    seen.release.clear()
    life = Life(upstream, grace=10)
    async with await life.client() as client, asyncio.timeout(10):
        stream = asyncio.create_task(client.post(STREAM, json={"text": "late"}))
        unary = asyncio.create_task(client.get("/v1/games/release"))
        assert {await seen.begun.get(), await seen.begun.get()} == {"StreamTurn", "GetGame"}
        life.stop()

        async def unready() -> httpx.Response | None:
            said = await client.get("/readyz")
            return said if said.json().get("reason") == "SHUTTING_DOWN" else None

        said = await eventually(unready)
        assert (said.status_code, said.json()["reason"], said.headers["retry-after"], said.headers["connection"]) == (
            503,
            "SHUTTING_DOWN",
            "1",
            "close",
        )
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/v1/games/g")).status_code == 200

        seen.release.set()
        assert [name for _, name, _ in events((await stream).text)] == ["accepted", "delta", "done"]
        assert (await unary).status_code == 200
        await life.ended()


async def test_what_does_not_finish_is_told_to_come_again(upstream, seen):
    life = Life(upstream, grace=0.2)
    async with await life.client() as client, asyncio.timeout(10):
        stream = asyncio.create_task(client.post(STREAM, json={"text": "wait"}))
        lines = asyncio.create_task(client.post(STREAM, json={"text": "wait"}, headers={"accept": "application/x-ndjson"}))
        unary = asyncio.create_task(client.get("/v1/games/slow"))
        for _ in range(3):
            await seen.begun.get()
        life.stop()

        text = (await stream).text
        assert [name for _, name, _ in events(text)] == ["accepted", "error"]
        assert events(text)[1][2]["reason"] == "SHUTTING_DOWN"
        assert events(text)[1][2]["retryAfter"] == 1
        assert "retry: 1000\n" in text
        assert json.loads((await lines).text.splitlines()[-1])["error"]["reason"] == "SHUTTING_DOWN"
        answer = await unary
        assert (answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) == (503, "SHUTTING_DOWN", "1")
        for _ in range(3):
            await seen.cancelled.get()
        await life.ended()


async def test_nothing_under_way_is_nothing_to_wait_for(upstream):
    async with asyncio.timeout(5), gateway(upstream, grace=60) as edge:
        assert (await edge.client.get("/v1/games/g")).status_code == 200


async def test_a_port_that_is_taken_is_an_error_not_an_exit(upstream, edge):
    taken = dataclasses.replace(upstream.config, listen_http=f"127.0.0.1:{edge.port}")

    with pytest.raises(OSError, match="in use"):
        async with serving(bind(taken), Address(internal="127.0.0.1:0")):
            pass
