"""Measures HTTP transports under llm_proxy's load: `python tests/bench/transport.py` prints the table of docs/adr/0005."""

import asyncio
import contextlib
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import httpx
import uvloop
from httpx_aiohttp import AiohttpTransport

from services.llm_proxy.adapters.transport import Transport

CONCURRENT = 32
SECONDS = 5
CHUNKS = 50
IDLE_SECONDS = 0.1
RACES = 60
_EVENT = b'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}\n\n'
_CHUNK = b"%x\r\n%s\r\n" % (len(_EVENT), _EVENT)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class Stub(asyncio.Protocol):
    """A model server that is as quick as Python can be. The path chooses.

    /unary, /stream, /slow (a chunk each 100 ms), /brief (/unary, and the connection ends IDLE_SECONDS later), /open (what is open).
    """

    streaming = 0
    closed_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport  # Any: uvloop's transport has no type of its own
        self.received = b""
        self.endless: asyncio.Task[None] | None = None

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        if not found or len(body) < length:
            return
        self.received = body[length:]
        match head.split(b" ", 2)[1]:
            case b"/unary" | b"/brief" as path:
                self.transport.write(_HEAD + _CHUNK + b"0\r\n\r\n")
                if path == b"/brief":
                    asyncio.get_running_loop().call_later(IDLE_SECONDS, self.transport.close)
            case b"/stream":
                self.transport.write(_HEAD)
                for _ in range(CHUNKS):
                    self.transport.write(_CHUNK)
                self.transport.write(b"0\r\n\r\n")
            case b"/slow":
                self.endless = asyncio.create_task(self.drip())
            case _:
                body = b"%d %f" % (Stub.streaming, Stub.closed_at)
                self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    async def drip(self) -> None:
        Stub.streaming += 1
        self.transport.write(_HEAD)
        while True:
            self.transport.write(_CHUNK)
            await asyncio.sleep(0.1)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.endless is not None:
            self.endless.cancel()
            Stub.streaming -= 1
            Stub.closed_at = time.monotonic()


def serve(said: Any) -> None:  # Any: a multiprocessing pipe's end
    async def live() -> None:
        server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0, backlog=1024)
        said.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    uvloop.run(live())


def plain(base: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base, trust_env=False, timeout=10, limits=httpx.Limits(max_connections=None, keepalive_expiry=3))


def ours(base: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base, transport=Transport(httpx.URL(base), 3), trust_env=False, timeout=10)


def over_aiohttp(base: str) -> httpx.AsyncClient:
    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3), cookie_jar=aiohttp.DummyCookieJar())

    return httpx.AsyncClient(base_url=base, transport=AiohttpTransport(client=session), trust_env=False, timeout=10)


def over_pyreqwest(base: str) -> httpx.AsyncClient:
    from pyreqwest.client import ClientBuilder  # noqa: PLC0415  a candidate, no dependency
    from pyreqwest.compatibility.httpx import HttpxTransport  # noqa: PLC0415  as above

    built = ClientBuilder().no_proxy().pool_idle_timeout(timedelta(seconds=3)).http1_only().build()
    return httpx.AsyncClient(base_url=base, transport=HttpxTransport(built), trust_env=False, timeout=10)


async def exchange(client: httpx.AsyncClient, path: str) -> int:
    got = 0
    async with client.stream("POST", path, content=b'{"stream":true}') as response:
        async for piece in response.aiter_raw():
            got += len(piece)
    return got


async def rate(client: httpx.AsyncClient, path: str, expected: int) -> str:
    """Exchanges in the best of SECONDS, when nobody else used the machine, and the milliseconds of this process's CPU for each."""
    began = time.perf_counter()
    done: Counter[int] = Counter()

    async def work() -> None:
        while (now := time.perf_counter() - began) < SECONDS:
            assert await exchange(client, path) == expected
            done[int(now)] += 1

    used = time.process_time()
    await asyncio.gather(*(work() for _ in range(CONCURRENT)))
    return f"{max(done.values()):,} ({(time.process_time() - used) * 1000 / done.total():.2f} ms)"


async def first_chunk_ms(client: httpx.AsyncClient) -> float:
    """How long the first of a drip of chunks takes to be seen: a transport that fills a buffer first is no use for tokens."""
    began = time.perf_counter()
    async with client.stream("POST", "/slow", content=b"{}") as response:
        async for _ in response.aiter_raw():
            return (time.perf_counter() - began) * 1000
    raise AssertionError("the stub drips for ever")


async def seen(client: httpx.AsyncClient) -> tuple[int, float]:
    streaming, closed_at = (await client.get("/open")).text.split()
    return int(streaming), float(closed_at)


async def cancelled_twice(make: Callable[[str], httpx.AsyncClient], base: str, streams: int) -> str:
    """Cancels `streams` readers twice each, then asks: does the server still send, when did it stop, does the client still work?"""
    async with make(base) as client, over_aiohttp(base) as onlooker:
        tasks = [asyncio.create_task(exchange(client, "/slow")) for _ in range(streams)]
        while (await seen(onlooker))[0] < streams:  # noqa: ASYNC110  it is another process
            await asyncio.sleep(0.01)
        began = time.monotonic()
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        probes = 0
        for _ in range(3):
            with contextlib.suppress(Exception):
                async with asyncio.timeout(2):
                    probes += bool(await exchange(client, "/unary"))
        await asyncio.sleep(0.3)
        streaming, closed_at = await seen(onlooker)
        closed = f"closed in {(closed_at - began) * 1000:.0f} ms" if streaming == 0 else f"{streaming} still sending"
        return f"{closed}, probes {probes} of 3"


async def raced(client: httpx.AsyncClient) -> int:
    """How many of RACES requests fail that are sent within 6 ms of the moment in which the server closes their idle connection."""
    failed = 0
    await exchange(client, "/brief")
    for number in range(RACES):
        await asyncio.sleep(IDLE_SECONDS + (number - RACES / 2) * 0.0002)
        try:
            await exchange(client, "/brief")
        except (httpx.HTTPError, aiohttp.ClientError):
            failed += 1
    return failed


async def measure() -> None:
    headings = (
        "transport", "unary /s (CPU of each)", "50-chunk streams /s (CPU of each)", "first chunk ms", "8 streams cancelled twice",
        "500 streams cancelled twice", f"of {RACES} sent as the server closes",
    )  # fmt: skip
    print(f"| {' | '.join(headings)} |")
    print("|---|---|---|---|---|---|---|")
    candidates = {"httpx 0.28": plain, "httpx-aiohttp": over_aiohttp, "pyreqwest": over_pyreqwest, "ours": ours}
    for name, make in candidates.items():
        said, say = multiprocessing.Pipe()
        stub = multiprocessing.get_context("spawn").Process(target=serve, args=(say,), daemon=True)
        stub.start()
        base = f"http://127.0.0.1:{said.recv()}"
        async with make(base) as client:
            first = "none in 10 s"
            with contextlib.suppress(Exception):
                async with asyncio.timeout(10):
                    first = f"{await first_chunk_ms(client):.1f}"
        async with make(base) as client:
            unary = await rate(client, "/unary", len(_EVENT))
            streams = await rate(client, "/stream", len(_EVENT) * CHUNKS)
        async with make(base) as client:
            failed = await raced(client)
        eight, many = [await cancelled_twice(make, base, streams) for streams in (8, 500)]
        print(f"| {name} | {unary} | {streams} | {first} | {eight} | {many} | {failed} failed |", flush=True)
        stub.terminate()


if __name__ == "__main__":
    uvloop.run(measure())
