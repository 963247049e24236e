"""The sixteen faults of the public FailoverBench, met by the first of two servers: the whole answer comes, or one clean reason in time."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
from maratang.llm_proxy.v1.admin_service_pb2 import WatchBackendsRequest

from services.chassis import errors
from tests.integration.llm_proxy.conftest import Client, proxy_before
from tests.support import fault_server as faulty
from tests.support.fault_server import Behaviour, FaultServer, fault_server

pytestmark = pytest.mark.anyio

TEXTS = tuple(f"{number} " for number in range(10))
TEXT = "".join(TEXTS)
OVERFLOW = '{"error":{"message":"This model\'s maximum context length is 2048 tokens.","type":"BadRequestError","code":400}}'
WHOLE_WITHIN = 10.0
"""Seconds: of the caller's 60."""
SHORT = {"first_token": 0.7, "between_tokens": 0.7}


async def continues(exchange: faulty.Exchange) -> None:
    """Goes on from what was said, as a server that knows `continue_final_message` does."""
    last = exchange.body["messages"][-1]
    said = last["content"] if last["role"] == "assistant" else ""
    assert TEXT.startswith(said), f"asked to go on from {said!r}"
    assert not said or exchange.body["continue_final_message"]
    await faulty.says(TEXT[len(said) :])(exchange)


async def refuses_prefill(exchange: faulty.Exchange) -> None:
    refused = '{"error":{"message":"continue_final_message is not supported","code":400}}'
    prefilled = exchange.body["messages"][-1]["role"] == "assistant"
    await (faulty.answers(400, refused) if prefilled else continues)(exchange)


async def slow(exchange: faulty.Exchange) -> None:
    await asyncio.sleep(20)
    await faulty.says(TEXT)(exchange)


def once(first: Behaviour, then: Behaviour) -> Behaviour:
    """One way at first, and another ever after."""
    ways = [first]

    async def behave(exchange: faulty.Exchange) -> None:
        await (ways.pop() if ways else then)(exchange)

    return behave


def flapping(seconds: float) -> Behaviour:
    """Well and ill by turns."""
    began = time.monotonic()

    async def behave(exchange: faulty.Exchange) -> None:
        ill = int((time.monotonic() - began) / seconds) % 2 == 0
        await (faulty.answers(500, "boom") if ill else continues)(exchange)

    return behave


@pytest.fixture
async def first() -> AsyncIterator[FaultServer]:
    async with fault_server(base="gemma") as server:
        yield server


@pytest.fixture
async def second() -> AsyncIterator[FaultServer]:
    async with fault_server(base="gemma") as server:
        server.behaviour = continues
        yield server


@pytest.fixture
async def client(first: FaultServer, second: FaultServer) -> AsyncIterator[Client]:
    async with proxy_before(base=(first.url, second.url)) as client:
        await settled(client)
        yield client


async def settled(client: Client) -> None:
    """Both servers are known before a fault is met, so that the first one is asked first."""
    async for said in client.admin.WatchBackends(WatchBackendsRequest()):
        if all(server.models for server in said.backends[0].servers):
            return


KEPT_WAITING = ("06", "07", "10")
"""Faults that a limit has to end: it is short for them, and for no others, as a busy machine meets a short one too."""
WHOLE: dict[str, Behaviour] = {
    "01 429 with Retry-After": once(faulty.answers(429, "{}", retry_after="1"), continues),
    "02 429 without end": faulty.answers(429, "{}"),
    "03 one 500": once(faulty.answers(500, "boom"), continues),
    "04 503 without end": faulty.answers(503, "{}"),
    "05 reset before headers": faulty.resets,
    "06 silence": faulty.silent,
    "07 slow first token": slow,
    "08 cut at 40 %": faulty.streams(*TEXTS[:4], then=faulty.closes),
    "09 cut at 60 %": faulty.streams(*TEXTS[:6], then=faulty.closes),
    "10 stall": faulty.streams(*TEXTS[:3], then=faulty.silent),
    "11 malformed chunk": faulty.streams(*TEXTS[:2], then=faulty.sends(b"data: {oh\n\n")),
    "12 no [DONE]": faulty.says(*TEXTS, done=False),
}


@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("name", WHOLE)
async def test_the_whole_answer_comes(first: FaultServer, second: FaultServer, name: str, streamed: bool):
    first.behaviour = WHOLE[name]
    limits = SHORT if name.startswith(KEPT_WAITING) else {}
    async with asyncio.timeout(WHOLE_WITHIN), proxy_before(base=(first.url, second.url), **limits) as client:
        await settled(client)
        if streamed:
            pieces, made = await client.stream(continue_interrupted=True)
            text = "".join(pieces)
        else:
            answer = await client.whole()
            text, made = answer.text, answer.generation

    assert (text, made.finish_reason) == (TEXT, "stop")
    assert len(first.asked) + len(second.asked) == made.attempts <= 3
    assert first.open == second.open == 0


@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
async def test_13_a_prompt_beyond_the_context_is_refused_once_and_named(
    first: FaultServer, second: FaultServer, client: Client, streamed: bool
):
    first.behaviour = faulty.answers(400, OVERFLOW)
    with pytest.raises(errors.Invalid) as caught:
        await (client.stream() if streamed else client.whole())

    assert caught.value.reason == "CONTEXT_LENGTH_EXCEEDED"
    assert len(first.asked) == 1
    assert second.asked == []


async def test_13_a_server_with_a_longer_context_is_asked_instead(first: FaultServer, second: FaultServer):
    first.behaviour = faulty.answers(400, OVERFLOW)
    first.models, second.models = lists(2048), lists(8192)
    async with proxy_before(base=(first.url, second.url)) as client:
        await settled(client)

        assert (await client.whole()).text == TEXT


def lists(context: int) -> Behaviour:
    return faulty.answers(200, json.dumps({"data": [{"id": "gemma", "parent": None, "max_model_len": context}]}))


async def test_14_what_the_content_filter_stopped_is_said_to_be_so(first: FaultServer, client: Client):
    first.behaviour = faulty.says("I can't", finish="content_filter")

    assert (await client.whole()).generation.finish_reason == "content_filter"
    assert len(first.asked) == 1


async def test_15_where_nobody_goes_on_from_a_text_the_break_is_named(first: FaultServer, second: FaultServer, client: Client):
    first.behaviour, second.behaviour = faulty.streams(*TEXTS[:4], then=faulty.closes), refuses_prefill
    with pytest.raises(errors.Conflict) as caught:
        await client.stream(continue_interrupted=True)

    assert caught.value.reason == "STREAM_INTERRUPTED"
    assert "".join(client.heard) == "".join(TEXTS[:4])
    assert caught.value.metadata["tokensSent"] == "4"
    assert (await client.whole()).text == TEXT


async def test_16_a_server_that_is_well_and_ill_by_turns_fails_nobody(first: FaultServer, client: Client):
    first.behaviour = flapping(0.1)
    async with asyncio.timeout(60):
        answers = [await client.whole() for _ in range(60)]

    assert {answer.text for answer in answers} == {TEXT}
    assert max(answer.generation.attempts for answer in answers) <= 2


async def test_what_was_tried_is_counted(first: FaultServer, client: Client):
    first.behaviour = faulty.answers(500, "boom")
    made = (await client.whole()).generation

    assert (made.attempts, made.prompt_tokens, made.completion_tokens) == (2, 7, 3)
    assert client.number("llm_attempts_total", backend="base", outcome="BACKEND_PROTOCOL_ERROR") == 1
    assert client.number("llm_attempts_total", backend="base", outcome="ok") == 1
    assert client.number("llm_fallbacks_total", **{"from": "base", "to": "base", "reason": "BACKEND_PROTOCOL_ERROR"}) == 1
    assert client.number("llm_tokens_total", backend="base", kind="completion") == 3
    assert client.number("llm_upstream_open_streams", backend="base") == client.number("llm_generations_in_flight") == 0


async def test_a_text_that_was_gone_on_with_says_so_and_one_without_leave_is_not_gone_on_with(first: FaultServer, client: Client):
    first.behaviour = WHOLE["08 cut at 40 %"]
    with pytest.raises(errors.Conflict):
        await client.stream()
    first.asked.clear()
    pieces, made = await client.stream(continue_interrupted=True)

    assert ("".join(pieces), made.continued, made.attempts) == (TEXT, True, 2)


async def test_another_model_never_goes_on_with_a_text(first: FaultServer):
    first.behaviour = WHOLE["08 cut at 40 %"]
    async with fault_server(base="other") as stranger, proxy_before(base=(first.url, stranger.url)) as client:
        await settled(client)
        with pytest.raises(errors.Conflict):
            await client.stream(continue_interrupted=True)

    assert stranger.asked == []
