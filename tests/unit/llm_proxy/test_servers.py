"""What is thought of a server follows from what it does."""

import pytest

from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.routing import Models
from services.llm_proxy.servers import STALE_SECONDS, Server, State, status_of

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

    async def complete(self, order, hear):
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
def server(far: FakeModelServer, clock: Clock) -> Server:
    return Server(backend="lora", near=True, model_server=far, clock=clock)


async def test_a_look_makes_it_ready(server: Server):
    assert server.state is State.UNKNOWN
    await server.look()

    assert (server.state, server.models, server.worth_a_look.is_set()) == (State.READY, ("gemma", "joseon"), False)


@pytest.mark.parametrize(
    ("reason", "phase", "cleared"),
    [
        ("TUNNEL_OFFLINE", Phase.HEADERS, True),
        ("BACKEND_UNREACHABLE", Phase.CONNECT, True),
        ("BACKEND_PROTOCOL_ERROR", Phase.MODELS, True),
        ("TTFT_TIMEOUT", Phase.FIRST_TOKEN, False),
        ("STREAM_STALLED", Phase.BETWEEN_TOKENS, False),
        ("WRONG_MODEL", Phase.FIRST_TOKEN, False),
    ],
)
async def test_a_list_clears_only_what_it_could_have_met(server: Server, reason: str, phase: Phase, cleared: bool):
    server.failed(Fault(reason, phase))
    assert (server.state, server.reason) == (State.FAILING, reason)
    assert server.worth_a_look.is_set() is cleared

    await server.look()
    assert server.state is (State.READY if cleared else State.FAILING)

    server.served()
    assert (server.state, server.reason) == (State.READY, "")


@pytest.mark.parametrize("reason", ["INVALID_PROMPT", "CONTEXT_LENGTH_EXCEEDED", "UNKNOWN_MODEL", "STRUCTURED_OUTPUT_INVALID"])
async def test_a_request_of_the_callers_is_not_held_against_it(server: Server, reason: str):
    await server.look()
    server.failed(Fault(reason, Phase.HEADERS))

    assert server.state is State.READY


async def test_one_that_hangs_rests_longer_each_time_and_never_for_ever(server: Server, clock: Clock):
    rests = []
    for _ in range(8):
        server.failed(Fault("TTFT_TIMEOUT", Phase.FIRST_TOKEN))
        began = clock.now
        while server.known("").resting:
            clock.now += 1
        rests.append(clock.now - began)

    assert rests == [5, 10, 20, 40, 60, 60, 60, 60]


async def test_an_old_list_without_the_adapter_is_asked_for_again(server: Server, far: FakeModelServer, clock: Clock):
    await server.look()
    assert server.known("goryeo").models is not None

    clock.now += STALE_SECONDS + 1
    assert server.known("joseon").models is not None
    assert server.known("goryeo").models is None
    far.adapters = frozenset({"goryeo"})
    await server.look()

    assert server.known("goryeo").models == Models(base="gemma", adapters=frozenset({"goryeo"}))


async def test_a_backend_is_as_well_as_its_best_server(server: Server, far: FakeModelServer, clock: Clock):
    other = Server(backend="lora", near=True, model_server=far, clock=clock)
    server.failed(Fault("TUNNEL_OFFLINE", Phase.HEADERS))
    assert status_of("lora", [server, other]).state is State.UNKNOWN
    other.failed(Fault("TTFT_TIMEOUT", Phase.HEADERS))
    assert status_of("lora", [server, other]).reason == "TUNNEL_OFFLINE"
    await server.look()
    assert status_of("lora", [server, other]).state is State.READY
    assert status_of("base", [server, other]).state is State.NOT_CONFIGURED
