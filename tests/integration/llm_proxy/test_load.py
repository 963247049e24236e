"""More than servers bear, and servers that come and go: what can be served is, the rest is told at once, and nothing is stuck."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from tests.integration.llm_proxy.conftest import Client, proxy_before, request, under_way
from tests.support import fault_server as faulty
from tests.support.eventually import eventually
from tests.support.fault_server import FaultServer, fault_server

pytestmark = pytest.mark.anyio
SOON = 20.0
"""Seconds in which a condition is waited for."""
TELLING, NIGHT, BACKGROUND = pb.GenerateRequest.TELLING, pb.GenerateRequest.NIGHT, pb.GenerateRequest.BACKGROUND


@dataclass(slots=True)
class Outcomes:
    """What became of calls, and how long those that were refused took to hear of it."""

    by_reason: Counter[str] = field(default_factory=Counter)
    refused_after: list[float] = field(default_factory=list)


async def offer(client: Client, *, a_second: float, seconds: float, **fields: object) -> Outcomes:
    """So many calls a second for so long, whatever becomes of them."""
    outcomes = Outcomes()

    async def call() -> None:
        began = time.monotonic()
        try:
            await client.whole(**fields)
            outcomes.by_reason["OK"] += 1
        except errors.Failure as failed:
            outcomes.by_reason[failed.reason] += 1
            outcomes.refused_after.append(time.monotonic() - began)

    async with asyncio.TaskGroup() as group:
        began = time.monotonic()
        for number in range(int(a_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / a_second - time.monotonic()))
            group.create_task(call())
    return outcomes


async def test_twice_of_what_it_bears_is_served_by_half_and_the_rest_is_told(base: FaultServer):
    """8 places of 0.1 s each bear 80 a second."""
    base.behaviour = faulty.crowded(8, 0.1)
    async with proxy_before(base=(base.url,)) as client:
        outcomes = await offer(client, a_second=160, seconds=3)
        limit = (await client.backend("base")).servers[0].limit

    assert set(outcomes.by_reason) <= {"OK", "PROXY_OVERLOADED", "BACKEND_OVERLOADED"}
    # 0.9 on an idle machine; on one that others use, a text takes longer than its 0.1 s.
    assert outcomes.by_reason["OK"] >= 0.5 * 80 * 3, outcomes.by_reason
    assert limit < 16, "it was lowered by each refusal"
    assert len(base.asked) <= 1.2 * 160 * 3 + 15, "refusals were multiplied"


async def test_who_finds_no_room_in_time_is_told_when_to_come_again(base: FaultServer):
    base.behaviour = faulty.streams("하나", then=faulty.silent)
    async with proxy_before(base=(base.url,), concurrency=2) as client, under_way(*(client.apart().stream() for _ in range(2))):
        async with asyncio.timeout(SOON):
            await base.until(2)
        began = time.monotonic()
        with pytest.raises(errors.Exhausted) as caught:
            await client.stub.Generate(request(), timeout=2)
        took = time.monotonic() - began

    assert (caught.value.reason, caught.value.metadata["phase"]) == ("PROXY_OVERLOADED", "queue")
    assert caught.value.retry_after is not None
    assert took > 0.4, "30 % of the time that the caller had were waited for"
    assert client.number("llm_shed_total", why="late") == 1


async def test_who_waits_has_the_room_that_a_server_turns_out_to_have(base: FaultServer):
    """More come at once than a new server is asked for; its first tokens come when all wait, and none of its texts ends."""
    go_on = asyncio.Event()

    async def behave(exchange: faulty.Exchange) -> None:
        await go_on.wait()
        exchange.head(headers=faulty.STREAM)
        exchange.token("하나")
        await exchange.gone()

    base.behaviour = behave
    async with proxy_before(base=(base.url,)) as client, under_way(*(client.apart().stream() for _ in range(28))):

        async def wait() -> bool:
            return client.number("llm_queue") == 12

        assert await eventually(wait)
        go_on.set()
        async with asyncio.timeout(5):  # who finds no room goes after 2 s
            await base.until(28)


async def test_where_too_many_wait_what_nobody_waits_for_goes_first(base: FaultServer):
    base.behaviour = faulty.streams("하나", then=faulty.silent)
    async with proxy_before(base=(base.url,), concurrency=2) as client, under_way(*(client.apart().stream() for _ in range(2))) as served:
        async with asyncio.timeout(SOON):
            await base.until(2)
        base.behaviour = faulty.says("whole")

        async def full() -> bool:
            return client.number("llm_queue") == 2

        async with under_way(client.whole(priority=BACKGROUND), client.whole(priority=NIGHT)) as (background, night):
            assert await eventually(full)
            async with under_way(*(client.whole(priority=TELLING) for _ in range(3))) as more:
                with pytest.raises(errors.Exhausted) as shed:
                    await background
                for call in served:
                    call.cancel()
                answers = await asyncio.gather(night, *more)

    assert shed.value.metadata["why"] == "shed"
    assert {answer.text for answer in answers} == {"whole"}


async def test_while_all_refuse_for_want_of_room_they_are_spared_and_when_they_do_not_all_is_well(base: FaultServer):
    base.behaviour = faulty.answers(503, "{}")
    async with proxy_before(base=(base.url,)) as client:
        outcomes = await offer(client, a_second=60, seconds=2)
        assert set(outcomes.by_reason) <= {"BACKEND_OVERLOADED", "PROXY_OVERLOADED"}
        assert len(base.asked) <= 1.2 * 120 + 15, "refusals were multiplied"

        base.behaviour = faulty.says("whole")
        async with asyncio.timeout(10):  # no breaker is open, which would keep it waiting or refused
            assert (await client.whole()).text == "whole"
        assert (await client.backend("base")).servers[0].state in {pb.BackendServer.READY, pb.BackendServer.SATURATED}


@pytest.mark.parametrize(("status", "reason"), [(400, "INVALID_PROMPT"), (503, "BACKEND_OVERLOADED")])
async def test_a_burst_of_refusals_opens_no_breaker(base: FaultServer, status: int, reason: str):
    async def behave(exchange: faulty.Exchange) -> None:
        await (faulty.answers(status, "{}") if exchange.body["max_tokens"] == 7 else faulty.says("whole"))(exchange)

    base.behaviour = behave
    async with proxy_before(base=(base.url,)) as client:
        outcomes = await offer(client, a_second=300, seconds=0.5, max_tokens=7)
        states = {model.state for model in (await client.backend("base")).servers[0].models}

        assert set(outcomes.by_reason) <= {reason, "PROXY_OVERLOADED"}
        assert states <= {pb.BackendServer.READY, pb.BackendServer.SATURATED}
        assert (await client.whole()).text == "whole"


async def test_with_one_of_two_down_nobody_fails_and_each_is_tried_once_more_at_most(base: FaultServer):
    async with fault_server(base="gemma") as gone:
        gone.behaviour = faulty.resets
        async with proxy_before(base=(gone.url, base.url)) as client:
            answers = await asyncio.gather(*(client.whole() for _ in range(3)))
            port = gone.port
            for link in list(gone.links):
                link.transport.abort()
            gone.models = faulty.resets
            outcomes = await offer(client, a_second=100, seconds=1)

    assert port
    assert outcomes.by_reason == {"OK": 100}
    assert max(answer.generation.attempts for answer in answers) <= 3
    assert len(gone.asked) < 40, "one that failed is left alone"


async def test_one_that_comes_and_goes_is_never_stuck_and_never_thrashed(base: FaultServer):
    """It is well and ill by turns, alone."""
    async with proxy_before(base=(base.url,)) as client:
        while_well, asked_while_ill = Counter[str](), 0
        for _ in range(3):
            base.behaviour = faulty.says("whole")
            while_well += (await offer(client, a_second=50, seconds=0.4)).by_reason
            base.behaviour, before = faulty.answers(500, "boom"), len(base.asked)
            await offer(client, a_second=50, seconds=0.4)
            asked_while_ill += len(base.asked) - before
        base.behaviour = faulty.says("whole")

        async def well() -> bool:
            try:
                return (await client.whole()).text == "whole"
            except errors.Unavailable:
                return False

        assert await eventually(well, within=SOON)

    assert set(while_well) <= {"OK", "BREAKER_OPEN"}
    assert while_well["OK"] >= 20, "all of the first turn, and one a second later"
    assert asked_while_ill <= 30, "half of what was offered then, each of which would have been tried twice"


async def test_an_open_breaker_answers_at_once_and_lets_one_a_second_through(base: FaultServer):
    base.behaviour = faulty.answers(500, "boom")
    async with proxy_before(base=(base.url,)) as client:
        for _ in range(3):  # twice each: five faults in a row, and fewer than the ten of which half would do
            with pytest.raises(errors.Failure):
                await client.whole()
        assert (await client.backend("base")).state == pb.Backend.FAILING
        before, began = len(base.asked), time.monotonic()
        outcomes = await offer(client, a_second=50, seconds=1.5)
        seconds = time.monotonic() - began

    assert outcomes.by_reason["BREAKER_OPEN"] >= 60
    assert sorted(outcomes.refused_after)[35] < 0.3, "half of them were answered at once"
    assert 2 <= len(base.asked) - before <= seconds + 2


async def test_a_hung_engine_is_suspected_then_left_alone_and_found_again(base: FaultServer):
    """Its list comes all the while, and comments do."""
    async with fault_server(base="gemma") as other, proxy_before(base=(base.url, other.url), first_token=1) as client:
        await client.whole()
        base.behaviour = faulty.streams(then=faulty.comments)
        answers = [await client.whole() for _ in range(3)]
        states = {server.url: server.models[0].state for server in (await client.backend("base")).servers}

        assert {answer.text for answer in answers} == {"하나 two three"}
        assert states[f"{base.url}/v1"] == pb.BackendServer.SUSPECT
        assert sum(answer.generation.attempts for answer in answers) == 4, "only the first was kept waiting"


async def test_visitors_leave_half_of_a_lora_server_to_its_adapters(lora: FaultServer):
    lora.behaviour = faulty.streams("하나", then=faulty.silent)
    async with (
        asyncio.timeout(SOON),
        proxy_before(lora=(lora.url,), concurrency=4) as client,
        under_way(*(client.apart().stream() for _ in range(4))),
    ):
        await lora.until(2)
        async with under_way(*(client.apart().stream(adapter="joseon") for _ in range(2))):
            await lora.until(4)
            asked = Counter(exchange.body["model"] for exchange in lora.asked)

    assert asked == {"gemma-lora": 2, "joseon": 2}


async def test_a_conversation_that_fell_stays_with_the_base_model_for_a_while(base: FaultServer, lora: FaultServer):
    async with proxy_before(base=(base.url,), lora=(lora.url,)) as client:
        assert not (await client.whole(adapter="joseon", conversation_id="g")).generation.degraded
        lora.behaviour = faulty.answers(503, "{}")
        assert (await client.whole(adapter="joseon", conversation_id="g")).generation.degraded
        lora.behaviour = faulty.says("whole")

        async def back() -> bool:
            return not (await client.whole(adapter="joseon")).generation.degraded

        assert await eventually(back)
        assert (await client.whole(adapter="joseon", conversation_id="g")).generation.degraded
