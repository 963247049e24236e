"""Two of every service, a Redis Cluster, an Envoy: games go on at whichever process is left, and nothing is lost or doubled."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest
from maratang.game.v1 import admin_service_pb2 as admin_pb
from maratang.game.v1.admin_service_pb2_grpc import AdminServiceStub

from maratang_client import AsyncClient
from maratang_client.shapes import Command, CommandVerb, TellingToldBy
from services.chassis.clients import connect
from tests.chaos.many_hosts import SERVICES, ManyHosts, many_hosts
from tests.support.eventually import eventually
from tests.support.journey import Journey, done, story
from tests.support.player import Player, told
from tests.support.servers import fresh_database
from tests.support.stub_vllm import Pace, tells

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
CANARY = "창밖의 눈을 오래 바라본다"
BACK_WITHIN_SECONDS = 60
TURNS_UNTIL_TOLD = 9
"""More than are ever needed, and so few that nobody meets the game's midnight."""
WAIT = Command(verb=CommandVerb.WAIT)


@pytest.fixture(scope="module")
async def hosts(postgres_server_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ManyHosts]:
    async with fresh_database(postgres_server_url) as url, many_hosts(tmp_path_factory.mktemp("hosts"), url) as hosts:
        yield hosts


@dataclass(slots=True)
class Party:
    """One player with a line to each gateway and one to Envoy, who keeps what was acknowledged."""

    lines: list[Journey]
    envoy: httpx.AsyncClient
    bare: list[Player]
    texts: dict[int, str] = field(default_factory=dict)

    @property
    def game_id(self) -> str:
        return self.lines[0].game_id

    async def turn(self, gateway: int, asked: str | Command = WAIT) -> TellingToldBy:
        """A turn at a gateway, which must be the next, and be told as it was shown."""
        line = self.lines[gateway]
        line.game, line.turn = self.lines[0].game, max(self.texts, default=0)
        events = await line.take(asked)
        turn = done(events)
        assert turn.telling is not None
        assert story(events) == turn.telling.text
        self.keep(turn.turn, turn.telling.text)
        return turn.telling.told_by

    async def turn_at_envoy(self) -> None:
        """A turn through Envoy's transcoder, asked for with one key until it is done."""
        before = max(self.texts, default=0)
        body = {"command": {"verb": "WAIT"}, "expectedTurn": before, "requestId": f"envoy-{before}"}

        async def asked() -> dict[str, object] | None:
            answer = await self.envoy.post(f"/v1/games/{self.game_id}/turns", json=body, headers=self.bare[0].headers)
            assert answer.status_code in {200, 409, 503}, answer.text
            return answer.json() if answer.status_code == 200 else None

        turn = await eventually(asked, within=BACK_WITHIN_SECONDS)
        self.keep(turn["turn"], turn["telling"]["text"])

    def keep(self, number: int, text: str) -> None:
        assert number == max(self.texts, default=0) + 1
        self.texts[number] = text


@pytest.fixture
async def party(hosts: ManyHosts) -> AsyncIterator[Party]:
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(AsyncClient(url, patience_seconds=BACK_WITHIN_SECONDS)) for url in hosts.gateways]
        await first.create_guest(locale="ko")
        second.token = first.token
        lines = [Journey(first), Journey(second)]
        await lines[0].begin()
        https = [await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=60, trust_env=False)) for url in hosts.gateways]
        envoy = await stack.enter_async_context(httpx.AsyncClient(base_url=hosts.envoy, timeout=60, trust_env=False))
        bare = [Player(http, first.token, {"gameId": lines[0].game_id, "turn": 0}) for http in https]
        party = Party(lines, envoy, bare)
        yield party
        hosts.model.behaviour = tells(Pace())
        rows = await eventually(lambda: stored(hosts, party.game_id, len(party.texts) + 1), within=60)
        assert [number for number, _ in rows] == list(range(len(rows))), "contiguous: none lost, none doubled"


async def stored(hosts: ManyHosts, game_id: str, count: int) -> list[tuple[int, str]] | None:
    """The game's log in PostgreSQL, once it is whole and told."""
    connection = await asyncpg.connect(hosts.database_url.replace("+asyncpg", ""))
    try:
        rows = await connection.fetch(
            "SELECT number, telling->>'text' AS text FROM turns WHERE game_id = $1 AND telling IS NOT NULL ORDER BY number", game_id
        )
    finally:
        await connection.close()
    return [(row["number"], row["text"]) for row in rows] if len(rows) >= count else None


async def test_turns_go_round_both_of_everything(hosts: ManyHosts, party: Party):
    assert await party.turn(0, CANARY) == TellingToldBy.BASE
    for number in range(4):
        await party.turn(number % 2)
        await party.turn_at_envoy()
    rows = dict(await eventually(lambda: stored(hosts, party.game_id, len(party.texts) + 1), within=30) or ())
    assert {number: rows[number] for number in party.texts} == party.texts
    for address in hosts.admin:
        async with connect(address, credential=hosts.credential) as channel:
            assert not (await AdminServiceStub(channel).ReplayGame(admin_pb.ReplayGameRequest(game_id=party.game_id))).differences
    for name, process in hosts.processes.items():
        assert any(line.get("event") in {"call", "request"} for line in logged(process.log_file)), f"{name} had nothing to do"


async def test_a_stream_is_read_on_at_the_other_gateway(hosts: ManyHosts, party: Party):
    hosts.model.behaviour = tells(Pace(every_seconds=0.3))
    one, other = party.bare
    events = []
    async with aclosing(one.stream({"verb": "WAIT"})) as stream:
        async for event in stream:
            events.append(event)
            if [event.name for event in events].count("delta") == 2:
                break
    hosts.processes["gateway1"].kill()
    events += [event async for event in other.watch(1, after=events[-1].id)]
    assert events[-1].name == "done"
    assert told(events) == events[-1].data["telling"]["text"] != ""
    party.keep(1, told(events))
    await hosts.processes["gateway1"].up.wait()


@pytest.mark.parametrize("service", SERVICES)
async def test_one_of_two_may_die_in_the_middle_of_a_turn_and_stay_away(hosts: ManyHosts, party: Party, service: str):
    await party.turn(0)
    for number in (1, 2):
        process = hosts.processes[f"{service}{number}"]
        hosts.model.behaviour = tells(Pace(every_seconds=0.1))
        under_way = asyncio.create_task(party.turn(2 - number if service == "gateway" else number - 1))
        await eventually(partial(asked_more_than, hosts, len(hosts.model.asked)), within=BACK_WITHIN_SECONDS)
        process.hold_down()
        await under_way
        hosts.model.behaviour = tells(Pace())
        await told_by_a_model(party, 2 - number if service == "gateway" else 0)
        await party.turn_at_envoy()
        assert not process.running
        process.let_up()
        async with asyncio.timeout(BACK_WITHIN_SECONDS):
            await process.up.wait()


async def told_by_a_model(party: Party, gateway: int) -> None:
    """One of the next turns: a dead llm_proxy may cost a telling until game has another's connection, and a turn never."""
    for _ in range(TURNS_UNTIL_TOLD):
        if await party.turn(gateway) == TellingToldBy.BASE:
            return
        await asyncio.sleep(2)  # longer than gRPC takes to try an address again
    raise AssertionError("nobody asks the llm_proxy that is left")


async def asked_more_than(hosts: ManyHosts, before: int) -> bool:
    return len(hosts.model.asked) > before


def logged(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


async def test_no_log_holds_what_a_player_wrote_or_signs_in_with(hosts: ManyHosts, party: Party):
    await party.turn(1, CANARY)
    said = "".join(file.read_text(encoding="utf-8") for file in hosts.logs.glob("*.log"))
    assert party.game_id in said
    for secret in (CANARY, party.texts[1], party.lines[0].client.token, hosts.credential.reveal()):
        assert secret not in said
    assert {name: process.deaths for name, process in hosts.processes.items() if set(process.deaths) - {"killed"}} == {}
