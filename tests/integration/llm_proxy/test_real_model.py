"""The healthy half, and two refusals, before a real server: llama.cpp with the small model."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from tests.integration.llm_proxy.conftest import Client, proxy_before, request
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.model]

DRAWER = [pb.PromptMessage(role=pb.PromptMessage.USER, text="당신은 서랍을 열었다. 안에는 놋쇠 열쇠가 있었다.")]
SCHEMA = '{"type":"object","properties":{"verb":{"enum":["take","go"]}},"required":["verb"],"additionalProperties":false}'


@pytest.fixture
async def client(llama_url: str) -> AsyncIterator[Client]:
    async with proxy_before(base=(llama_url,), deadline=60, headers=60, first_token=60, between_tokens=30) as client:
        yield client


async def test_it_tells_in_a_stream(client: Client):
    pieces, made = await client.stream(messages=DRAWER, max_tokens=16, temperature=0, seed=1)

    assert len(pieces) > 1
    assert "".join(pieces).strip()
    assert (made.backend, made.model, made.finish_reason, made.completion_tokens) == ("base", "gemma-3-270m", "length", 16)
    assert made.prompt_tokens > 5


async def test_it_keeps_to_a_schema(client: Client):
    answer = await client.whole(messages=DRAWER, max_tokens=24, temperature=0, json_schema=SCHEMA)

    assert json.loads(answer.text)["verb"] in {"take", "go"}


async def test_one_text_after_another_meets_no_stale_connection(client: Client):
    """llama.cpp closes a connection after a stream without saying so."""
    answers = [await client.whole(messages=DRAWER, max_tokens=1) for _ in range(4)]

    assert all(answer.generation.completion_tokens == 1 for answer in answers)


async def test_a_prompt_beyond_its_context_is_refused_as_such(client: Client):
    with pytest.raises(errors.Invalid) as caught:
        await client.whole(messages=[pb.PromptMessage(role=pb.PromptMessage.USER, text="열쇠 " * 4000)])

    assert caught.value.reason == "CONTEXT_LENGTH_EXCEEDED"


async def test_a_caller_who_leaves_frees_it(client: Client):
    call = client.stub.StreamGenerate(request(messages=DRAWER, max_tokens=2048))
    async with asyncio.timeout(60):
        async for _ in call:
            break
    call.cancel()

    async def free() -> bool:
        return (await client.backend("base")).in_flight == 0

    assert await eventually(free)
