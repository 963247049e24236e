"""What a caller or an operator may say, and what is refused: requests, schemas, URLs."""

import pytest
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from services.chassis.config import ConfigError, load
from services.llm_proxy import urls, wire
from services.llm_proxy.config import LlmProxyConfig
from services.llm_proxy.generation import Message, Policy, Route
from services.llm_proxy.schema import Schema

USER = pb.PromptMessage(role=pb.PromptMessage.USER, text="문을 연다")
PREFERRED = pb.Route(policy=pb.Route.LORA_PREFERRED, adapter="joseon")


def test_what_is_absent_has_its_default():
    ask = wire.ask(pb.GenerateRequest(messages=[USER]))

    assert ask.route == Route(policy=Policy.BASE)
    assert ask.messages == ask.fallback_messages == (Message(role="user", text="문을 연다"),)
    assert (ask.max_tokens, ask.temperature, ask.seed, ask.schema) == (256, None, None, None)


def test_zero_is_not_absent():
    ask = wire.ask(pb.GenerateRequest(messages=[USER], temperature=0, seed=0))

    assert (ask.temperature, ask.seed) == (0, 0)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.GenerateRequest(), "messages"),
        (pb.GenerateRequest(messages=[pb.PromptMessage(text="who?")]), "messages"),
        (pb.GenerateRequest(messages=[USER], fallback_messages=[pb.PromptMessage(text="who?")]), "fallbackMessages"),
        (pb.GenerateRequest(messages=[USER], route=pb.Route(policy=pb.Route.LORA_PREFERRED)), "route.adapter"),
        (pb.GenerateRequest(messages=[USER], route=pb.Route(policy=9)), "route.policy"),
        (pb.GenerateRequest(messages=[USER], max_tokens=2049), "maxTokens"),
        (pb.GenerateRequest(messages=[USER], max_tokens=-1), "maxTokens"),
        (pb.GenerateRequest(messages=[USER], temperature=2.1), "temperature"),
        (pb.GenerateRequest(messages=[USER], temperature=float("nan")), "temperature"),
        (pb.GenerateRequest(messages=[USER], stop=["x"] * 9), "stop"),
        (pb.GenerateRequest(messages=[USER], stop=[""]), "stop"),
        (pb.GenerateRequest(messages=[USER], request_id="x" * 65), "requestId"),
        (pb.GenerateRequest(messages=[USER], request_id="a\r\nb: c"), "requestId"),
        (pb.GenerateRequest(messages=[USER], continue_last_message=True), "continueLastMessage"),
        (pb.GenerateRequest(messages=[USER], json_schema="{"), "jsonSchema"),
        (pb.GenerateRequest(messages=[USER], json_schema="[]"), "jsonSchema"),
        (pb.GenerateRequest(messages=[USER], json_schema='{"type":"nothing"}'), "jsonSchema"),
        (pb.GenerateRequest(messages=[USER], json_schema='{"$ref":"http://example.org/schema"}'), "jsonSchema"),
    ],
)
def test_a_wrong_field_is_named(request_: pb.GenerateRequest, field: str):
    with pytest.raises(errors.Invalid) as caught:
        wire.ask(request_)

    assert [one.field for one in caught.value.violations] == [field]


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(errors.Invalid) as caught:
        wire.ask(pb.GenerateRequest(max_tokens=-1, json_schema="{"))

    assert [one.field for one in caught.value.violations] == ["messages", "maxTokens", "jsonSchema"]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('{"label":"insult"}', True),
        ('{"label":"other"}', False),
        ('{"label":', False),
        ("insult", False),
        ("", False),
        ("[" * 100_000, False),
    ],
)
def test_a_text_fits_its_schema_or_does_not(text: str, fits: bool):
    schema = Schema('{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"label":{"enum":["insult"]}},"required":["label"]}}}')

    assert schema.accepts(text) is fits


def test_a_schema_that_refers_to_nothing_fits_nothing():
    assert not Schema('{"$ref":"#/$defs/missing"}').accepts("{}")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://h:8000", "http://h:8000/v1"),
        ("http://h:8000/", "http://h:8000/v1"),
        ("http://h:8000/v1", "http://h:8000/v1"),
        ("https://x.ngrok-free.app/v1/", "https://x.ngrok-free.app/v1"),
        (" https://h/some/where ", "https://h/some/where/v1"),
    ],
)
def test_a_url_is_written_as_one_likes(written: str, read: str):
    assert urls.normal(written) == read


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://localhost:8000/v1", True),
        ("http://127.0.0.1:1/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://vllm:8000/v1", True),
        ("http://vllm.models.svc:8000/v1", True),
        ("https://x.ngrok-free.app/v1", False),
        ("http://8.8.8.8/v1", False),
    ],
)
def test_a_server_is_near_where_no_tunnel_counts(url: str, near: bool):
    assert urls.is_near(url) is near


def test_the_environment_names_servers_and_limits():
    config = load(
        LlmProxyConfig,
        {
            "SERVICE_CREDENTIAL": "s",
            "LISTEN_INTERNAL": "127.0.0.1:0",
            "VLLM_BASE_URL": "http://a:1, http://b:2/v1",
            "FIRST_TOKEN_SECONDS": "20",
        },
    )

    assert (config.base_urls, config.lora_urls, config.timers.first_token.total_seconds()) == (("http://a:1", "http://b:2/v1"), (), 20)


def test_all_wrong_urls_are_named_at_once():
    with pytest.raises(ConfigError) as caught:
        load(
            LlmProxyConfig,
            {
                "SERVICE_CREDENTIAL": "s",
                "LISTEN_INTERNAL": "127.0.0.1:0",
                "VLLM_BASE_URL": "ftp://a,http://h:port",
                "LORA_VLLM_BASE_URL": "localhost:8000",
            },
        )

    assert [fault.split(":")[0] for fault in caught.value.faults] == ["VLLM_BASE_URL", "VLLM_BASE_URL", "LORA_VLLM_BASE_URL"]
