"""The healthy half of the fault server's suite, and what only a real vLLM can show."""

import asyncio
import json
import re
from datetime import timedelta

import aiohttp
import pytest
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from services.llm_proxy.adapters.vllm import connect
from services.llm_proxy.timers import Timers
from tests.integration.llm_proxy.conftest import Client, request
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio

DRAWER = [pb.PromptMessage(role=pb.PromptMessage.USER, text="당신은 서랍을 열었다. 안에는 놋쇠 열쇠가 있었다.")]
SCHEMA = '{"type":"object","properties":{"verb":{"enum":["take","go"]}},"required":["verb"],"additionalProperties":false}'


async def running(url: str) -> int:
    """How many texts vLLM is making."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as answer:
        found = re.findall(r"^vllm:num_requests_running\{[^}]*\} ([0-9.]+)$", await answer.text(), re.MULTILINE)
    return sum(int(float(number)) for number in found)


async def test_it_tells_in_a_stream_and_counts(client: Client):
    pieces, made = await client.stream(messages=DRAWER, max_tokens=24, temperature=1, seed=1)

    assert len(pieces) > 1
    assert (made.served_by, made.model, made.finish_reason, made.completion_tokens) == (pb.Generation.BASE, "tiny", "length", 24)
    assert made.prompt_tokens > 5


async def test_a_whole_text_is_the_stream_s(client: Client):
    asked = {"messages": DRAWER, "max_tokens": 16, "temperature": 0, "seed": 3}
    pieces, _ = await client.stream(**asked)

    assert (await client.whole(**asked)).text == "".join(pieces)


async def test_the_adapter_is_chosen_found_and_says_something_else(client: Client):
    asked = {"messages": DRAWER, "max_tokens": 24, "temperature": 0, "fallback_messages": DRAWER}
    voice, base = await client.whole(adapter="voice", required=True, **asked), await client.whole(**asked)

    assert (voice.generation.served_by, voice.generation.model, voice.generation.degraded) == (pb.Generation.LORA, "voice", False)
    assert voice.text != base.text
    assert list((await client.backend("lora")).models) == ["tiny", "voice"]


async def test_an_adapter_that_it_does_not_serve_falls_to_the_base_model_or_is_missed(client: Client):
    made = (await client.whole(adapter="nobody", messages=DRAWER, max_tokens=4)).generation
    with pytest.raises(errors.Unavailable) as caught:
        await client.whole(adapter="nobody", required=True, messages=DRAWER)

    assert (made.model, made.degraded) == ("tiny", True)
    assert caught.value.reason == "ADAPTER_UNAVAILABLE"


async def test_an_adapter_that_is_unloaded_is_missed_and_found_when_it_is_back(client: Client, vllm_url: str, vllm_adapter: str):
    assert not (await client.whole(adapter="voice", messages=DRAWER, max_tokens=4)).generation.degraded
    async with aiohttp.ClientSession(vllm_url) as http:
        async with http.post("/v1/unload_lora_adapter", json={"lora_name": "voice"}) as answer:
            answer.raise_for_status()
        try:
            assert (await client.whole(adapter="voice", messages=DRAWER, max_tokens=4)).generation.degraded
        finally:
            async with http.post("/v1/load_lora_adapter", json={"lora_name": "voice", "lora_path": vllm_adapter}) as answer:
                answer.raise_for_status()

    async def back() -> bool:
        return not (await client.whole(adapter="voice", messages=DRAWER, max_tokens=4)).generation.degraded

    assert await eventually(back, within=30)


@pytest.mark.parametrize("seed", range(5))
async def test_it_keeps_to_a_schema(client: Client, seed: int):
    answer = await client.whole(messages=DRAWER, max_tokens=32, temperature=1, seed=seed, json_schema=SCHEMA)

    assert json.loads(answer.text)["verb"] in {"take", "go"}
    assert answer.generation.attempts == 1


async def test_it_goes_on_from_what_was_said(client: Client):
    said = pb.PromptMessage(role=pb.PromptMessage.ASSISTANT, text="서랍 안에는")
    plain = await client.whole(messages=DRAWER, max_tokens=4, temperature=0)
    going_on = await client.whole(messages=[*DRAWER, said], continue_last_message=True, max_tokens=4, temperature=0)

    assert going_on.generation.prompt_tokens > plain.generation.prompt_tokens


async def test_a_prompt_beyond_its_context_is_refused_as_such(client: Client):
    with pytest.raises(errors.Invalid) as caught:
        await client.whole(messages=[pb.PromptMessage(role=pb.PromptMessage.USER, text="열쇠 " * 4000)])

    assert caught.value.reason == "CONTEXT_LENGTH_EXCEEDED"
    assert (await client.whole(messages=DRAWER, max_tokens=1)).generation.attempts == 1


async def test_a_caller_who_leaves_ends_the_generation(client: Client, vllm_url: str):
    call = client.stub.StreamGenerate(request(messages=DRAWER, max_tokens=450, temperature=1, seed=2))
    async for _ in call:
        break
    call.cancel()

    async def idle() -> bool:
        return await running(vllm_url) == 0

    assert await eventually(idle, within=2)


async def test_with_more_than_it_bears_it_refuses_and_nobody_is_told_a_half_text(client: Client):
    """One may wait inside it: of a burst, the others are answered 503, and come to their turn or are told."""

    async def call(number: int) -> str:
        try:
            made = (await client.whole(messages=DRAWER, max_tokens=100, temperature=1, seed=number)).generation
        except errors.Exhausted as failed:
            return failed.reason
        return made.finish_reason

    outcomes = await asyncio.gather(*(call(number) for number in range(24)))
    server = (await client.backend("base")).servers[0]

    assert set(outcomes) <= {"length", "stop", "BACKEND_OVERLOADED", "PROXY_OVERLOADED"}
    assert outcomes.count("length") + outcomes.count("stop") >= 1
    assert client.number("llm_attempts_total", backend="base", outcome="BACKEND_OVERLOADED") > 0
    assert server.limit < 16
    assert server.state in {pb.BackendServer.READY, pb.BackendServer.SATURATED}
    assert (await client.whole(messages=DRAWER, max_tokens=4)).generation.completion_tokens <= 4


async def test_how_many_wait_inside_it_is_read(vllm_url: str):
    async with connect(f"{vllm_url}/v1", key=None, timers=Timers(headers=timedelta(seconds=30))) as server:
        assert await server.waiting() == 0
        assert (await server.models()).context == 512
