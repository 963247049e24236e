"""Text that has to fit a schema: checked, tried once more where it does not, and never handed on unless it fits."""

import json

import pytest

from services.chassis import errors
from tests.integration.llm_proxy.conftest import Client
from tests.support import fault_server as faulty
from tests.support.fault_server import Exchange, FaultServer

pytestmark = pytest.mark.anyio

SCHEMA = '{"type":"object","properties":{"label":{"enum":["insult","neutral"]}},"required":["label"],"additionalProperties":false}'
FITS = '{"label": "insult"}'


def in_turn(*texts: str) -> faulty.Behaviour:
    """One text after another; the last one for ever."""
    left = list(texts)

    async def behave(exchange: Exchange) -> None:
        await faulty.says(left.pop(0) if len(left) > 1 else left[0])(exchange)

    return behave


@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
async def test_a_text_that_does_not_fit_is_made_once_more_and_only_what_fits_is_seen(base: FaultServer, client: Client, streamed: bool):
    base.behaviour = in_turn("she seems insulted", FITS)
    if streamed:
        pieces, made = await client.stream(json_schema=SCHEMA)
        text = "".join(pieces)
    else:
        answer = await client.whole(json_schema=SCHEMA)
        text, made = answer.text, answer.generation

    assert (text, made.attempts, len(base.asked)) == (FITS, 2, 2)


async def test_it_is_not_made_a_third_time(base: FaultServer, client: Client):
    base.behaviour = in_turn("no", '{"label":"other"}', FITS)
    with pytest.raises(errors.Internal) as caught:
        await client.whole(json_schema=SCHEMA)

    assert (caught.value.reason, len(base.asked)) == ("STRUCTURED_OUTPUT_INVALID", 2)


async def test_what_is_made_once_more_is_paid_from_the_budget(base: FaultServer, client: Client):
    base.behaviour = in_turn("no")
    for _ in range(40):
        with pytest.raises(errors.Internal):
            await client.whole(json_schema=SCHEMA)

    assert len(base.asked) < 70, "every text was made twice"


async def test_a_server_is_asked_in_the_one_way_that_it_obeys(base: FaultServer, client: Client):
    """vLLM passes over `guided_json` without a word."""

    async def behave(exchange: Exchange) -> None:
        guided = exchange.body.get("response_format", {}).get("json_schema", {}).get("schema")
        await faulty.says(FITS if guided == json.loads(SCHEMA) else "free text")(exchange)

    base.behaviour = behave

    assert json.loads((await client.whole(json_schema=SCHEMA)).text) == {"label": "insult"}
    assert len(base.asked) == 1
