"""What operators do with a game, over the game service's internal port."""

from collections.abc import AsyncIterator, Awaitable, Callable

import grpc
import pytest
from maratang.game.v1 import admin_service_pb2 as pb
from maratang.game.v1.admin_service_pb2_grpc import AdminServiceStub
from maratang.persistence.v1 import admin_service_pb2 as kept_pb
from maratang.persistence.v1.admin_service_pb2_grpc import AdminServiceStub as KeptStub
from redis.asyncio import Redis

from services.chassis import errors
from services.chassis.clients import connect
from services.game.adapters import keys
from services.game.rules import codec
from services.game.stored import compress, decompress
from tests.support.player import Player, browser, sign_in
from tests.support.system import System

pytestmark = pytest.mark.anyio
OPEN_NIGHTSTAND = {"verb": "OPEN", "object": "nightstand"}
TAKE_PHOTO = {"verb": "TAKE", "object": "photo"}


@pytest.fixture
async def player(system: System) -> AsyncIterator[Player]:
    async with browser(system.url) as http:
        player = await sign_in(http)
        await player.begin(locale="en")
        await player.turn(OPEN_NIGHTSTAND)
        await player.turn(TAKE_PHOTO)
        yield player


@pytest.fixture
async def admin(system: System) -> AsyncIterator[AdminServiceStub]:
    async with connect(f"127.0.0.1:{system.services.game.internal}", credential=system.services.credential) as channel:
        yield AdminServiceStub(channel)


@pytest.fixture
async def deeds(system: System) -> AsyncIterator[Callable[[str], Awaitable[list[str]]]]:
    """The methods in the audit of a subject, the newest first."""
    async with connect(f"127.0.0.1:{system.services.persistence.internal}", credential=system.services.credential) as channel:

        async def of(subject: str) -> list[str]:
            found = await KeptStub(channel).ListAuditEntries(kept_pb.ListAuditEntriesRequest(page_size=100))
            return [entry.method for entry in found.entries if entry.subject == subject]

        yield of


async def the_state_is_tampered_with(system: System, game_id: str) -> None:
    """Somebody wrote into Redis by hand: the player is now at the door."""
    async with Redis.from_url(system.redis_url) as client:
        state = codec.decode(decompress(await client.hget(keys.game(game_id), "state")))
        forged = state._replace(player=state.player._replace(place="landing"))
        await client.hset(keys.game(game_id), "state", compress(codec.encode(forged)))


async def test_a_game_is_looked_into(player: Player, admin: AdminServiceStub):
    seen = await admin.InspectGame(pb.InspectGameRequest(game_id=player.game_id))
    assert (seen.turn, seen.branch_id, seen.scenario_id, seen.status) == (2, "main", "tutorial", 1)
    assert seen.persisted_turn + len(seen.unwritten_turns) >= 1
    assert not seen.HasField("lease_end_time")
    with pytest.raises(errors.NotFound, match="no such game"):
        await admin.InspectGame(pb.InspectGameRequest(game_id="5f3f46a4-3a2e-4b2b-9b3a-000000000000"))


async def test_live_games_are_listed_page_by_page_those_last_played_first(player: Player, admin: AdminServiceStub):
    first = await admin.ListLiveGames(pb.ListLiveGamesRequest(page_size=1))
    assert [game.game_id for game in first.games] == [player.game_id]
    seen, token = {player.game_id}, first.next_page_token
    while token:
        page = await admin.ListLiveGames(pb.ListLiveGamesRequest(page_size=3, page_token=token))
        assert not seen & {game.game_id for game in page.games}
        seen |= {game.game_id for game in page.games}
        token = page.next_page_token
    every = await admin.ListLiveGames(pb.ListLiveGamesRequest(page_size=100))
    assert {game.game_id for game in every.games} == seen


async def test_a_game_that_was_set_aside_is_put_back(system: System, player: Player, admin: AdminServiceStub, deeds):
    await admin.RequeueGame(pb.RequeueGameRequest(game_id=player.game_id, reason="the cause is mended"))
    assert await deeds(player.game_id) == ["RequeueGame"]


async def test_an_honest_game_replays_without_a_difference(player: Player, admin: AdminServiceStub):
    await player.call("POST", f"/v1/games/{player.game_id}:undo", {"toTurn": 1, "expectedTurn": 2})
    report = await admin.ReplayGame(pb.ReplayGameRequest(game_id=player.game_id))
    assert (report.rows, list(report.differences)) == (4, [])
    idle = await admin.RepairGame(pb.RepairGameRequest(game_id=player.game_id, reason="just looking"))
    assert not idle.HasField("repaired_turn")


async def test_a_game_that_strayed_is_found_and_mended(system: System, player: Player, admin: AdminServiceStub, deeds):
    await the_state_is_tampered_with(system, player.game_id)
    asked = {"game_id": player.game_id, "reason": "the state was forged", "request_id": "mend"}

    dry = await admin.RepairGame(pb.RepairGameRequest(dry_run=True, **asked))
    assert "not the one that the log leads to" in dry.differences[0]
    assert not dry.HasField("repaired_turn")
    assert (await player.get(f"/v1/games/{player.game_id}/view"))["place"]["placeId"] == "landing"

    mended = await admin.RepairGame(pb.RepairGameRequest(**asked))

    assert mended.repaired_turn == 3
    game = await player.get(f"/v1/games/{player.game_id}")
    assert (game["turn"], game["view"]["place"]["placeId"]) == (3, "bedroom")
    assert not (await admin.ReplayGame(pb.ReplayGameRequest(game_id=player.game_id))).differences
    assert await deeds(player.game_id) == ["RepairGame"]


async def test_a_suspended_game_takes_no_turn_until_it_goes_on(player: Player, admin: AdminServiceStub, deeds):
    asked = {"game_id": player.game_id, "reason": "a report"}
    for _ in range(2):
        await admin.SuspendGame(pb.SuspendGameRequest(suspended=True, **asked))
    refused = (await player.turn(TAKE_PHOTO, 3))[0]
    assert (refused.name, refused.data["reason"]) == ("error", "GAME_SUSPENDED")
    assert (await player.get(f"/v1/games/{player.game_id}"))["status"] == "SUSPENDED"

    await admin.SuspendGame(pb.SuspendGameRequest(suspended=False, **asked))

    assert (await player.turn({"verb": "TAKE", "object": "teacup"}, 4))[-1].data["turn"] == 5
    assert set(await deeds(player.game_id)) == {"SuspendGame"}


async def test_a_copy_of_the_way_to_a_turn_is_played_on_by_another(system: System, player: Player, admin: AdminServiceStub, deeds):
    await player.call("POST", f"/v1/games/{player.game_id}:undo", {"toTurn": 1, "expectedTurn": 2})
    await player.turn({"verb": "TAKE", "object": "teacup"}, 3)
    async with browser(system.url) as http:
        other = await sign_in(http)
        me = await other.get("/v1/players/me")
        asked = pb.ForkGameRequest(game_id=player.game_id, turn=4, player_id=me["playerId"], reason="a report", request_id="f")

        copies = [await admin.ForkGame(asked) for _ in range(2)]

        assert copies[0].game_id == copies[1].game_id != player.game_id
        other.game = await other.get(f"/v1/games/{copies[0].game_id}")
        assert (other.game["turn"], [item["itemId"] for item in other.game["view"]["inventory"]]) == (2, ["teacup"])
        assert (await other.turn(TAKE_PHOTO))[-1].data["turn"] == 3
        assert not (await admin.ReplayGame(pb.ReplayGameRequest(game_id=other.game_id))).differences
    assert "ForkGame" in await deeds(player.game_id)
    assert (await player.get(f"/v1/games/{player.game_id}"))["turn"] == 4


@pytest.mark.parametrize(
    ("call", "request_", "fields"),
    [
        ("SuspendGame", pb.SuspendGameRequest(suspended=True), {"reason"}),
        ("RepairGame", pb.RepairGameRequest(request_id="k" * 65), {"reason", "requestId"}),
        ("ForkGame", pb.ForkGameRequest(turn=-1, player_id="somebody", reason="x"), {"turn", "playerId"}),
    ],
)
async def test_what_an_operator_forgot_is_named(player: Player, admin: AdminServiceStub, call: str, request_, fields: set[str]):
    request_.game_id = player.game_id
    with pytest.raises(errors.Invalid) as wrong:
        await getattr(admin, call)(request_)
    assert {violation.field for violation in wrong.value.violations} == fields


async def test_without_the_credential_nothing_is_shown(system: System, player: Player):
    async with grpc.aio.insecure_channel(f"127.0.0.1:{system.services.game.internal}") as channel:
        with pytest.raises(grpc.aio.AioRpcError, match="x-maratang-service"):
            await AdminServiceStub(channel).InspectGame(pb.InspectGameRequest(game_id=player.game_id))
