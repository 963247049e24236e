"""A real gateway on a real HTTP port, before small whole services on the chassis."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import grpc
import httpx
from google.api import httpbody_pb2
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from maratang.game.v1 import game_pb2, game_service_pb2, game_service_pb2_grpc, player_service_pb2, player_service_pb2_grpc, turn_event_pb2
from maratang.llm_proxy.v1 import generation_service_pb2 as llm_pb2
from maratang.llm_proxy.v1 import generation_service_pb2_grpc as llm_grpc
from maratang.persistence.v1 import player_data_service_pb2_grpc, player_pb2, scenario_service_pb2, scenario_service_pb2_grpc

from services.chassis import errors
from services.chassis.app import Address, Offer, Ports, serving
from services.chassis.config import Secret
from services.chassis.context import Caller
from services.chassis.resources import Resources
from services.gateway.config import GatewayConfig
from services.gateway.wiring import bind

CREDENTIAL = Secret("between services")
SIGNED_IN = {"authorization": "Bearer good"}
LOCAL = Address(public="127.0.0.1:0", internal="127.0.0.1:0")


COUNTED_EVERY_SECONDS = 0.1


def counted(number: int) -> turn_event_pb2.TurnEvent:
    """One of the events that whoever watches a turn of the game `counted.<how many>` is told."""
    return turn_event_pb2.TurnEvent(id=f"8-{number}", delta=turn_event_pb2.Delta(k=number, text=f"{number}번째 걸음. " * 5))


async def who(token: str, token_hash: bytes) -> Caller | None:
    return Caller(player_id="mina", token_hash=token_hash, locale="ko") if token == "good" else None


@dataclass(slots=True)
class Seen:
    """What reached the services, by RPC; and which calls were cancelled."""

    requests: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    begun: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    cancelled: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    watching: int = 0
    """How many watch counted events now."""
    streams_ended: int = 0
    export: tuple[bytes, ...] = (b"{}",)
    """The parts of what a player exports; an empty one: it fails there."""

    def ended(self) -> None:
        self.streams_ended += 1

    def note(self, name: str, request: Message, rpc: grpc.aio.ServicerContext) -> None:
        self.requests[name].append(request)
        self.metadata[name] = dict(rpc.invocation_metadata())
        self.seconds[name] = rpc.time_remaining()

    async def for_ever(self, name: str) -> None:
        self.begun.put_nowait(name)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.put_nowait(name)
            raise


@dataclass(slots=True)
class Games(game_service_pb2_grpc.GameServiceServicer):
    """Does what a game's id, or a turn's text, asks for."""

    seen: Seen

    async def CreateGame(self, request, rpc):
        self.seen.note("CreateGame", request, rpc)
        return game_pb2.Game(game_id="g", scenario_id=request.scenario_id)

    async def ListGames(self, request, rpc):
        self.seen.note("ListGames", request, rpc)
        return game_service_pb2.ListGamesResponse()

    async def GetGame(self, request, rpc):
        self.seen.note("GetGame", request, rpc)
        kind, _, name = request.game_id.partition(".")
        match kind:
            case "reason":
                violations = [errors.Violation("text", "too long")] if name == "INVALID_ARGUMENT" else []
                raise errors.failure(name, "what happened", metadata={"gameId": "g"}, violations=violations)
            case "code":
                await rpc.abort(getattr(grpc.StatusCode, name), "what happened")
            case "crash":
                raise ZeroDivisionError("the secret of the stack")
            case "going" if len(self.seen.requests["GetGame"]) == 1:
                await rpc.abort(grpc.StatusCode.CANCELLED)
            case "slow":
                await self.seen.for_ever("GetGame")
            case "release":
                self.seen.begun.put_nowait("GetGame")
                await self.seen.release.wait()
        return game_pb2.Game(game_id=request.game_id, pack_hash="a pack's hash " * 200 if kind == "long" else "")

    async def DeleteGame(self, request, rpc):
        self.seen.note("DeleteGame", request, rpc)
        return empty_pb2.Empty()

    async def TakeTurn(self, request, rpc):
        self.seen.note("TakeTurn", request, rpc)
        if request.text == "going" and len(self.seen.requests["TakeTurn"]) == 1:
            await rpc.abort(grpc.StatusCode.CANCELLED)
        return game_pb2.Turn(game_id=request.game_id, text=request.text, turn=8)

    async def StreamTurn(self, request, rpc) -> AsyncIterator[turn_event_pb2.TurnEvent]:
        self.seen.note("StreamTurn", request, rpc)
        if request.text == "going" and len(self.seen.requests["StreamTurn"]) == 1:
            await rpc.abort(grpc.StatusCode.UNAVAILABLE)
        if request.text == "stale":
            raise errors.Conflict("STALE_TURN", "read again", metadata={"turn": "8", "expectedTurn": "7"})
        if request.text == "late":
            self.seen.begun.put_nowait("StreamTurn")
            await self.seen.release.wait()
        if request.text == "silent":
            return
        rpc.add_done_callback(lambda _: self.seen.ended())
        yield turn_event_pb2.TurnEvent(id="8-1", accepted=turn_event_pb2.Accepted(turn=8))
        match request.text:
            case "break":
                raise errors.Unavailable("STORE_UNAVAILABLE", "Redis is away")
            case "crash":
                raise ZeroDivisionError("the secret of the stack")
            case "wait":
                await self.seen.for_ever("StreamTurn")
            case "flood" | "much":
                for number in range(100_000 if request.text == "flood" else 1000):
                    yield delta(number, "가" * 1000)
        yield delta(2, "문이 열린다.\n")
        yield turn_event_pb2.TurnEvent(id="8-3", done=game_pb2.Turn(turn=8, text=request.text))

    async def WatchTurn(self, request, rpc) -> AsyncIterator[turn_event_pb2.TurnEvent]:
        self.seen.note("WatchTurn", request, rpc)
        kind, _, count = request.game_id.partition(".")
        if kind == "counted":
            self.seen.watching += 1
            try:
                for number in range(int(count)):
                    yield counted(number)
                    await asyncio.sleep(COUNTED_EVERY_SECONDS)
            finally:
                self.seen.watching -= 1
        yield turn_event_pb2.TurnEvent(id="8-3", done=game_pb2.Turn(turn=request.turn))

    async def GetView(self, request, rpc):
        self.seen.note("GetView", request, rpc)
        rpc.set_trailing_metadata((("etag", '"7-ko"'), ("x-internal", "secret")))
        return game_pb2.View(turn=7)

    async def GetTranscript(self, request, rpc):
        self.seen.note("GetTranscript", request, rpc)
        return httpbody_pb2.HttpBody(content_type="text/markdown; charset=utf-8", data="# 끝".encode())


def delta(k: int, text: str) -> turn_event_pb2.TurnEvent:
    return turn_event_pb2.TurnEvent(id=f"8-{k}", delta=turn_event_pb2.Delta(k=k, text=text))


@dataclass(slots=True)
class Players(player_service_pb2_grpc.PlayerServiceServicer):
    seen: Seen

    async def CreateGuest(self, request, rpc):
        self.seen.note("CreateGuest", request, rpc)
        return player_service_pb2.SignedIn(player=player_pb2.Player(player_id="mina", guest=True), access_token="good")


@dataclass(slots=True)
class OwnData(player_data_service_pb2_grpc.PlayerDataServiceServicer):
    seen: Seen

    async def UpdatePlayer(self, request, rpc):
        self.seen.note("UpdatePlayer", request, rpc)
        return request.player

    async def ExportPlayer(self, request, rpc) -> AsyncIterator[httpbody_pb2.HttpBody]:
        for part in self.seen.export:
            if not part:
                raise errors.Unavailable("DATABASE_UNAVAILABLE", "PostgreSQL is away")
            yield httpbody_pb2.HttpBody(content_type="application/json", data=part)


@dataclass(slots=True)
class Scenarios(scenario_service_pb2_grpc.ScenarioServiceServicer):
    seen: Seen

    async def ListScenarios(self, request, rpc):
        self.seen.note("ListScenarios", request, rpc)
        return scenario_service_pb2.ListScenariosResponse(scenarios=[scenario_service_pb2.Scenario(scenario_id="tutorial")])


@dataclass(slots=True)
class Generation(llm_grpc.GenerationServiceServicer):
    backends: list[llm_pb2.Backend]

    async def GetBackends(self, request, rpc):
        return llm_pb2.GetBackendsResponse(backends=self.backends)


@dataclass(slots=True, kw_only=True)
class Upstream:
    """The three services behind a gateway, and the stack that each stands on."""

    seen: Seen
    backends: list[llm_pb2.Backend]
    ports: dict[str, Ports] = field(default_factory=dict)
    stacks: dict[str, AsyncExitStack] = field(default_factory=dict)

    @property
    def config(self) -> GatewayConfig:
        return GatewayConfig(
            service_credential=CREDENTIAL,
            listen_internal="127.0.0.1:0",
            listen_http="127.0.0.1:0",
            game_address=f"127.0.0.1:{self.ports['game'].public}",
            persistence_address=f"127.0.0.1:{self.ports['persistence'].public}",
            llm_proxy_address=f"127.0.0.1:{self.ports['llm_proxy'].internal}",
        )

    async def start(self, name: str, offer: Offer) -> None:
        async def bound(_resources: Resources) -> Offer:
            return offer

        stack = self.stacks[name] = AsyncExitStack()
        self.ports[name] = await stack.enter_async_context(serving(bound, LOCAL, grace=0.1))

    async def stop(self, name: str) -> None:
        await self.stacks.pop(name).aclose()


@asynccontextmanager
async def upstream_services() -> AsyncIterator[Upstream]:
    seen = Seen()
    upstream = Upstream(seen=seen, backends=[llm_pb2.Backend(name="base", state=llm_pb2.Backend.READY)])
    game = {
        "maratang.game.v1.GameService": partial(game_service_pb2_grpc.add_GameServiceServicer_to_server, Games(seen)),
        "maratang.game.v1.PlayerService": partial(player_service_pb2_grpc.add_PlayerServiceServicer_to_server, Players(seen)),
    }
    persistence = {
        "maratang.persistence.v1.PlayerDataService": partial(
            player_data_service_pb2_grpc.add_PlayerDataServiceServicer_to_server, OwnData(seen)
        ),
        "maratang.persistence.v1.ScenarioService": partial(
            scenario_service_pb2_grpc.add_ScenarioServiceServicer_to_server, Scenarios(seen)
        ),
    }
    generation = {
        "maratang.llm_proxy.v1.GenerationService": partial(llm_grpc.add_GenerationServiceServicer_to_server, Generation(upstream.backends))
    }
    await upstream.start("game", Offer(public=game, internal={}, lookup=who))
    await upstream.start("persistence", Offer(public=persistence, internal={}, lookup=who))
    await upstream.start("llm_proxy", Offer(public={}, internal=generation, credential=CREDENTIAL))
    try:
        yield upstream
    finally:
        for name in tuple(upstream.stacks):
            await upstream.stop(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A gateway and its HTTP port."""

    port: int
    internal: int
    client: httpx.AsyncClient

    async def raw(self, request: bytes) -> bytes:
        """Sends bytes as they are; what comes until the connection is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            async with asyncio.timeout(10):
                return await reader.read()
        finally:
            writer.close()


@asynccontextmanager
async def gateway(upstream: Upstream, settings: Mapping[str, Any] | None = None, **more: Any) -> AsyncIterator[Edge]:
    """A gateway while the block lasts; `settings` are those of its configuration that differ, `more` those of its wiring."""
    told: list[int] = []
    config = replace(upstream.config, **(settings or {}))
    async with (
        serving(bind(config, listening=told.append, **more), Address(internal="127.0.0.1:0"), grace=0.1) as ports,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{told[0]}", headers=SIGNED_IN, timeout=10) as client,
    ):
        yield Edge(port=told[0], internal=ports.internal, client=client)


def events(text: str) -> list[tuple[str, str, object]]:
    """The (id, name, data) of each server-sent event."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
    return found
