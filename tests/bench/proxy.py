"""What llm_proxy adds, and what it bears, before a quick model server: `python -m tests.bench proxy`.

Beside it, in the same run: the server asked directly, the least that gRPC's server and aiohttp can do (bare_proxy.py), and LiteLLM where
it is installed. One process asks them all, and what a call of each takes it is shown beside them: over llm_proxy's own transport whatever
speaks HTTP (the server, LiteLLM), by the chassis's calls whatever speaks gRPC (the bare one, llm_proxy).
It asserts nothing about time: figures of one run are to be compared with each other.
"""

import argparse
import asyncio
import gc
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import httpx
import orjson
import psutil
import uvloop
from maratang.llm_proxy.v1 import generation_service_pb2 as pb
from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceStub
from rich.console import Console
from rich.table import Table

from services.chassis.clients import connect
from services.chassis.config import Secret
from services.llm_proxy.adapters.transport import Transport
from services.llm_proxy.adapters.vllm import KEEP_ALIVE_SECONDS
from services.local.parts import Child, Part
from tests.bench import leaks
from tests.bench.quick_model import CHUNKS, MODEL
from tests.bench.results import keep
from tests.bench.turns import at
from tests.support.servers import PROJECT, free_port

if TYPE_CHECKING:  # the asyncio stubs are types only: at run time one class serves both
    from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceAsyncStub

CREDENTIAL = "of the benchmark"
CONCURRENT = 32
LITELLM = PROJECT / "build" / "litellm" / "bin" / "litellm"
ADD_LITELLM = "python3 -m venv build/litellm && build/litellm/bin/pip install 'litellm[proxy]'"
_FIGURES = {
    "unary p50, ms": "unary_p50_ms",
    "unary p99, ms": "unary_p99_ms",
    "first piece p50, ms": "first_p50_ms",
    "first piece p99, ms": "first_p99_ms",
    "added to unary p50, ms": "added_unary_p50_ms",
    "added to first piece p50, ms": "added_first_p50_ms",
    "added to first piece p99, ms": "added_first_p99_ms",
    f"unary/s, {CONCURRENT} at a time": "unary_per_second",
    "unary/s in the best second": "unary_best_second",
    f"streams/s, {CONCURRENT} at a time": "streams_per_second",
    "streams/s in the best second": "streams_best_second",
    "its CPU for a unary call, ms": "unary_cpu_ms",
    "its CPU for a stream, ms": "stream_cpu_ms",
    "its caller's for a unary call, ms": "unary_caller_cpu_ms",
    "its caller's for a stream, ms": "stream_caller_cpu_ms",
}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to the model through a process: `unary` returns when a text is whole, `stream` the seconds to its first piece."""

    name: str
    pid: int
    unary: Callable[[], Awaitable[None]]
    stream: Callable[[], Awaitable[float]]


def over_http(name: str, pid: int, transport: Transport, url: str) -> Way:
    """A way that speaks OpenAI's HTTP."""
    completions = httpx.URL(f"{url}/v1/chat/completions")

    @asynccontextmanager
    async def asked(tokens: int, *, stream: bool) -> AsyncIterator[AsyncIterator[bytes]]:
        body = {"model": MODEL, "messages": [{"role": "user", "content": "x"}], "max_tokens": tokens, "stream": stream}
        request = httpx.Request(
            "POST", completions, headers=((b"content-type", b"application/json"),), stream=httpx.ByteStream(orjson.dumps(body)),
            extensions={"timeout": {"connect": 60.0}},
        )  # fmt: skip
        request.read()
        async with aclosing(await transport.handle_async_request(request)) as answer:
            if answer.status_code != 200:
                raise RuntimeError(f"{name} answers {answer.status_code}")
            yield aiter(cast("httpx.AsyncByteStream", answer.stream))

    async def unary() -> None:
        async with asked(1, stream=False) as pieces:
            orjson.loads(b"".join([piece async for piece in pieces]))["choices"][0]["message"]

    async def stream() -> float:
        began = time.perf_counter()
        first = 0.0
        last = b""
        async with asked(CHUNKS, stream=True) as pieces:
            async for piece in pieces:
                first = first or time.perf_counter() - began
                last = piece
        if b"[DONE]" not in last:
            raise RuntimeError(f"{name} cut a stream short")
        return first

    return Way(name=name, pid=pid, unary=unary, stream=stream)


def over_grpc(name: str, pid: int, stub: "GenerationServiceAsyncStub") -> Way:
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

    return Way(name=name, pid=pid, unary=unary, stream=stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Calls a second, also in the best of the seconds, when nobody else used the machine; and CPU for each, also its caller's."""

    mean: float
    best: float
    cpu_ms: float
    caller_cpu_ms: float


async def rate(call: Callable[[], Awaitable[object]], seconds: int, pid: int) -> Rate:
    """How many calls come to an end, CONCURRENT at a time; `pid`: the process whose processor time is meant."""
    process = psutil.Process(pid)
    began = time.perf_counter()
    done: Counter[int] = Counter()

    async def work() -> None:
        while (now := time.perf_counter() - began) < seconds:
            await call()
            done[int(now)] += 1

    used, asking = sum(process.cpu_times()[:2]), time.process_time()
    await asyncio.gather(*(work() for _ in range(CONCURRENT)))
    took, used, asking = time.perf_counter() - began, sum(process.cpu_times()[:2]) - used, time.process_time() - asking
    calls = done.total()
    return Rate(mean=calls / took, best=max(done.values()), cpu_ms=used * 1000 / calls, caller_cpu_ms=asking * 1000 / calls)


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

    async def start(self, name: str, *command: str, ready: Callable[[], Awaitable[None]], **environment: str) -> None:
        """Starts a process and waits until it is `ready`, which raises OSError as long as it is not."""
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


def answers(url: str) -> Callable[[], Awaitable[None]]:
    """Whether a process answers over HTTP."""

    async def ready() -> None:
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            if answer.status >= 500:
                raise ConnectionError(f"{url} answers {answer.status}")

    return ready


def listens(port: int) -> Callable[[], Awaitable[None]]:
    """Whether a process listens."""

    async def ready() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    return ready


@asynccontextmanager
async def ways(*, litellm: str | None, folder: Path) -> AsyncIterator[tuple[list[Way], leaks.Proxy]]:
    """The ways to measure, and llm_proxy to look at, while the block lasts."""
    ports = {name: free_port() for name in ("model", "bare", "proxy", "metrics", "litellm")}
    model = f"http://127.0.0.1:{ports['model']}"
    async with AsyncExitStack() as stack:
        running = Running(stack, folder)
        await running.start(
            "model", sys.executable, "-m", "tests.bench.quick_model", "--port", str(ports["model"]), ready=answers(f"{model}/v1/models")
        )
        await running.start(
            "bare", sys.executable, "-m", "tests.bench.bare_proxy", "--port", str(ports["bare"]), "--url", model, "--model", MODEL,
            ready=listens(ports["bare"]),
        )  # fmt: skip
        metrics = f"http://127.0.0.1:{ports['metrics']}/metrics"
        await running.start(
            "llm_proxy", sys.executable, "-m", "services.llm_proxy", ready=answers(metrics), VLLM_BASE_URL=model,
            SERVICE_CREDENTIAL=CREDENTIAL,
            LISTEN_INTERNAL=f"127.0.0.1:{ports['proxy']}", LISTEN_METRICS=f"127.0.0.1:{ports['metrics']}",
        )  # fmt: skip
        bare = await stack.enter_async_context(connect(f"127.0.0.1:{ports['bare']}"))
        channel = await stack.enter_async_context(connect(f"127.0.0.1:{ports['proxy']}", credential=Secret(CREDENTIAL)))

        async def http(url: str) -> Transport:
            return await stack.enter_async_context(Transport(httpx.URL(url), KEEP_ALIVE_SECONDS))

        pids = {name: child.pid for name, child in running.children.items()}
        stub = GenerationServiceStub(channel)
        found = [
            over_http("directly", pids["model"], await http(model), model),
            over_grpc("bare", pids["bare"], GenerationServiceStub(bare)),
            over_grpc("llm_proxy", pids["llm_proxy"], stub),
        ]
        if litellm is not None:
            config = folder / "litellm.json"
            named = {"model": f"openai/{MODEL}", "api_base": f"{model}/v1", "api_key": "none"}
            config.write_bytes(orjson.dumps({"model_list": [{"model_name": MODEL, "litellm_params": named}]}))  # YAML reads JSON
            url = f"http://127.0.0.1:{ports['litellm']}"
            await running.start(
                "litellm", litellm, "--config", str(config), "--host", "127.0.0.1", "--port", str(ports["litellm"]),
                ready=answers(f"{url}/health/liveliness"), LITELLM_LOG="ERROR", LITELLM_LOCAL_MODEL_COST_MAP="True",
                LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY="true",
            )  # fmt: skip
            found.append(over_http("LiteLLM", running.children["litellm"].pid, await http(url), url))
        yield found, leaks.Proxy(stub=stub, pid=pids["llm_proxy"], metrics=metrics, open_at_the_model=f"{model}/open")


def goes_first(pid: int) -> None:
    """Puts all threads of a process into the scheduler's real-time class."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(1))


async def measure(said: argparse.Namespace, console: Console) -> Json:
    """The table of what is added."""
    with tempfile.TemporaryDirectory(prefix="maratang-bench-", ignore_cleanup_errors=True) as name:
        async with ways(litellm=said.litellm or None, folder=Path(name)) as (found, proxy):
            gc.collect()
            gc.freeze()  # the pauses of this process are nobody's latency
            if said.alone:
                for pid in {os.getpid(), *(way.pid for way in found)}:
                    goes_first(pid)
            figures = await latencies(found, said.calls)
            for way in found:
                console.print(f"measuring {way.name}, {CONCURRENT} at a time …")
                unary, streams = [await rate(call, said.seconds, way.pid) for call in (way.unary, way.stream)]
                figures[way.name] |= {
                    "unary_per_second": round(unary.mean),
                    "unary_best_second": round(unary.best),
                    "streams_per_second": round(streams.mean),
                    "streams_best_second": round(streams.best),
                    "unary_cpu_ms": round(unary.cpu_ms, 2),
                    "stream_cpu_ms": round(streams.cpu_ms, 2),
                    "unary_caller_cpu_ms": round(unary.caller_cpu_ms, 3),
                    "stream_caller_cpu_ms": round(streams.caller_cpu_ms, 3),
                }
            borne = await leaks.borne(proxy, said.streams) if said.streams else {}
    direct = figures["directly"]
    for each in figures.values():
        for what in ("unary_p50_ms", "unary_p99_ms", "first_p50_ms", "first_p99_ms"):
            each[f"added_{what}"] = round(each[what] - direct[what], 2)
    return {"concurrent": CONCURRENT, "chunks": CHUNKS, "ways": figures, "borne": borne}


def main(arguments: list[str]) -> int:
    """Prints the tables, and keeps the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench proxy", description=__doc__)
    parser.add_argument("--calls", type=int, default=500, help="calls of each kind, one at a time")
    parser.add_argument("--seconds", type=int, default=5, help="how long each rate is measured")
    parser.add_argument("--streams", type=int, default=10_000, help="streams to bear, three in ten left early; 0: none")
    found = shutil.which("litellm") or (str(LITELLM) if LITELLM.exists() else None)
    parser.add_argument("--litellm", default=found, help="LiteLLM's command, to measure beside it")
    parser.add_argument("--alone", action="store_true", help="as if nobody else used the machine, who waits meanwhile (Linux, root)")
    said = parser.parse_args(arguments)
    console = Console()
    if not said.litellm:
        console.print(f"LiteLLM is not measured beside it; this adds it: {ADD_LITELLM}", markup=False)
    results = uvloop.run(measure(said, console))
    table = Table(title=f"Ways to a quick model; {CHUNKS}-chunk streams; {os.cpu_count()} cores share it all")
    for heading in ("", *results["ways"]):
        table.add_column(heading, justify="right")
    for said_as, key in _FIGURES.items():
        table.add_row(said_as, *(f"{one[key]:,}" for one in results["ways"].values()))
    console.print(table)
    if "LiteLLM" in results["ways"]:
        own, other = results["ways"]["llm_proxy"], results["ways"]["LiteLLM"]
        unary, streams = (own[what] / max(other[what], 1) for what in ("unary_per_second", "streams_per_second"))
        console.print(f"LiteLLM's unary × {unary:.0f}, its streams × {streams:.0f}")
    if results["borne"]:
        console.print(results["borne"])
    console.print(keep("proxy", results))
    return 0
