"""What llm_proxy holds open while streams are left early, and what stays behind: streams, memory, descriptors, tasks."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import psutil
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from tests.bench.quick_model import CHUNKS

if TYPE_CHECKING:  # the asyncio stubs are types only: at run time one class serves both
    from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceAsyncStub

CONCURRENT = 64
LEFT_EARLY = 0.3
WARM = 500
EVERY_SECONDS = 0.25
LOOKS = 5
SETTLED_SECONDS = 8.0
"""Idle connections end 3 to 6 s after they were used."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """The llm_proxy that is looked at: its caller's stub, its process, its metrics, and where its model says how many streams are open."""

    stub: "GenerationServiceAsyncStub"
    pid: int
    metrics: str
    open_at_the_model: str


async def borne(proxy: Proxy, streams: int) -> Json:
    """So many paced streams, three in ten left early: how they ended, and figures of before, of three moments under way, and of after."""
    process = psutil.Process(proxy.pid)
    chance = random.Random(1)
    ended: Counter[str] = Counter()
    samples: list[Json] = []
    async with aiohttp.ClientSession() as http:

        async def sample() -> Json:
            async with http.get(proxy.metrics) as answer:
                lines = (await answer.text()).splitlines()

            def number(start: str) -> float:
                return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(start))

            upstream = number("llm_upstream_open_streams{")
            return {
                "upstream": upstream,
                "apart": abs(number("llm_generations_in_flight ") - number("llm_queue ") - upstream),
                "rss_mb": round(process.memory_info().rss / 2**20, 1),
                "descriptors": process.num_fds(),
                "tasks": number("maratang_tasks "),
            }

        async def all_of(streams: int) -> None:
            left = iter(range(streams))

            async def one_after_another() -> None:
                for _ in left:
                    ended[await _stream(proxy.stub, chance)] += 1

            await asyncio.gather(*(one_after_another() for _ in range(CONCURRENT)))

        await all_of(WARM)
        await asyncio.sleep(SETTLED_SECONDS)
        before = await sample()
        ended.clear()
        work = asyncio.create_task(all_of(streams))
        while not work.done():
            # A scrape reads one number after the other, beside the loop that changes them: what stays apart is looked for.
            looks = [await sample()]
            while looks[-1]["apart"] and len(looks) < LOOKS:
                looks.append(await sample())
            samples.append(looks[-1])
            await asyncio.sleep(EVERY_SECONDS)
        await work
        await asyncio.sleep(SETTLED_SECONDS)
        after = await sample()
        async with http.get(proxy.open_at_the_model) as answer:
            still_open = int(await answer.text())
    underway = [samples[len(samples) * quarter // 4] for quarter in (1, 2, 3)]
    return {
        "streams": streams,
        **ended,
        "samples": len(samples),
        "open_at_most": max(one["upstream"] for one in samples),
        "apart_at_most": max(one["apart"] for one in samples),
        "open_at_the_end": after["upstream"],
        "open_at_the_model": still_open,
        **{what: [one[what] for one in (before, *underway, after)] for what in ("rss_mb", "descriptors", "tasks")},
    }


async def _stream(stub: "GenerationServiceAsyncStub", chance: random.Random) -> str:
    asked = [pb.PromptMessage(role=pb.PromptMessage.USER, text="x")]
    call = stub.StreamGenerate(pb.GenerateRequest(messages=asked, max_tokens=CHUNKS + 5))
    leaves = chance.random() < LEFT_EARLY
    try:
        async for event in call:
            if leaves and event.text and chance.random() < 0.5:
                break
    except errors.Exhausted:
        return "refused"
    if leaves:
        call.cancel()
    return "left" if leaves else "whole"
