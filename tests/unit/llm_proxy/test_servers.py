"""What is thought of a server follows from what it does."""

import pytest

from services.llm_proxy.conditions import Signal, State
from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.routing import Models, Offer
from services.llm_proxy.servers import STALE_SECONDS, WAITING_MOST, Outside, Server
from services.llm_proxy.timers import Timers

pytestmark = pytest.mark.anyio


class FakeModelServer:
    def __init__(self) -> None:
        self.adapters = frozenset({"joseon"})
        self.fault: Fault | None = None
        self.looks = 0

    async def models(self) -> Models:
        self.looks += 1
        if self.fault is not None:
            raise self.fault
        return Models(base="gemma", adapters=self.adapters)

    async def waiting(self) -> int | None:
        return WAITING_MOST + 1

    async def complete(self, order, listener):
        raise NotImplementedError


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def far() -> FakeModelServer:
    return FakeModelServer()


@pytest.fixture
def news() -> list[str]:
    return []


@pytest.fixture
def server(far: FakeModelServer, clock: Clock, news: list[str]) -> Server:
    outside = Outside(clock=clock, chance=lambda: 0.5, changed=lambda: news.append("changed"))
    return Server(
        number=1, backend="lora", url="http://h/v1", near=True, model_server=far, timers=Timers(), most=256, start=16, outside=outside
    )


async def test_a_look_makes_it_ready_and_is_news(server: Server, news: list[str]):
    assert server.state() == (State.UNKNOWN, "")
    await server.look()

    assert (server.state(), server.names, news) == ((State.READY, ""), ("gemma", "joseon"), ["changed"])


@pytest.mark.parametrize(
    ("reason", "phase", "base", "adapter"),
    [
        ("TUNNEL_OFFLINE", Phase.HEADERS, Offer.NEVER, Offer.NEVER),
        ("BACKEND_UNREACHABLE", Phase.CONNECT, Offer.NEVER, Offer.NEVER),
        ("BACKEND_AUTH", Phase.HEADERS, Offer.NEVER, Offer.NEVER),
        ("TUNNEL_INTERSTITIAL", Phase.HEADERS, Offer.NEVER, Offer.NEVER),
        ("BACKEND_PROTOCOL_ERROR", Phase.MODELS, Offer.NEVER, Offer.NEVER),
        ("BACKEND_OVERLOADED", Phase.MODELS, Offer.NEVER, Offer.NEVER),
        ("UNKNOWN_MODEL", Phase.HEADERS, Offer.GLADLY, Offer.NEVER),
        ("BACKEND_OVERLOADED", Phase.HEADERS, Offer.GLADLY, Offer.IF_NEED_BE),
        ("TTFT_TIMEOUT", Phase.FIRST_TOKEN, Offer.GLADLY, Offer.AT_LAST),
        ("STREAM_STALLED", Phase.BETWEEN_TOKENS, Offer.GLADLY, Offer.AT_LAST),
        ("WRONG_MODEL", Phase.FIRST_TOKEN, Offer.GLADLY, Offer.GLADLY),
        ("INVALID_PROMPT", Phase.HEADERS, Offer.GLADLY, Offer.GLADLY),
        ("CONTEXT_LENGTH_EXCEEDED", Phase.HEADERS, Offer.GLADLY, Offer.GLADLY),
        ("STRUCTURED_OUTPUT_INVALID", Phase.BETWEEN_TOKENS, Offer.GLADLY, Offer.GLADLY),
    ],
)
async def test_a_fault_concerns_the_server_or_one_model_or_neither(server: Server, reason: str, phase: Phase, base: Offer, adapter: Offer):
    await server.look()
    offer = server.known("").offer
    server.failed("joseon", Fault(reason, phase))

    assert (offer("gemma"), offer("joseon")) == (base, adapter)


@pytest.mark.parametrize("reason", ["INVALID_PROMPT", "BACKEND_OVERLOADED"])
async def test_a_burst_of_refusals_opens_no_breaker(server: Server, reason: str):
    await server.look()
    for _ in range(500):
        server.failed("gemma", Fault(reason, Phase.HEADERS))

    assert server.condition("gemma").state in {State.READY, State.SATURATED}


async def test_refusals_for_want_of_room_lower_the_limit(server: Server, clock: Clock):
    before = server.limit.value
    server.failed("gemma", Fault("BACKEND_OVERLOADED", Phase.HEADERS))

    assert server.limit.value < before


async def test_an_adapter_that_is_gone_is_away_until_a_list_has_it_again(server: Server, far: FakeModelServer):
    await server.look()
    far.adapters = frozenset()
    server.failed("joseon", Fault("UNKNOWN_MODEL", Phase.HEADERS))
    await server.look()
    assert server.names == ("gemma",)

    far.adapters = frozenset({"joseon"})
    server.models = None
    await server.look()
    assert server.known("").offer("joseon") is Offer.GLADLY


async def test_tokens_show_that_the_server_is_there(server: Server):
    server.failed("", Fault("TUNNEL_OFFLINE", Phase.HEADERS))
    server.note("gemma", Signal.DONE)

    assert server.state() == (State.READY, "")


async def test_one_that_is_only_slow_to_list_is_not_thought_worse_of(server: Server, far: FakeModelServer):
    await server.look()
    far.fault = Fault("BACKEND_UNREACHABLE", Phase.MODELS, timed_out=True)
    server.models = None
    with pytest.raises(Fault):
        await server.look(gently=True)
    assert server.whole.state is State.READY

    with pytest.raises(Fault):
        await server.look()
    assert server.whole.state is State.OFFLINE


async def test_an_old_list_without_the_adapter_is_asked_for_again(server: Server, far: FakeModelServer, clock: Clock):
    await server.look()
    assert server.known("goryeo").models is not None

    clock.now += STALE_SECONDS + 1
    assert server.known("joseon").models is not None
    assert server.known("goryeo").models is None
    far.adapters = frozenset({"goryeo"})
    await server.look()

    assert server.known("goryeo").models == Models(base="gemma", adapters=frozenset({"goryeo"}))


async def test_it_is_idle_when_the_last_has_left(server: Server):
    await server.idle()
    server.enter(visits=True)
    server.enter(visits=False)
    server.leave(visits=True)
    assert (server.in_flight, server.visitors) == (1, 0)
    server.leave(visits=False)
    await server.idle()
