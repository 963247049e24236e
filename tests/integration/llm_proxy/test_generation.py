"""What a caller gets when the model servers do what they should: text, how it was made, the adapter or its stand-in, JSON that fits."""

import asyncio

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.llm_proxy.adapters import vllm
from services.llm_proxy.timers import Timers
from tests.integration.llm_proxy.conftest import PATIENCE_SECONDS, Client, proxy_before
from tests.support import fault_server as faulty
from tests.support.eventually import eventually
from tests.support.fault_server import FaultServer

pytestmark = pytest.mark.anyio

SCHEMA = '{"type":"object","properties":{"label":{"enum":["insult","neutral"]}},"required":["label"]}'
NO_ADAPTER = '{"error":{"message":"The model `joseon` does not exist.","type":"NotFoundError","code":404}}'
OFFLINE = faulty.answers(404, "offline", content_type="text/html", ngrok_error_code="ERR_NGROK_3200")


async def test_a_whole_text_says_how_it_was_made(client: Client):
    answer = await client.whole()
    made = answer.generation

    assert answer.text == "하나 two three"
    assert (made.served_by, made.backend, made.model, made.degraded) == (pb.Generation.BASE, "base", "gemma", False)
    assert (made.finish_reason, made.prompt_tokens, made.completion_tokens, made.attempts) == ("stop", 7, 3, 1)
    assert 0 <= made.first_token_ms <= made.total_ms < 1000 * PATIENCE_SECONDS


async def test_a_stream_hands_each_token_on_as_it_comes(base: FaultServer, client: Client):
    """Each token is only sent when the one before has arrived, so that a proxy which gathers would stop."""
    arrived = asyncio.Event()

    async def behave(exchange: faulty.Exchange) -> None:
        exchange.head(headers=faulty.STREAM)
        for text in ("하나", " two", " three"):
            exchange.token(text)
            await arrived.wait()
            arrived.clear()
        exchange.token("", finish="length")
        exchange.end()

    base.behaviour = behave
    got = []
    async for event in client.stub.StreamGenerate(pb.GenerateRequest(messages=[pb.PromptMessage(role=pb.PromptMessage.USER, text="x")])):
        got.append(event.text or event.finished.finish_reason)
        arrived.set()

    assert got == ["하나", " two", " three", "length"]


async def test_the_server_is_asked_as_the_caller_asked(base: FaultServer, client: Client):
    messages = [pb.PromptMessage(role=pb.PromptMessage.SYSTEM, text="지시"), pb.PromptMessage(role=pb.PromptMessage.ASSISTANT, text="문이")]
    await client.whole(
        request_id="g-7", messages=messages, max_tokens=9, temperature=0.5, stop=["끝"], seed=3, continue_last_message=True, json_schema=""
    )
    (asked,) = base.asked

    assert asked.path == "/v1/chat/completions"
    assert asked.headers["x-request-id"] == "g-7"
    assert asked.headers["ngrok-skip-browser-warning"] == "1"
    assert "authorization" not in asked.headers
    assert asked.body == {
        "model": "gemma",
        "messages": [{"role": "system", "content": "지시"}, {"role": "assistant", "content": "문이"}],
        "max_tokens": 9,
        "temperature": 0.5,
        "stop": ["끝"],
        "seed": 3,
        "stream": True,
        "stream_options": {"include_usage": True},
        "continue_final_message": True,
        "add_generation_prompt": False,
    }


async def test_a_text_that_fits_its_schema_is_given(base: FaultServer, client: Client):
    base.behaviour = faulty.says('{"label":', ' "insult"}')
    answer = await client.whole(json_schema=SCHEMA)

    assert answer.text == '{"label": "insult"}'
    asked = base.asked[0].body["response_format"]
    assert (asked["type"], asked["json_schema"]["strict"], asked["json_schema"]["schema"]["required"]) == ("json_schema", True, ["label"])


@pytest.mark.parametrize("text", ['{"label":"other"}', '{"label":"ins', "plain words"])
async def test_a_text_outside_its_schema_is_refused(base: FaultServer, client: Client, text: str):
    base.behaviour = faulty.says(text)
    with pytest.raises(errors.Internal) as unary:
        await client.whole(json_schema=SCHEMA)
    with pytest.raises(errors.Internal) as streamed:
        await client.stream(json_schema=SCHEMA)

    assert unary.value.reason == streamed.value.reason == "STRUCTURED_OUTPUT_INVALID"
    assert (await client.backend("base")).state == pb.Backend.READY


async def test_a_wrong_request_never_reaches_a_server(base: FaultServer, client: Client):
    with pytest.raises(errors.Invalid):
        await client.whole(messages=[])

    assert base.asked == []


async def test_the_adapter_serves_who_asks_for_it(base: FaultServer, lora: FaultServer):
    async with proxy_before(base=(base.url,), lora=(lora.url + "/v1",)) as client:
        answer = await client.whole(adapter="joseon")

    assert (answer.generation.served_by, answer.generation.model, answer.generation.degraded) == (pb.Generation.LORA, "joseon", False)
    assert (lora.asked[0].body["model"], lora.asked[0].body["messages"][0]["content"]) == ("joseon", "for the adapter")
    assert base.asked == []


async def refuses_adapter(exchange: faulty.Exchange) -> None:
    await (faulty.answers(404, NO_ADAPTER) if exchange.body["model"] == "joseon" else faulty.says("base id"))(exchange)


@pytest.mark.parametrize(
    ("behaviour", "reason", "limits"),
    [
        (refuses_adapter, "ADAPTER_UNAVAILABLE", {}),
        (OFFLINE, "ADAPTER_UNAVAILABLE", {}),
        (faulty.answers(503), "BACKEND_OVERLOADED", {}),
        (faulty.silent, "TTFT_TIMEOUT", {"first_token": 0.7}),
        (faulty.says("a", model="gemma-lora"), "WRONG_MODEL", {}),
        (faulty.streams(then=faulty.closes), "STREAM_TRUNCATED", {}),
    ],
    ids=["adapter gone", "tunnel offline", "busy", "silent", "base model answers", "cut"],
)
@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
async def test_without_the_adapter_who_prefers_it_gets_the_base_model_and_who_requires_it_the_reason(
    base: FaultServer, lora: FaultServer, behaviour: faulty.Behaviour, reason: str, limits: dict[str, float], streamed: bool
):
    lora.behaviour = behaviour
    async with proxy_before(base=(base.url,), lora=(lora.url,), **limits) as client:
        made = (await client.stream(adapter="joseon"))[1] if streamed else (await client.whole(adapter="joseon")).generation
        with pytest.raises(errors.Failure) as caught:
            await client.whole(adapter="joseon", required=True)

    assert (made.served_by, made.backend, made.model, made.degraded, made.attempts) == (pb.Generation.BASE, "base", "gemma", True, 2)
    assert base.asked[0].body["messages"][0]["content"] == "for the base model"
    assert caught.value.reason == reason


async def test_an_adapter_that_no_server_lists_is_not_asked_for(base: FaultServer, lora: FaultServer):
    async with proxy_before(base=(base.url,), lora=(lora.url,)) as client:
        made = (await client.whole(adapter="goryeo")).generation
        with pytest.raises(errors.Unavailable) as caught:
            await client.whole(adapter="goryeo", required=True)

    assert (made.degraded, made.attempts, lora.asked) == (True, 1, [])
    assert (caught.value.reason, caught.value.metadata["adapter"]) == ("ADAPTER_UNAVAILABLE", "goryeo")


async def test_an_adapter_that_is_gone_after_a_restart_is_missed_and_found_again(base: FaultServer, lora: FaultServer):
    async with proxy_before(base=(base.url,), lora=(lora.url,)) as client:
        assert not (await client.whole(adapter="joseon")).generation.degraded
        lora.adapters, lora.behaviour = (), refuses_adapter
        assert (await client.whole(adapter="joseon")).generation.degraded
        asked = len(lora.asked)
        with pytest.raises(errors.Unavailable) as caught:
            await client.whole(adapter="joseon", required=True)
        assert (caught.value.reason, len(lora.asked)) == ("ADAPTER_UNAVAILABLE", asked), "it is not asked for what it does not list"

        lora.adapters, lora.behaviour = ("joseon",), faulty.says("whole")

        async def back() -> bool:
            return not (await client.whole(adapter="joseon")).generation.degraded

        assert await eventually(back, within=15)


async def test_after_text_nobody_else_goes_on(base: FaultServer, lora: FaultServer):
    lora.behaviour = faulty.streams("하나", then=faulty.resets)
    async with proxy_before(base=(base.url,), lora=(lora.url,)) as client:
        with pytest.raises(errors.Conflict) as caught:
            await client.stream(adapter="joseon")
        whole = await client.whole(adapter="joseon")

    assert (caught.value.reason, client.heard) == ("STREAM_INTERRUPTED", ["하나"])
    assert (whole.text, whole.generation.degraded) == ("하나 two three", True)


async def test_the_base_model_of_the_lora_server_stands_in_unnoticed(lora: FaultServer):
    async with faulty.fault_server() as gone:
        url = gone.url
    async with proxy_before(base=(url,), lora=(lora.url,)) as client:
        made = (await client.whole()).generation

    assert (made.served_by, made.backend, made.model, made.degraded) == (pb.Generation.BASE, "lora", "gemma-lora", False)


async def test_the_next_url_is_tried(base: FaultServer):
    async with faulty.fault_server() as gone:
        url = gone.url
    async with proxy_before(base=(url, base.url)) as client:
        made = (await client.whole()).generation

    assert (made.backend, made.model) == ("base", "gemma")


async def test_a_backend_says_how_it_is_and_recovers(base: FaultServer, client: Client):
    await client.whole()
    ready = await client.backend("base")
    assert (ready.state, ready.reason, list(ready.models), ready.in_flight) == (pb.Backend.READY, "", ["gemma"], 0)
    assert (await client.backend("lora")).state == pb.Backend.NOT_CONFIGURED

    models, base.models, base.behaviour = base.models, OFFLINE, OFFLINE
    with pytest.raises(errors.Unavailable):
        await client.whole()
    failing = await client.backend("base")
    assert (failing.state, failing.reason) == (pb.Backend.FAILING, "TUNNEL_OFFLINE")

    base.models = models

    async def ready() -> bool:
        return (await client.backend("base")).state == pb.Backend.READY

    assert await eventually(ready)


async def test_health_names_the_backends_and_does_not_depend_on_them(base: FaultServer):
    """A gateway reads there whether the model is there; the service itself serves without any."""
    base.models = OFFLINE
    async with proxy_before(base=(base.url,)) as client, grpc.aio.insecure_channel(f"127.0.0.1:{client.port}") as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        there = await stub.Check(health_pb2.HealthCheckRequest(service="llm.base"))
        whole = await stub.Check(health_pb2.HealthCheckRequest())

    assert there.status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert whole.status == health_pb2.HealthCheckResponse.SERVING


async def test_nobody_generates_without_the_credential(client: Client):
    async with connect(f"127.0.0.1:{client.port}") as channel:
        stub = type(client.stub)(channel)
        with pytest.raises(errors.Unauthenticated):
            await stub.Generate(pb.GenerateRequest())


@pytest.mark.parametrize(("key", "sent"), [(None, "Basic b3A6YSBi"), (Secret("k"), "Bearer k")])
async def test_a_key_goes_before_the_urls_own_user(base: FaultServer, key: Secret | None, sent: str):
    async with vllm.connect(f"http://op:a%20b@127.0.0.1:{base.port}/v1", key=key, timers=Timers()) as server:
        asked: list[str] = []

        async def behave(exchange: faulty.Exchange) -> None:
            asked.append(exchange.headers["authorization"])
            await faulty.answers(200, '{"data":[{"id":"gemma"}]}')(exchange)

        base.models = behave
        assert (await server.models()).base == "gemma"

    assert asked == [sent]
