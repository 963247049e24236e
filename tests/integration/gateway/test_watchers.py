"""Many who watch, and some who leave at any byte: what they cost, what they leave behind, and what the others read."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psutil
import pytest

from services.gateway.json_writer import JsonWriters
from services.gateway.streams import SseFraming
from services.local.parts import Child, Part
from tests.support.eventually import eventually
from tests.support.gateway import CREDENTIAL, Seen, Upstream, counted
from tests.support.servers import PROJECT, free_port

pytestmark = pytest.mark.anyio
MANY, WARM, LEAVING, WAVES = 200, 50, 20, 3
EVENTS = 40
KIB_EACH = 64


@dataclass(slots=True)
class Gateway:
    """A gateway's process."""

    port: int
    process: psutil.Process

    @property
    def kib(self) -> int:
        return self.process.memory_info().rss // 1024


@dataclass(slots=True)
class Watcher:
    """A client that reads until it has so many bytes, or all."""

    port: int
    enough: int | None = None
    read: bytearray = field(default_factory=bytearray)

    async def watch(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = f"GET /v1/games/counted.{EVENTS}/turns/8:watch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n"
            writer.write(head.encode() + b"connection: close\r\n\r\n")
            while (self.enough is None or len(self.read) < self.enough) and (data := await reader.read(512)):
                self.read += data
        finally:
            writer.transport.abort()

    @property
    def told(self) -> bytes:
        """The body, its chunks joined."""
        body, whole = bytes(self.read.partition(b"\r\n\r\n")[2]), b""
        while body and (size := int(body.partition(b"\r\n")[0], 16)):
            body = body.partition(b"\r\n")[2]
            whole, body = whole + body[:size], body[size + 2 :]
        return whole


@pytest.fixture
async def gateway(upstream: Upstream, tmp_path) -> AsyncIterator[Gateway]:
    port, config = free_port(), upstream.config
    environment = {
        "SERVICE_CREDENTIAL": CREDENTIAL.reveal(),
        "LISTEN_HTTP": f"127.0.0.1:{port}",
        "LISTEN_INTERNAL": f"127.0.0.1:{free_port()}",
        "GAME_ADDRESS": config.game_address,
        "PERSISTENCE_ADDRESS": config.persistence_address,
        "LLM_PROXY_ADDRESS": config.llm_proxy_address,
    }

    async def listening() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    part = Part(
        name="gateway", command=(sys.executable, "-m", "services.gateway"), ready=listening, environment=environment, folder=PROJECT
    )
    child = Child(part, tmp_path / "gateway.log")
    await child.start()
    try:
        await child.until_ready()
        yield Gateway(port, psutil.Process(child.pid))
    finally:
        await child.stop()


async def test_who_leaves_leaves_nothing_and_takes_nothing_from_the_others(gateway: Gateway, seen: Seen):
    chance = random.Random(1)
    framing = SseFraming(counted(0).DESCRIPTOR, JsonWriters())
    expected = b"".join(framing.message(counted(number)) for number in range(EVENTS))

    async def watched(count: int) -> list[tuple[Watcher, asyncio.Task[None]]]:
        watchers = [Watcher(gateway.port) for _ in range(count)]
        tasks = [asyncio.create_task(one.watch()) for one in watchers]

        async def reading() -> bool:
            return all(b"\nid: 8-0\n" in one.read for one in watchers)

        await eventually(reading, within=60)
        return list(zip(watchers, tasks, strict=True))

    async def nobody() -> bool:
        return seen.watching == 0

    descriptors = gateway.process.num_fds()
    staying = await watched(WARM)
    before = gateway.kib
    staying += await watched(MANY)
    cost = (gateway.kib - before) / MANY
    left = []
    for _ in range(WAVES):
        leaving = [Watcher(gateway.port, enough=chance.randrange(1, 4000)) for _ in range(LEAVING)]
        await asyncio.gather(*(one.watch() for one in leaving))
        left += leaving
    await asyncio.gather(*(task for _, task in staying))
    await eventually(nobody, within=60)

    async def closed() -> bool:
        # It was counted as it started: what the gateway keeps open to its services, and to itself, may have come since.
        return gateway.process.num_fds() <= descriptors + LEAVING // 2

    await eventually(closed, within=60)
    assert [watcher.told[: len(expected)] == expected for watcher, _ in staying] == [True] * (WARM + MANY)
    assert all(one.told.startswith(expected[: len(one.told)]) or expected.startswith(one.told) for one in left if len(one.read) > 4000)
    assert cost < KIB_EACH, f"{cost:.0f} KiB a watcher"
