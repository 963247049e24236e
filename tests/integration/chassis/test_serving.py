"""A service on the chassis, over real gRPC."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

import grpc
import httpx
import pytest
from google.protobuf import empty_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from maratang.game.v1 import game_pb2, game_service_pb2, game_service_pb2_grpc, turn_event_pb2
from maratang.persistence.v1 import archive_service_pb2, archive_service_pb2_grpc

from services.chassis import context, errors
from services.chassis.app import Address, Offer, Ports, serving
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.chassis.context import Caller
from services.chassis.resources import Resources
from tests.support.eventually import eventually
from tests.support.servers import free_port

pytestmark = pytest.mark.anyio
CREDENTIAL = Secret("between services")


class Games(game_service_pb2_grpc.GameServiceServicer):
    async def GetGame(self, request, rpc):
        match request.game_id:
            case "busy":
                raise errors.Conflict("GAME_BUSY", "wait", metadata={"gameId": "busy"})
            case "crash":
                raise ZeroDivisionError("the secret of the stack")
            case "slow":
                await asyncio.Event().wait()
        return game_pb2.Game(game_id=request.game_id, branch_id=context.caller().player_id)

    async def WatchTurn(self, request, rpc) -> AsyncIterator[turn_event_pb2.TurnEvent]:
        yield turn_event_pb2.TurnEvent(id="1-1")
        raise errors.NotFound("TURN_NOT_FOUND", "gone")


class Archive(archive_service_pb2_grpc.ArchiveServiceServicer):
    async def DeleteSession(self, request, rpc):
        return empty_pb2.Empty()


async def who(token: str, token_hash: bytes) -> Caller | None:
    return Caller(player_id="mina", token_hash=token_hash, locale="ko") if token == "good" else None


class Dependency:
    def __init__(self) -> None:
        self.there = True

    async def ping(self) -> None:
        if not self.there:
            raise errors.Unavailable("STORE_UNAVAILABLE", "away")


@pytest.fixture
def dependency() -> Dependency:
    return Dependency()


@pytest.fixture
async def ports(dependency: Dependency) -> AsyncIterator[Ports]:
    async def bind(resources: Resources) -> Offer:
        resources.probe("redis", dependency.ping)
        return Offer(
            public={"maratang.game.v1.GameService": partial(game_service_pb2_grpc.add_GameServiceServicer_to_server, Games())},
            internal={
                "maratang.persistence.v1.ArchiveService": partial(archive_service_pb2_grpc.add_ArchiveServiceServicer_to_server, Archive())
            },
            lookup=who,
            credential=CREDENTIAL,
        )

    async with serving(bind, Address(public="127.0.0.1:0", internal="127.0.0.1:0"), grace=0.2) as ports:
        yield ports


def signed_in(token: str = "good") -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


async def test_a_signed_in_player_is_known_to_the_handler(ports: Ports):
    async with connect(f"127.0.0.1:{ports.public}") as channel:
        game = await game_service_pb2_grpc.GameServiceStub(channel).GetGame(
            game_service_pb2.GetGameRequest(game_id="g"), metadata=signed_in()
        )

    assert game.branch_id == "mina"


@pytest.mark.parametrize(
    ("game_id", "metadata", "reason"),
    [
        ("busy", signed_in(), "GAME_BUSY"),
        ("crash", signed_in(), "INTERNAL"),
        ("slow", signed_in(), "DEADLINE_EXCEEDED"),
        ("g", (), "UNAUTHENTICATED"),
        ("g", signed_in("bad"), "INVALID_TOKEN"),
        ("g", (("authorization", "Basic good"),), "INVALID_TOKEN"),
    ],
)
async def test_a_failure_arrives_as_the_class_it_was_raised_as(ports: Ports, game_id: str, metadata, reason: str):
    async with connect(f"127.0.0.1:{ports.public}") as channel:
        stub = game_service_pb2_grpc.GameServiceStub(channel)
        with pytest.raises(errors.Failure) as caught:
            await stub.GetGame(
                game_service_pb2.GetGameRequest(game_id=game_id), metadata=metadata, timeout=0.3 if game_id == "slow" else 10
            )

    assert (type(caught.value), caught.value.reason) == (errors.FAMILY[errors.code_of(reason)], reason)
    assert "secret" not in caught.value.message


async def test_a_stream_gives_what_it_had_and_then_fails(ports: Ports):
    got = []
    async with connect(f"127.0.0.1:{ports.public}") as channel:
        stub = game_service_pb2_grpc.GameServiceStub(channel)
        with pytest.raises(errors.NotFound, match="gone"):
            async for event in stub.WatchTurn(game_service_pb2.WatchTurnRequest(), metadata=signed_in()):
                got.append(event.id)

    assert got == ["1-1"]


async def test_a_method_nobody_wrote_is_unimplemented(ports: Ports):
    async with connect(f"127.0.0.1:{ports.public}") as channel:
        with pytest.raises(errors.Unimplemented) as caught:
            await game_service_pb2_grpc.GameServiceStub(channel).Undo(game_service_pb2.UndoRequest(), metadata=signed_in())

    assert caught.value.reason == "NOT_IMPLEMENTED"


@pytest.mark.parametrize(
    ("credential", "reason"), [(CREDENTIAL, None), (Secret("guess"), "INVALID_CREDENTIAL"), (None, "INVALID_CREDENTIAL")]
)
async def test_internal_calls_need_the_service_credential(ports: Ports, credential: Secret | None, reason: str | None):
    async with connect(f"127.0.0.1:{ports.internal}", credential=credential) as channel:
        stub = archive_service_pb2_grpc.ArchiveServiceStub(channel)
        try:
            await stub.DeleteSession(archive_service_pb2.DeleteSessionRequest())
            got = None
        except errors.Unauthenticated as failed:
            got = failed.reason

    assert got == reason


async def test_internal_services_are_not_on_the_public_port(ports: Ports):
    async with connect(f"127.0.0.1:{ports.public}", credential=CREDENTIAL) as channel:
        with pytest.raises(errors.Unimplemented):
            await archive_service_pb2_grpc.ArchiveServiceStub(channel).DeleteSession(archive_service_pb2.DeleteSessionRequest())


async def test_health_follows_the_probes(ports: Ports, dependency: Dependency):
    async with grpc.aio.insecure_channel(f"127.0.0.1:{ports.internal}") as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        assert (await stub.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING

        dependency.there = False
        async with asyncio.timeout(5):
            async for update in stub.Watch(health_pb2.HealthCheckRequest(service="redis")):
                if update.status == health_pb2.HealthCheckResponse.NOT_SERVING:
                    break

        assert (await stub.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.NOT_SERVING


async def test_every_call_is_counted_by_the_names_that_grpc_dashboards_expect(dependency: Dependency):
    metrics_port = free_port()

    async def bind(resources: Resources) -> Offer:
        resources.probe("redis", dependency.ping, required=False)
        add = partial(game_service_pb2_grpc.add_GameServiceServicer_to_server, Games())
        return Offer(public={"maratang.game.v1.GameService": add}, internal={}, lookup=who)

    async def series() -> dict[str, float]:
        async with httpx.AsyncClient(trust_env=False) as http:
            lines = (await http.get(f"http://127.0.0.1:{metrics_port}/metrics")).text.splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    address = Address(public="127.0.0.1:0", internal="127.0.0.1:0", metrics=f"127.0.0.1:{metrics_port}")
    async with serving(bind, address, grace=0.2) as ports, connect(f"127.0.0.1:{ports.public}") as channel:
        stub = game_service_pb2_grpc.GameServiceStub(channel)
        for game_id in ("g", "g", "busy"):
            with contextlib.suppress(errors.Conflict):
                await stub.GetGame(game_service_pb2.GetGameRequest(game_id=game_id), metadata=signed_in())
        with pytest.raises(errors.NotFound):
            _ = [event async for event in stub.WatchTurn(game_service_pb2.WatchTurnRequest(), metadata=signed_in())]
        slow = asyncio.ensure_future(stub.GetGame(game_service_pb2.GetGameRequest(game_id="slow"), metadata=signed_in()))
        get = 'grpc_method="GetGame",grpc_service="maratang.game.v1.GameService",grpc_type="unary"'
        watch = get.replace("GetGame", "WatchTurn").replace("unary", "server_stream")

        async def under_way() -> bool:
            return (await series())[f"grpc_server_in_flight{{{get}}}"] == 1

        await eventually(under_way)
        slow.cancel()
        dependency.there = False

        async def cancelled() -> dict[str, float] | None:
            found = await series()
            done = found.get(f'grpc_server_handled_total{{grpc_code="CANCELLED",{get}}}') == 1
            return found if done and found['maratang_dependency_up{dependency="redis"}'] == 0 else None

        found = await eventually(cancelled)

    assert {
        name: found[f"grpc_server_{name}{{{labels}}}"]
        for name, labels in [
            ("started_total", get),
            ("msg_received_total", get),
            ("msg_sent_total", get),
            ("in_flight", get),
            ("handling_seconds_count", get),
        ]
    } == {"started_total": 4, "msg_received_total": 4, "msg_sent_total": 2, "in_flight": 0, "handling_seconds_count": 4}
    assert found[f'grpc_server_handled_total{{grpc_code="OK",{get}}}'] == 2
    assert found[f'grpc_server_handled_total{{grpc_code="ABORTED",{get}}}'] == 1
    assert found[f'grpc_server_handled_total{{grpc_code="NOT_FOUND",{watch}}}'] == 1
    assert found[f"grpc_server_msg_sent_total{{{watch}}}"] == 1
    assert found["maratang_serving"] == 1
