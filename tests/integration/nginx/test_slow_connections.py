"""Those who take their time, and those who wait behind them. A module of its own: it waits ten seconds for nothing to happen."""

import asyncio
import contextlib

import httpx
import pytest

from tests.integration.nginx.conftest import NAME, Names, Origin, running_nginx
from tests.support.nginx_programs import nginx_programs

pytestmark = pytest.mark.anyio


async def test_five_hundred_who_take_their_time_keep_nobody_waiting(origin: Origin, resolver: tuple[Names, int]):
    """Their heads never end. They are in nobody's way, and after ten seconds they are gone."""
    async with (
        running_nginx(next(iter(nginx_programs().values())), f"{NAME}:{origin.port}", resolver[1]) as nginx,
        httpx.AsyncClient(base_url=nginx.url, timeout=30, trust_env=False) as http,
    ):
        slow = [await asyncio.open_connection("127.0.0.1", nginx.port, local_addr=(f"127.8.0.{one % 50 + 1}", 0)) for one in range(500)]
        for _, writer in slow:
            writer.write(b"GET /v1/scenarios HTTP/1.1\r\nHost: h\r\nX-Slow: ")
        for _ in range(5):
            async with asyncio.timeout(5):
                assert (await http.get("/v1/scenarios")).status_code == 200
        async with asyncio.timeout(60):
            for reader, writer in slow:
                with contextlib.suppress(ConnectionError):
                    await reader.read()
                writer.close()
