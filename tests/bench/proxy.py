"""What llm_proxy adds, and what it bears, before a quick model server: `python -m tests.bench proxy`.

Beside it, in the same run: the server asked directly, and LiteLLM where its command is found (`pip install 'litellm[proxy]'`, elsewhere).
It asserts nothing about time: figures of one run are to be compared with each other. `--streams` measures how it bears cancellations.
"""

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import orjson
import psutil
import uvloop
from httpx_aiohttp import AiohttpTransport
from maratang.llm_proxy.v1 import generation_service_pb2 as pb
from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceStub
from rich.console import Console
from rich.table import Table

from services.chassis import errors
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.local.parts import Child, Part
from tests.bench.quick_model import CHUNKS, MODEL
from tests.bench.results import keep
from tests.bench.turns import at
from tests.support.servers import PROJECT, free_port

CREDENTIAL = "of the benchmark"
CONCURRENT = 32
_HEADINGS = (
    "way", "unary p50", "p99 ms", "first piece p50", "p99 ms", "added unary p50", "added first p50", "p99 ms", "unary/s", "streams/s"
)  # fmt: skip
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to the model: `unary` returns when a text is whole, `stream` the seconds to its first piece."""

    name: str
    unary: Callable[[], Awaitable[None]]
    stream: Callable[[], Awaitable[float]]


def over_http(name: str, client: httpx.AsyncClient, key: str = "") -> Way:
    """A way that speaks OpenAI's HTTP."""
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {key}"} if key else {})}

    def body(*, stream: bool) -> bytes:
        return orjson.dumps(
            {"model": MODEL, "messages": [{"role": "user", "content": "x"}], "max_tokens": CHUNKS if stream else 1, "stream": stream}
        )

    async def unary() -> None:
        answer = await client.post("/v1/chat/completions", content=body(stream=False), headers=headers)
        answer.raise_for_status()

    async def stream() -> float:
        began = time.perf_counter()
        first = 0.0
        last = b""
        async with client.stream("POST", "/v1/chat/completions", content=body(stream=True), headers=headers) as answer:
            answer.raise_for_status()
            async for piece in answer.aiter_raw():
                first = first or time.perf_counter() - began
                last = piece
        if b"[DONE]" not in last:
            raise RuntimeError(f"{name} cut a stream short")
        return first

    return Way(name=name, unary=unary, stream=stream)


def over_grpc(name: str, stub: GenerationServiceStub) -> Way:
    """A way through llm_proxy."""
    asked = [pb.PromptMessage(role=pb.PromptMessage.USER, text="x")]

    async def unary() -> None:
        await stub.Generate(pb.GenerateRequest(messages=asked, max_tokens=1))

    async def stream() -> float:
        began = time.perf_counter()
        first, length = 0.0, 0
        async for event in stub.StreamGenerate(pb.GenerateRequest(messages=asked, max_tokens=CHUNKS)):
            first = first or time.perf_counter() - began
            length += len(event.text)
        if length != len("word ") * CHUNKS:
            raise RuntimeError(f"{name} lost text: {length} characters")
        return first

    return Way(name=name, unary=unary, stream=stream)


async def rate(call: Callable[[], Awaitable[object]], concurrent: int, seconds: float) -> float:
    """Calls a second, so many at a time."""
    done, until = 0, time.perf_counter() + seconds

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await call()
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(concurrent)))
    return done / (time.perf_counter() - began)


async def latencies(ways: Sequence[Way], calls: int) -> dict[str, Json]:
    """Milliseconds of each way, one call at a time, the ways taking turns so that whoever else uses the machine slows them alike."""
    unary: dict[str, list[float]] = {way.name: [] for way in ways}
    first: dict[str, list[float]] = {way.name: [] for way in ways}
    for number in range(calls + 20):
        for way in ways:
            began = time.perf_counter()
            await way.unary()
            took = time.perf_counter() - began
            seen = await way.stream()
            if number >= 20:
                unary[way.name].append(took * 1000)
                first[way.name].append(seen * 1000)
    figures: dict[str, Json] = {}
    for way in ways:
        figures[way.name] = {
            f"{what}_{point}_ms": round(at(values[way.name], share), 2)
            for what, values in (("unary", unary), ("first", first))
            for point, share in (("p50", 0.5), ("p99", 0.99))
        }
    return figures


class Running:
    """What was started for a measurement."""

    def __init__(self, stack: AsyncExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        self.children: dict[str, Child] = {}

    async def start(self, name: str, *command: str, url: str, **environment: str) -> None:
        """Starts a process and waits until `url` answers."""

        async def ready() -> None:
            async with aiohttp.ClientSession() as http, http.get(url) as answer:
                if answer.status >= 500:
                    raise ConnectionError(f"{url} answers {answer.status}")

        part = Part(
            name=name,
            command=command,
            ready=ready,
            environment={**os.environ, **environment},  # noqa: TID251  children inherit it
            folder=PROJECT,
            ready_within_seconds=120,
        )
        child = self.children[name] = Child(part, self._folder / f"{name}.log")
        await child.start()
        self._stack.push_async_callback(child.stop)
        await child.until_ready()


@asynccontextmanager
async def ways(*, litellm: str | None, folder: Path) -> AsyncIterator[tuple[list[Way], Running, Json]]:
    """The ways to measure, while the block lasts."""
    ports = {name: free_port() for name in ("model", "proxy", "metrics", "litellm")}
    model = f"http://127.0.0.1:{ports['model']}"
    async with AsyncExitStack() as stack:
        running = Running(stack, folder)
        await running.start(
            "model", sys.executable, "-m", "tests.bench.quick_model", "--port", str(ports["model"]), url=f"{model}/v1/models"
        )
        metrics = f"http://127.0.0.1:{ports['metrics']}/metrics"
        await running.start(
            "llm_proxy", sys.executable, "-m", "services.llm_proxy", url=metrics, VLLM_BASE_URL=model, SERVICE_CREDENTIAL=CREDENTIAL,
            LISTEN_INTERNAL=f"127.0.0.1:{ports['proxy']}", LISTEN_METRICS=f"127.0.0.1:{ports['metrics']}",
        )  # fmt: skip
        channel = await stack.enter_async_context(connect(f"127.0.0.1:{ports['proxy']}", credential=Secret(CREDENTIAL)))
        direct = await stack.enter_async_context(client(model))
        found = [over_http("directly", direct), over_grpc("llm_proxy", GenerationServiceStub(channel))]
        if litellm is not None:
            config = folder / "litellm.json"
            named = {"model": f"openai/{MODEL}", "api_base": f"{model}/v1", "api_key": "none"}
            config.write_bytes(orjson.dumps({"model_list": [{"model_name": MODEL, "litellm_params": named}]}))  # YAML reads JSON
            url = f"http://127.0.0.1:{ports['litellm']}"
            await running.start(
                "litellm", litellm, "--config", str(config), "--host", "127.0.0.1", "--port", str(ports["litellm"]),
                url=f"{url}/health/liveliness", LITELLM_LOG="ERROR", LITELLM_LOCAL_MODEL_COST_MAP="True",
                LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY="true",
            )  # fmt: skip
            found.append(over_http("LiteLLM", await stack.enter_async_context(client(url))))
        yield found, running, {"metrics": metrics, "open": f"{model}/open", "stub": GenerationServiceStub(channel)}


@asynccontextmanager
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The same HTTP client as llm_proxy's own."""

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3), cookie_jar=aiohttp.DummyCookieJar())

    async with httpx.AsyncClient(transport=AiohttpTransport(client=session), base_url=url, trust_env=False, timeout=60) as made:
        yield made


async def measure(said: argparse.Namespace, console: Console) -> Json:
    """The table of what is added."""
    with tempfile.TemporaryDirectory(prefix="maratang-bench-", ignore_cleanup_errors=True) as name:
        async with ways(litellm=said.litellm, folder=Path(name)) as (found, running, where):
            figures = await latencies(found, said.calls)
            for way in found:
                console.print(f"measuring {way.name}, {CONCURRENT} at a time …")
                figures[way.name]["unary_per_second"] = round(await rate(way.unary, CONCURRENT, said.seconds))
                figures[way.name]["streams_per_second"] = round(await rate(way.stream, CONCURRENT, said.seconds))
            borne = await bear(where, running, said.streams, console) if said.streams else {}
    direct = figures["directly"]
    for each in figures.values():
        for what in ("unary_p50_ms", "unary_p99_ms", "first_p50_ms", "first_p99_ms"):
            each[f"added_{what}"] = round(each[what] - direct[what], 2)
    return {"concurrent": CONCURRENT, "chunks": CHUNKS, "ways": figures, "borne": borne}


async def bear(where: Json, running: Running, streams: int, console: Console) -> Json:
    """So many paced streams, of which three in ten are left early: what is open upstream, and what stays behind."""
    process = psutil.Process(running.children["llm_proxy"].pid)
    stub: GenerationServiceStub = where["stub"]
    chance = random.Random(1)
    asked = [pb.PromptMessage(role=pb.PromptMessage.USER, text="x")]
    gate = asyncio.Semaphore(64)
    ended = {"whole": 0, "left": 0, "refused": 0}

    async def one() -> None:
        async with gate:
            call = stub.StreamGenerate(pb.GenerateRequest(messages=asked, max_tokens=CHUNKS + 5))
            leaves = chance.random() < 0.3
            try:
                async for event in call:
                    if leaves and event.text and chance.random() < 0.5:
                        break
            except errors.Exhausted:
                ended["refused"] += 1
                return
            if leaves:
                call.cancel()  # type: ignore[attr-defined]  # the translated stream is a generator
            ended["left" if leaves else "whole"] += 1

    async def sample(http: aiohttp.ClientSession) -> Json:
        async with http.get(where["metrics"]) as answer:
            lines = (await answer.text()).splitlines()

        def number(start: str) -> float:
            return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(start))

        return {
            "upstream": number("llm_upstream_open_streams{"),
            "active": number("llm_generations_in_flight "),
            "rss_mb": process.memory_info().rss / 2**20,
            "descriptors": process.num_fds(),
        }

    samples: list[Json] = []
    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(one() for _ in range(500)))
        before = await sample(http)
        work = asyncio.gather(*(one() for _ in range(streams)))
        while not work.done():
            samples.append(await sample(http))
            await asyncio.sleep(0.25)
        await work
        await asyncio.sleep(5)  # idle connections end after 3 s
        after = await sample(http)
        async with http.get(where["open"]) as answer:
            still_open = int(await answer.text())
    console.print(f"{streams} streams: {len(samples)} samples")
    return {
        "streams": streams,
        **ended,
        "samples": len(samples),
        "apart_at_most": max(abs(one["upstream"] - one["active"]) for one in samples),
        "upstream_at_the_end": after["upstream"],
        "open_at_the_model": still_open,
        "rss_mb": [round(before["rss_mb"], 1), round(after["rss_mb"], 1)],
        "descriptors": [before["descriptors"], after["descriptors"]],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables, and keeps the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench proxy", description=__doc__)
    parser.add_argument("--calls", type=int, default=500, help="calls of each kind, one at a time")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each rate is measured")
    parser.add_argument("--streams", type=int, default=0, help="streams to bear, three in ten left early")
    parser.add_argument("--litellm", default=shutil.which("litellm"), help="LiteLLM's command, to measure beside it")
    said = parser.parse_args(arguments)
    console = Console()
    results = uvloop.run(measure(said, console))
    table = Table(title=f"Ways to a quick model; {CHUNKS}-chunk streams; {os.cpu_count()} cores share it all")
    for heading in (
        "way",
        "unary p50",
        "p99 ms",
        "first piece p50",
        "p99 ms",
        "added unary p50",
        "added first p50",
        "p99 ms",
        "unary/s",
        "streams/s",
    ):
        table.add_column(heading, justify="right")
    for name, one in results["ways"].items():
        row = (
            "unary_p50_ms", "unary_p99_ms", "first_p50_ms", "first_p99_ms", "added_unary_p50_ms", "added_first_p50_ms",
            "added_first_p99_ms", "unary_per_second", "streams_per_second",
        )  # fmt: skip
        table.add_row(name, *(f"{one[key]:,}" for key in row))
    console.print(table)
    if results["borne"]:
        console.print(results["borne"])
    console.print(keep("proxy", results))
