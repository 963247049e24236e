"""What a connection may cost: its head's time, its reader's pace, its number."""

import asyncio
import gc
import json
import socket
from contextlib import AsyncExitStack, closing

import psutil
import pytest

from services.gateway.connections import Patience
from tests.support.eventually import eventually
from tests.support.gateway import Edge, Upstream, gateway

pytestmark = pytest.mark.anyio
GET = b"GET /v1/games/g HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n"
TURN = (
    b"POST /v1/games/g/turns:stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n"
    b'content-length: 17\r\n\r\n{"text": "flood"}'
)


async def connected(edge: Edge) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", edge.port)


def problem(said: bytes) -> tuple[bytes, str]:
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    return head.split(b"\r\n")[0], json.loads(body)["reason"]


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"GET /v1/ga", GET], ids=["nothing", "an empty line", "half a line", "half a head"])
async def test_a_head_that_does_not_arrive_is_not_waited_for(upstream: Upstream, begun: bytes):
    async with gateway(upstream, patience=Patience(head=0.2)) as edge:
        reader, writer = await connected(edge)
        writer.write(begun)
        async with asyncio.timeout(5):
            said = await reader.read()
        writer.close()

    assert problem(said) == (b"HTTP/1.1 504 Gateway Timeout", "DEADLINE_EXCEEDED")


async def test_the_next_head_is_waited_for_no_longer_than_the_first(upstream: Upstream):
    async with gateway(upstream, patience=Patience(head=0.2)) as edge:
        reader, writer = await connected(edge)
        async with asyncio.timeout(4):  # sooner than a connection is closed that waits for nothing
            writer.write(GET + b"\r\n")
            await reader.readuntil(b"}")
            writer.write(GET)
            said = await reader.read()
        writer.close()

    assert problem(said[said.index(b"HTTP/1.1 504") :])[1] == "DEADLINE_EXCEEDED"


async def test_who_dribbles_a_head_byte_by_byte_gets_no_more_time(upstream: Upstream):
    async with gateway(upstream, patience=Patience(head=0.3)) as edge:
        reader, writer = await connected(edge)

        async def dribble() -> None:
            for byte in GET * 100:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.01)

        dribbling = asyncio.create_task(dribble())
        async with asyncio.timeout(5):
            said = await reader.readuntil(b"\r\n\r\n")
            # What is sent to a socket that was closed resets it: its end can't be waited for.
            said += await reader.readexactly(int(said.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        dribbling.cancel()
        writer.close()

    assert problem(said)[1] == "DEADLINE_EXCEEDED"


async def test_five_hundred_slow_connections_stop_nobody(upstream: Upstream):
    async with gateway(upstream, patience=Patience(head=1.0)) as edge, AsyncExitStack() as stack:
        slow = []
        for _ in range(500):
            one = stack.enter_context(closing(socket.create_connection(("127.0.0.1", edge.port))))
            one.send(GET)
            one.settimeout(0)
            slow.append(one)
        async with asyncio.timeout(5):
            answers = [await edge.client.get("/v1/games/g") for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200}
        async with asyncio.timeout(20):
            for one in slow:
                assert problem(await asyncio.get_running_loop().sock_recv(one, 4096))[1] == "DEADLINE_EXCEEDED"


async def test_a_reader_who_takes_nothing_is_cut_and_costs_little(upstream: Upstream):
    seen = upstream.seen
    async with gateway(upstream, patience=Patience(reader=0.5)) as edge, AsyncExitStack() as stack:
        gc.collect()
        before, ended = psutil.Process().memory_info().rss, seen.streams_ended
        readers = []
        for _ in range(20):
            one = socket.socket()
            stack.enter_context(closing(one))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", edge.port))
            one.send(TURN)
            readers.append(one)

        async def cut() -> bool:
            return seen.streams_ended - ended >= len(readers)

        assert await eventually(cut, within=20)
        # 20 floods of 300 MB: of each no more was kept than the buffers of both services, which are this process here.
        assert psutil.Process().memory_info().rss - before < 80 * 2**20
        assert (await edge.client.get("/v1/games/g")).status_code == 200


async def test_a_reader_who_is_slow_but_reads_gets_everything(upstream: Upstream):
    async with (
        gateway(upstream, patience=Patience(reader=1.0)) as edge,
        edge.client.stream("POST", "/v1/games/g/turns:stream", json={"text": "much"}) as answer,
    ):
        size = 0
        async for piece in answer.aiter_raw(65536):
            size += len(piece)
            await asyncio.sleep(0.005)

    assert size > 3_000_000


async def test_an_address_has_only_so_many_connections(upstream: Upstream):
    settings = {"connections_of_address": 3, "trusted_proxies": "192.0.2.1, 198.51.100.0/24"}
    async with gateway(upstream, settings) as edge:
        kept = [await connected(edge) for _ in range(3)]
        reader, writer = await connected(edge)
        async with asyncio.timeout(5):
            assert problem(await reader.read()) == (b"HTTP/1.1 429 Too Many Requests", "TOO_MANY_AT_ONCE")
        writer.close()

        kept.pop()[1].close()

        async def room() -> bool:
            return (await edge.raw(GET + b"connection: close\r\n\r\n")).startswith(b"HTTP/1.1 200 ")

        assert await eventually(room)
        for _, one in kept:
            one.close()


async def test_a_trusted_proxy_has_as_many_as_it_likes_but_not_more_than_there_are(upstream: Upstream):
    settings = {"connections_of_address": 1, "connections": 3, "trusted_proxies": "127.0.0.0/8"}
    async with gateway(upstream, settings) as edge:
        kept = [await connected(edge) for _ in range(3)]
        reader, writer = await connected(edge)
        async with asyncio.timeout(5):
            assert problem(await reader.read())[1] == "TOO_MANY_AT_ONCE"
        for _, one in (*kept, (reader, writer)):
            one.close()
