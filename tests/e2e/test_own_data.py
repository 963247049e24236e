"""What a player can learn and demand of what is kept of them, over HTTP and the whole system."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest
from maratang.persistence.v1 import admin_service_pb2, admin_service_pb2_grpc

from services.chassis.clients import connect
from tests.support import remains
from tests.support.eventually import eventually
from tests.support.journey import as_json
from tests.support.player import Json, Player, browser, sign_in
from tests.support.scenarios import scenario
from tests.support.system import System

pytestmark = pytest.mark.anyio
ENDING = "together"
WAY = [as_json(one) for one in scenario("tutorial")[1].witnesses[ENDING]]
"""The commands of the tutorial that lead there."""

MANY_TURNS = """
INSERT INTO turns (
  game_id, number, parent, branch_id, depth, revision, request_id, action_hash, text, record, rule_hash, state_hash, telling, create_time)
SELECT
  game_id, number + more, parent + more, branch_id, depth + more, revision, 'more ' || more, action_hash, repeat('가', 1000), record,
  rule_hash, state_hash, telling, create_time
FROM turns CROSS JOIN generate_series(1, $2) AS more WHERE game_id = $1 AND number = 1
"""
"""Writes so many copies of a game's first turn after it."""


@pytest.fixture
async def http(system: System) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(system.url) as http:
        yield http


@pytest.fixture
async def player(http: httpx.AsyncClient) -> Player:
    return await sign_in(http)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a player leaves everywhere: by each of these it would be known."""

    player_id: str
    name: str
    words: str
    key: str
    login: str
    note: str
    title: str
    token_hash: str
    games: tuple[str, ...]

    @property
    def marks(self) -> set[str]:
        return {self.player_id, self.name, self.words, self.key, self.login, self.note, self.title, self.token_hash, *self.games}


async def leave(player: Player, mark: str) -> Left:
    """Leaves something of every kind: two games, one to its end, with words, keys, a save, a branch, a report."""
    registered = await player.call("POST", "/v1/players:register", {"login": f"login.{mark}", "password": "correct horse battery"})
    assert registered.status_code == 200, registered.text
    player.token = registered.json()["accessToken"]
    await player.call("PATCH", "/v1/players/me", {"displayName": f"name {mark}"})
    await player.begin()
    ended = player.game_id
    for command in WAY:
        await player.turn(command)
    await player.begin()
    await player.turn(f"{mark} 둘러본다", **{"idempotency-key": f"key {mark}"})
    await player.turn({"verb": "WAIT"}, **{"idempotency-key": f"second key {mark}"})
    for path, body in (
        (f"{player.game_id}/saves", {"title": f"title {mark}"}),
        (f"{player.game_id}/reports", {"turn": 1, "reason": "OTHER", "note": f"note {mark}"}),
    ):
        answer = await player.call("POST", f"/v1/games/{path}", body)
        assert answer.status_code == 200, answer.text
    return Left(
        player_id=(await player.get("/v1/players/me"))["playerId"],
        name=f"name {mark}",
        words=f"{mark} 둘러본다",
        key=f"key {mark}",
        login=f"login.{mark}",
        note=f"note {mark}",
        title=f"title {mark}",
        token_hash=hashlib.sha256(player.token.encode()).hexdigest(),
        games=(ended, player.game_id),
    )


async def found(system: System, left: Left) -> set[str]:
    """The marks that are anywhere."""
    places = [await remains.in_postgres(system.database_url, left.marks), await remains.in_redis(system.redis_url, left.marks)]
    return {mark for place in places for marks in place.values() for mark in marks}


async def test_games_turns_and_endings_are_counted(player: Player):
    before = await player.get("/v1/scenarios/tutorial/statistics")

    await player.begin()
    for command in WAY:
        last = (await player.turn(command))[-1].data
    assert last["ending"]["endingId"] == ENDING
    await player.begin()
    last = (await player.turn({"verb": "WAIT"}))[-1].data
    # What is REPLICATED is counted: both are one transaction.
    assert last["durability"] == "REPLICATED"

    mine = await player.get("/v1/players/me/statistics")
    after = await player.get("/v1/scenarios/tutorial/statistics")
    assert mine == {
        "games": 2,
        "turns": len(WAY) + 1,
        "hints": 0,
        "endings": [{"scenarioId": "tutorial", "endingId": ENDING, "count": 1}],
    }
    assert after["games"] >= before["games"] + 2
    found = [{one["endingId"]: one["count"] for one in each["endings"]}.get(ENDING, 0) for each in (before, after)]
    assert found[1] >= found[0] + 1
    assert after["medianTurns"] > 0


async def test_the_export_is_everything_and_no_secret_of_the_games(player: Player):
    left = await leave(player, "exported")

    answer = await player.call("GET", "/v1/players/me:export")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    document: Json = answer.json()
    assert (document["player"]["playerId"], document["player"]["displayName"]) == (left.player_id, left.name)
    assert len(document["sessions"]) == 2
    assert [one["login"] for one in document["logins"]] == [left.login]
    assert document["statistics"] == [{"games": 2, "turns": len(WAY) + 1}]
    assert [one["endingId"] for one in document["endings"]] == [ENDING]
    ended, under_way = document["games"]
    assert (ended["gameId"], ended["status"], ended["endingId"]) == (left.games[0], "ENDED", ENDING)
    assert [one["turn"] for one in ended["turns"]] == list(range(len(WAY) + 1))
    assert all(one["telling"]["text"] for one in ended["turns"])
    assert under_way["reports"][0]["note"] == left.note
    assert [one["title"] for one in under_way["bookmarks"]] == [left.title]
    assert under_way["turns"][1]["requestId"] == f"second {left.key}"
    assert left.token_hash not in answer.text
    assert "argon2" not in answer.text
    assert not {"state", "template", "view"} & {name for one in ended["turns"] for name in one}


async def test_an_export_may_be_bigger_than_any_message(player: Player, system: System):
    await player.begin()
    await player.turn({"verb": "WAIT"})
    database = await asyncpg.connect(system.database_url.replace("+asyncpg", ""))
    try:
        await database.execute(MANY_TURNS, UUID(player.game_id), 5000)
    finally:
        await database.close()

    answer = await player.call("GET", "/v1/players/me:export")

    assert answer.status_code == 200, answer.text[:500]
    assert len(answer.content) > 16 * 1024 * 1024
    (game,) = answer.json()["games"]
    assert [one["turn"] for one in game["turns"]] == list(range(5002))


async def test_a_deleted_player_leaves_nothing_anywhere(http: httpx.AsyncClient, player: Player, system: System):
    left = await leave(player, "departed")
    stays = await leave(await sign_in(http), "remaining")
    # The words are kept with the answer under their key, the rest in both stores.
    assert await found(system, left) == left.marks
    assert await found(system, stays) == stays.marks

    answer = await player.call("DELETE", "/v1/players/me")

    assert (answer.status_code, answer.json()) == (200, {})
    assert (await player.call("GET", "/v1/players/me")).status_code == 401
    assert (await player.call("GET", "/v1/games")).status_code == 401

    async def gone() -> bool:
        return not await found(system, left)

    await eventually(gone, within=20)
    assert await found(system, stays) == stays.marks


async def test_a_deleted_game_leaves_nothing_and_the_others_stay(player: Player, system: System):
    left = await leave(player, "abandoned")
    gone_id, kept_id = left.games[1], left.games[0]

    answers = [await player.call("DELETE", f"/v1/games/{gone_id}") for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {})] * 2, "deleting twice is deleting"
    assert (await player.call("GET", f"/v1/games/{gone_id}")).status_code == 404
    taken = await player.call("POST", f"/v1/games/{gone_id}/turns", {"command": {"verb": "WAIT"}, "expectedTurn": 1})
    assert (taken.status_code, taken.json()["reason"]) == (404, "GAME_NOT_FOUND")
    assert [one["gameId"] for one in (await player.get("/v1/games"))["games"]] == [kept_id]
    assert (await player.get("/v1/players/me/statistics"))["games"] == 2, "what was played stays counted"

    async def gone() -> bool:
        return not await found(system, left) & {gone_id, left.words, left.note, left.title}

    await eventually(gone, within=20)


async def test_a_turn_under_way_does_not_bring_a_deleted_game_back(player: Player, system: System):
    erased: list[str] = []
    for _ in range(10):
        await player.begin()
        turn = asyncio.create_task(player.turn({"verb": "WAIT"}))
        erased.append(player.game_id)
        assert (await player.call("DELETE", f"/v1/games/{player.game_id}")).status_code == 200
        last = (await turn)[-1]
        assert last.name == "done" or last.data["reason"] in {"GAME_NOT_FOUND", "TURN_NOT_FOUND"}, last

    async def gone() -> bool:
        return not any([await remains.in_postgres(system.database_url, erased), await remains.in_redis(system.redis_url, erased)])

    await eventually(gone, within=20)


async def test_anothers_game_can_be_neither_deleted_nor_reported(http: httpx.AsyncClient, player: Player):
    await player.begin()
    stranger = await sign_in(http)

    deleted = await stranger.call("DELETE", f"/v1/games/{player.game_id}")
    reported = await stranger.call("POST", f"/v1/games/{player.game_id}/reports", {"turn": 0, "reason": "WRONG"})

    assert [(one.status_code, one.json()["reason"]) for one in (deleted, reported)] == [(404, "GAME_NOT_FOUND")] * 2
    assert (await player.get(f"/v1/games/{player.game_id}"))["turn"] == 0


async def test_a_report_is_kept_once(player: Player):
    await player.begin()
    body = {"turn": 0, "reason": "UNSAFE", "note": "무섭다"}

    first, again = [await player.call("POST", f"/v1/games/{player.game_id}/reports", body, **{"idempotency-key": "k"}) for _ in range(2)]
    other = await player.call("POST", f"/v1/games/{player.game_id}/reports", body)
    beyond = await player.call("POST", f"/v1/games/{player.game_id}/reports", {**body, "turn": 1})

    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    assert first.json()["reportId"] != other.json()["reportId"]
    assert (beyond.status_code, beyond.json()["reason"]) == (404, "TURN_NOT_FOUND")


async def test_a_player_whom_an_operator_erases_is_gone_everywhere(player: Player, system: System):
    left = await leave(player, "erased")
    internal = f"127.0.0.1:{system.services.persistence.internal}"
    async with connect(internal, credential=system.services.credential) as channel:
        admin = admin_service_pb2_grpc.AdminServiceStub(channel)
        request = admin_service_pb2.ErasePlayerRequest(player_id=left.player_id, reason="asked by letter", request_id="letter 1")
        for _ in range(2):
            await admin.ErasePlayer(request, metadata=(("x-maratang-operator", "bora"),))

        async def gone() -> bool:
            return not await found(system, left)

        await eventually(gone, within=20)
        assert (await player.call("GET", "/v1/games")).status_code == 401
        subject = f"sha256:{hashlib.sha256(UUID(left.player_id).bytes).hexdigest()}"
        entries = (await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(subject=subject))).entries
        assert [(one.method, one.actor, one.reason) for one in entries] == [("ErasePlayer", "bora", "asked by letter")]
