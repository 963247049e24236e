"""A thousand who watch and say nothing, and leave: what each costs a gateway, and what is left of them."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psutil
import pytest

from tests.support.eventually import eventually
from tests.support.gateway import Upstream
from tests.support.servers import PROJECT, free_port

pytestmark = pytest.mark.anyio
WATCHERS = 1000
BYTES_EACH = 64 * 1024
HEAD = b"POST /v1/games/g/turns:stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n"
WATCH = HEAD + b'content-length: 16\r\n\r\n{"text": "wait"}'


@asynccontextmanager
async def gateway_process(upstream: Upstream) -> AsyncIterator[tuple[int, psutil.Process]]:
    """A gateway in a process of its own; its HTTP port, and the process."""
    config, port = upstream.config, free_port()
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251  for a child
        "LISTEN_HTTP": f"127.0.0.1:{port}",
        "LISTEN_INTERNAL": "127.0.0.1:0",
        "SERVICE_CREDENTIAL": config.service_credential.reveal(),
        "GAME_ADDRESS": config.game_address,
        "PERSISTENCE_ADDRESS": config.persistence_address,
        "LLM_PROXY_ADDRESS": config.llm_proxy_address,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.gateway", cwd=PROJECT, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient(trust_env=False) as http:

            async def ready() -> bool:
                try:
                    return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
                except httpx.HTTPError:
                    return False

            await eventually(ready, within=60)
        yield port, psutil.Process(process.pid)
    finally:
        process.kill()
        await process.wait()


async def test_a_thousand_idle_watchers_cost_little_and_leave_nothing(upstream: Upstream):
    seen, ended, dice = upstream.seen, upstream.seen.streams_ended, random.Random(1)
    async with gateway_process(upstream) as (port, process):

        async def watch() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(WATCH)
            await reader.readuntil(b'data: {"turn":8}\n\n')
            return reader, writer

        before, files = process.memory_info().rss, process.num_fds()
        watchers = [one for _ in range(10) for one in await asyncio.gather(*(watch() for _ in range(WATCHERS // 10)))]
        each = (process.memory_info().rss - before) / WATCHERS
        hasty = []
        for _ in range(50):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(WATCH[: dice.randrange(1, len(WATCH) + 1)])  # they leave before their stream has begun
            hasty.append(writer)
        for writer in (*hasty, *(writer for _, writer in watchers)):
            writer.transport.abort()

        async def let_go() -> bool:
            return seen.streams_ended >= ended + WATCHERS and process.num_fds() < files + 20

        await eventually(let_go, within=60)

    assert each < BYTES_EACH
