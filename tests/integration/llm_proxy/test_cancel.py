"""A caller who leaves ends the generation at its server, at once, whatever it was doing."""

import asyncio
import time

import pytest
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from tests.integration.llm_proxy.conftest import Client, proxy_before, request
from tests.support import fault_server as faulty
from tests.support.eventually import eventually
from tests.support.fault_server import FaultServer

pytestmark = pytest.mark.anyio

PHASES = {
    "headers": faulty.silent,
    "first token": faulty.streams(then=faulty.silent),
    "first token, with comments": faulty.streams(then=faulty.comments),
    "between tokens": faulty.streams("하나", then=faulty.silent),
}


@pytest.fixture
async def patient(base: FaultServer):
    async with proxy_before(base=(base.url,), connect=30, headers=30, first_token=30, between_tokens=30, at_first=64) as client:
        await client.whole()
        base.asked.clear()
        yield client


async def until_free(client: Client) -> None:
    async def free() -> bool:
        return (await client.backend("base")).in_flight == 0

    assert await eventually(free)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
async def test_the_connection_is_closed_within_50_ms(base: FaultServer, patient: Client, phase: str, streamed: bool):
    base.behaviour = PHASES[phase]
    took = []
    for _ in range(3):  # the best of three: this is about the proxy, not about who else uses the machine
        async with asyncio.timeout(5):
            call = asyncio.create_task(patient.stream() if streamed else patient.whole())
            await base.until(1)
            if streamed and phase == "between tokens":
                while not patient.heard:  # noqa: ASYNC110  a list tells nobody that it grew
                    await asyncio.sleep(0.01)
            left = time.monotonic()
            call.cancel()
            await base.until(0)
            took.append(base.left_at[-1] - left)
            await asyncio.gather(call, return_exceptions=True)

    assert min(took) < 0.05
    await until_free(patient)


async def test_while_connecting_a_caller_can_leave():
    with faulty.black_hole() as url:
        async with proxy_before(base=(url,), connect=30, headers=30, first_token=30, deadline=60) as client:
            call = asyncio.create_task(client.stream())

            async def begun() -> bool:
                return client.number("llm_generations_in_flight") == 1

            assert await eventually(begun)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)

            async def over() -> bool:
                return client.number("llm_generations_in_flight") == 0

            assert await eventually(over, within=1)


async def test_cancelling_twice_leaves_everything_usable(base: FaultServer, patient: Client):
    base.behaviour = faulty.streams("하나", then=faulty.comments)
    calls = [asyncio.create_task(patient.stream()) for _ in range(20)]
    async with asyncio.timeout(5):
        await base.until(20)
    for call in calls:
        call.cancel()
    await asyncio.sleep(0)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    async with asyncio.timeout(5):
        await base.until(0)
    await until_free(patient)

    base.behaviour = faulty.says("whole")
    assert [(await patient.whole()).text for _ in range(3)] == ["whole"] * 3


async def test_while_it_waits_for_room_a_caller_can_leave(base: FaultServer):
    base.behaviour = faulty.streams("하나", then=faulty.silent)
    async with proxy_before(base=(base.url,), concurrency=2, between_tokens=30) as client:
        served = [asyncio.create_task(client.apart().stream()) for _ in range(2)]
        async with asyncio.timeout(5):
            await base.until(2)
        waiting = [asyncio.create_task(client.apart().whole()) for _ in range(3)]

        async def wait() -> bool:
            return client.number("llm_queue") == 3

        assert await eventually(wait, within=1)
        for call in waiting:
            call.cancel()

        async def left() -> bool:
            return client.number("llm_queue") == 0

        assert await eventually(left, within=1)
        base.behaviour = faulty.says("whole")
        for call in served:
            call.cancel()
        await asyncio.gather(*served, *waiting, return_exceptions=True)
        await until_free(client)

        assert len(base.asked) == 2
        assert (await client.whole()).text == "whole"


async def test_between_two_attempts_a_caller_can_leave(base: FaultServer):
    base.behaviour = faulty.answers(503, "{}", retry_after="2")
    async with proxy_before(base=(base.url,)) as client:
        call = asyncio.create_task(client.whole())

        async def refused() -> bool:
            return len(base.asked) == 1 and base.open == 0

        assert await eventually(refused)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await until_free(client)

        async def over() -> bool:
            return client.number("llm_generations_in_flight") == 0

        assert await eventually(over, within=1)
    assert len(base.asked) == 1


@pytest.mark.parametrize(("rounds", "at_once"), [(20, 50), (1, 500)], ids=["1,000 in rounds", "500 in one tick"])
async def test_cancelled_twice_and_then_at_full_speed(base: FaultServer, rounds: int, at_once: int):
    patience = {"connect": 100, "headers": 100, "first_token": 100, "between_tokens": 100}  # who comes is accepted by the same busy loop
    async with proxy_before(base=(base.url,), deadline=100, at_first=1024, **patience) as client:
        await client.whole()
        for _ in range(rounds):
            base.behaviour = faulty.streams("하나", then=faulty.silent)
            calls = [asyncio.create_task(client.apart().stream()) for _ in range(at_once)]
            async with asyncio.timeout(60):
                await base.until(at_once)
            for call in calls:
                call.cancel()
            await asyncio.sleep(0)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            async with asyncio.timeout(30):
                await base.until(0)
            await until_free(client)
        base.behaviour = faulty.says("whole")
        async with asyncio.timeout(30):
            answers = await asyncio.gather(*(client.whole() for _ in range(100)))

        assert {answer.text for answer in answers} == {"whole"}
        assert client.number("llm_upstream_open_streams", backend="base") == client.number("llm_generations_in_flight") == 0
        assert client.number("llm_cancel_to_close_seconds_count") >= rounds * at_once
        assert (await client.backend("base")).servers[0].state == pb.BackendServer.READY


async def test_a_slow_reader_gets_all_of_it_and_holds_nobody_up(base: FaultServer, patient: Client):
    texts = [f"{number} " for number in range(400)]
    base.behaviour = faulty.says(*texts)
    got: list[str] = []
    made = pb.Generation()
    async for event in patient.stub.StreamGenerate(request()):
        got.append(event.text)
        made = event.finished
        await asyncio.sleep(0.02)

    assert "".join(got) == "".join(texts)
    assert made.finish_reason == "stop"
    assert base.open == 0


async def test_a_caller_who_reads_nothing_and_leaves_is_noticed(base: FaultServer, patient: Client):
    """The handler then stands in gRPC's own send, where no cancellation reaches the generator."""

    async def flood(exchange: faulty.Exchange) -> None:
        exchange.head(headers=faulty.STREAM)
        while True:
            exchange.token("길" * 10_000)
            await asyncio.sleep(0.001)

    base.behaviour = flood
    call = patient.stub.StreamGenerate(request())
    async with asyncio.timeout(5):
        await base.until(1)
        await asyncio.sleep(0.3)
        call.cancel()
        await base.until(0)
    await until_free(patient)


async def test_a_service_that_stops_closes_its_streams(base: FaultServer):
    base.behaviour = faulty.streams("하나", then=faulty.silent)
    async with proxy_before(base=(base.url,), between_tokens=30) as client:
        call = asyncio.create_task(client.stream())
        async with asyncio.timeout(5):
            await base.until(1)
    await asyncio.gather(call, return_exceptions=True)
    async with asyncio.timeout(5):
        await base.until(0)
