"""Whom an operator bans, over the whole system."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import httpx
import pytest
from maratang.persistence.v1 import admin_service_pb2, admin_service_pb2_grpc, audit_pb2

from services.chassis import errors
from services.chassis.clients import connect
from tests.support.eventually import eventually
from tests.support.player import Player, browser, sign_in
from tests.support.system import System

pytestmark = pytest.mark.anyio
WITHIN_SECONDS = 10
"""A second is promised; this machine may be three times slower than any, and busy."""

Ban = Callable[..., Awaitable[None]]


@pytest.fixture
async def http(system: System) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(system.url) as http:
        yield http


@pytest.fixture
async def player(http: httpx.AsyncClient) -> Player:
    return await sign_in(http)


@pytest.fixture
async def admin(system: System) -> AsyncIterator[admin_service_pb2_grpc.AdminServiceStub]:
    async with connect(f"127.0.0.1:{system.services.persistence.internal}", credential=system.services.credential) as channel:
        yield admin_service_pb2_grpc.AdminServiceStub(channel)


@pytest.fixture
def ban(admin: admin_service_pb2_grpc.AdminServiceStub) -> Ban:
    async def change(player_id: str, *, banned: bool = True, reason: str = "spam", request_id: str = "") -> None:
        request = admin_service_pb2.BanPlayerRequest(player_id=player_id, banned=banned, reason=reason, request_id=request_id)
        await admin.BanPlayer(request, metadata=(("x-maratang-operator", "bora"),))

    return change


async def answered(player: Player, reason: str | None) -> None:
    """Returns when everything that the player asks of either service is answered so; None: as ever."""

    async def so() -> bool:
        answers = [await player.call("GET", path) for path in ("/v1/games", "/v1/players/me", f"/v1/games/{player.game_id}/view")]
        expected = (200, None) if reason is None else (403, reason)
        return {(one.status_code, one.json().get("reason")) for one in answers} == {expected}

    await eventually(so, within=WITHIN_SECONDS)


async def test_a_ban_ends_every_call_of_its_player_and_nobody_elses(http: httpx.AsyncClient, player: Player, ban: Ban):
    another = await sign_in(http)
    for one in (player, another):
        await one.begin()
    player_id = (await player.get("/v1/players/me"))["playerId"]

    await ban(player_id)
    await answered(player, "PLAYER_BANNED")
    turn = await player.call("POST", f"/v1/games/{player.game_id}/turns", {"command": {"verb": "WAIT"}, "expectedTurn": 0})
    assert (turn.status_code, turn.json()["reason"]) == (403, "PLAYER_BANNED")
    await answered(another, None)

    await ban(player_id, banned=False, reason="a mistake")
    await answered(player, None)
    assert (await player.get(f"/v1/games/{player.game_id}"))["turn"] == 0


async def test_who_is_banned_can_not_sign_in(player: Player, http: httpx.AsyncClient, ban: Ban):
    secrets = {"login": f"login.{uuid4().hex[:12]}", "password": "correct horse battery"}
    registered = await player.call("POST", "/v1/players:register", secrets)
    player_id = registered.json()["player"]["playerId"]
    await ban(player_id)

    right = await http.post("/v1/sessions", json=secrets)
    wrong = await http.post("/v1/sessions", json={**secrets, "password": "another horse battery"})

    assert (right.status_code, right.json()["reason"]) == (403, "PLAYER_BANNED")
    assert (wrong.status_code, wrong.json()["reason"]) == (401, "WRONG_LOGIN"), "only who knows the password hears of the ban"
    await ban(player_id, banned=False)
    assert (await http.post("/v1/sessions", json=secrets)).status_code == 200


async def test_each_change_is_audited_once(player: Player, admin: admin_service_pb2_grpc.AdminServiceStub, ban: Ban):
    player_id = (await player.get("/v1/players/me"))["playerId"]
    for _ in range(2):
        await ban(player_id, request_id=f"ban {player_id}")
    await ban(player_id, banned=False, reason="a mistake", request_id=f"unban {player_id}")
    # One that comes late, again, changes nothing any more.
    await ban(player_id, request_id=f"ban {player_id}")

    page = await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(subject=player_id))

    def told(entry: audit_pb2.AuditEntry) -> tuple[str, ...]:
        return entry.method, entry.actor, entry.reason, entry.after_json

    assert [told(one) for one in page.entries] == [
        ("BanPlayer", "bora", "a mistake", '{"banned": false}'),
        ("BanPlayer", "bora", "spam", '{"banned": true}'),
    ]
    assert (await player.call("GET", "/v1/players/me")).status_code == 200


async def test_nobody_unknown_is_banned(ban: Ban):
    with pytest.raises(errors.NotFound) as caught:
        await ban(str(uuid4()))
    assert caught.value.reason == "PLAYER_NOT_FOUND"
