"""Undo, branches and saves over REST: paths through one log."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.game.packs import compile_pack, read_folder
from services.game.path import path_to, state_after
from services.game.rules import codec
from tests.support.player import Player, browser, sign_in
from tests.support.servers import PROJECT
from tests.support.system import System

pytestmark = pytest.mark.anyio
SEED = "a way back"
SEARCH_COAT = {"verb": "SEARCH", "object": "coat"}
OPEN_NIGHTSTAND = {"verb": "OPEN", "object": "nightstand"}
TAKE_PHOTO = {"verb": "TAKE", "object": "photo"}
SLEEP = {"verb": "SLEEP"}


@pytest.fixture
async def player(system: System) -> AsyncIterator[Player]:
    async with browser(system.url) as http:
        player = await sign_in(http)
        await player.begin(locale="en", seed=SEED)
        yield player


async def ask(player: Player, what: str, body: dict[str, Any] | None = None, *, method: str = "POST", **headers: str) -> httpx.Response:
    return await player.call(method, f"/v1/games/{player.game_id}{what}", body, **headers)


async def changed(player: Player, what: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = await ask(player, what, body, **headers)
    assert answer.status_code == 200, answer.text
    player.game = answer.json()
    return player.game


def what_is_seen(game: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in game["view"].items() if key != "turn"}


async def test_an_undone_turn_is_undone_and_its_number_is_never_used_again(player: Player):
    before = player.game
    await player.turn(OPEN_NIGHTSTAND)
    await player.turn(TAKE_PHOTO)

    back = await changed(player, ":undo", {"toTurn": 0, "expectedTurn": 2})

    assert (back["turn"], back["status"]) == (3, "ACTIVE")
    assert what_is_seen(back) == what_is_seen(before)
    assert (await player.turn(TAKE_PHOTO))[1].name == "refused", "the nightstand is closed again"
    assert (await player.turn(OPEN_NIGHTSTAND))[-1].data["turn"] == 4
    row = await player.get(f"/v1/games/{player.game_id}/turns/3")
    assert (row["parent"], row["text"], row["events"], row["telling"]["text"]) == (0, "", [], "")
    assert (await player.get(f"/v1/games/{player.game_id}/turns/4"))["parent"] == 3
    assert (await player.get(f"/v1/games/{player.game_id}/turns/2"))["events"], "what was undone can still be read"


async def test_undoing_changes_no_fate(player: Player):
    first = (await player.turn(SEARCH_COAT))[-1].data
    await changed(player, ":undo", {"toTurn": 0, "expectedTurn": 1})
    again = (await player.turn(SEARCH_COAT))[-1].data
    assert again["events"] == first["events"]


async def test_the_same_undo_again_is_one_undo(player: Player):
    await player.turn(OPEN_NIGHTSTAND)
    undo = {"toTurn": 0, "expectedTurn": 1}
    for headers in ({}, {"idempotency-key": "once"}):
        expected = {**undo, "toTurn": player.game["turn"] - 1, "expectedTurn": player.game["turn"]}
        games = [(await ask(player, ":undo", expected, **headers)).json() for _ in range(3)]
        assert [game["turn"] for game in games] == [expected["expectedTurn"] + 1] * 3, games
        player.game = games[-1]
        await player.turn(OPEN_NIGHTSTAND)

    other = await ask(player, ":undo", {"toTurn": 0, "expectedTurn": player.game["turn"]}, **{"idempotency-key": "once"})
    assert (other.status_code, other.json()["reason"]) == (400, "KEY_MISMATCH")


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"toTurn": 0}, 400, "INVALID_ARGUMENT"),
        ({"toTurn": 1, "expectedTurn": 1}, 400, "INVALID_ARGUMENT"),
        ({"toTurn": -1, "expectedTurn": 1}, 400, "INVALID_ARGUMENT"),
        ({"toTurn": 0, "expectedTurn": 7}, 409, "STALE_TURN"),
    ],
)
async def test_an_undo_that_makes_no_sense_is_refused(player: Player, body: dict[str, int], status: int, reason: str):
    await player.turn(OPEN_NIGHTSTAND)
    answer = await ask(player, ":undo", body)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason), answer.text


async def test_a_branch_is_another_way_on_and_both_ways_stay(player: Player):
    await player.turn(OPEN_NIGHTSTAND)
    await player.turn(TAKE_PHOTO)
    branch = (await ask(player, "/branches", {"fromTurn": 1, "title": "without  the photo"}, **{"idempotency-key": "b"})).json()
    assert (branch["title"], branch["fromTurn"], branch["turn"], branch["active"]) == ("without the photo", 1, 1, False)
    assert (await ask(player, "/branches", {"fromTurn": 1, "title": "without the photo"}, **{"idempotency-key": "b"})).json() == branch

    here = await changed(player, f"/branches/{branch['branchId']}:activate", {"expectedTurn": 2})
    assert (here["turn"], here["branchId"], here["view"]["inventory"]) == (3, branch["branchId"], [])
    taken = (await player.turn({"verb": "TAKE", "object": "teacup"}))[-1].data
    assert (taken["turn"], taken["branchId"]) == (4, branch["branchId"])

    listed = (await player.get(f"/v1/games/{player.game_id}/branches"))["branches"]
    assert [(one["branchId"], one["turn"], one["active"]) for one in listed] == [("main", 2, False), (branch["branchId"], 4, True)]
    first = await player.get(f"/v1/games/{player.game_id}/branches?pageSize=1")
    second = await player.get(f"/v1/games/{player.game_id}/branches?pageSize=1&pageToken={first['nextPageToken']}")
    assert [*first["branches"], *second["branches"]] == listed
    assert not second["nextPageToken"]

    back = await changed(player, "/branches/main:activate", {"expectedTurn": 4})
    assert [item["itemId"] for item in back["view"]["inventory"]] == ["photo"]
    elsewhere = await ask(player, ":undo", {"toTurn": 4, "expectedTurn": 5})
    assert (elsewhere.status_code, elsewhere.json()["reason"]) == (409, "TURN_ELSEWHERE")


async def test_an_activation_again_is_one_activation(player: Player):
    await player.turn(OPEN_NIGHTSTAND)
    branch = (await ask(player, "/branches", {"fromTurn": 0})).json()
    turns = [(await ask(player, f"/branches/{branch['branchId']}:activate", {"expectedTurn": 1})).json()["turn"] for _ in range(3)]
    assert turns == [2, 2, 2]


async def test_an_ended_game_can_not_be_changed_but_branched_from_before_its_end(player: Player):
    await player.turn(OPEN_NIGHTSTAND)
    save = (await ask(player, "/saves", {"title": "awake"})).json()
    ended = (await player.turn(SLEEP))[-1].data
    assert ended["ending"]["endingId"] == "midnight"

    undo = await ask(player, ":undo", {"toTurn": 1, "expectedTurn": 2})
    load = await ask(player, f"/saves/{save['saveId']}:load", {"expectedTurn": 2})
    assert [(answer.status_code, answer.json()["reason"]) for answer in (undo, load)] == [(409, "GAME_ENDED")] * 2

    branch = (await ask(player, "/branches", {"fromTurn": 1, "title": "stay awake"})).json()
    game = await changed(player, f"/branches/{branch['branchId']}:activate", {"expectedTurn": 2})
    assert (game["status"], game["turn"]) == ("ACTIVE", 3)
    assert (await player.turn(TAKE_PHOTO))[-1].data["turn"] == 4
    ended_again = await changed(player, "/branches/main:activate", {"expectedTurn": 4})
    assert (ended_again["status"], ended_again["ending"]["endingId"]) == ("ENDED", "midnight")


async def test_a_save_is_loaded_listed_and_forgotten(player: Player):
    await player.turn(OPEN_NIGHTSTAND)
    save = (await ask(player, "/saves", {"title": "drawer open"}, **{"idempotency-key": "s"})).json()
    assert (save["title"], save["turn"]) == ("drawer open", 1)
    assert (await ask(player, "/saves", {"title": "drawer open"}, **{"idempotency-key": "s"})).json() == save
    await player.turn(TAKE_PHOTO)

    game = await changed(player, f"/saves/{save['saveId']}:load", {"expectedTurn": 2})

    assert (game["turn"], game["view"]["inventory"], game["branchId"]) == (3, [], "main")
    assert (await player.get(f"/v1/games/{player.game_id}/saves"))["saves"] == [save]
    gone = [(await ask(player, f"/saves/{save['saveId']}", method="DELETE")).status_code for _ in range(2)]
    assert gone == [200, 200]
    assert (await player.get(f"/v1/games/{player.game_id}/saves"))["saves"] == []
    missing = await ask(player, f"/saves/{save['saveId']}:load", {"expectedTurn": 3})
    assert (missing.status_code, missing.json()["reason"]) == (404, "SAVE_NOT_FOUND")


async def test_others_games_have_no_paths_for_a_stranger(player: Player, system: System):
    async with browser(system.url) as http:
        stranger = await sign_in(http)
        stranger.game = player.game
        answers = [
            await ask(stranger, ":undo", {"toTurn": 0, "expectedTurn": 1}),
            await ask(stranger, "/branches", {"fromTurn": 0}),
            await ask(stranger, "/branches", method="GET"),
            await ask(stranger, "/branches/main:activate", {"expectedTurn": 0}),
            await ask(stranger, "/saves", {"title": "mine"}),
            await ask(stranger, "/saves", method="GET"),
            await ask(stranger, "/saves/x:load", {"expectedTurn": 0}),
            await ask(stranger, "/saves/x", method="DELETE"),
        ]
    assert [(answer.status_code, answer.json()["reason"]) for answer in answers] == [(404, "GAME_NOT_FOUND")] * len(answers)


async def test_the_transcript_follows_the_way_that_is_played(player: Player):
    await player.turn("open the nightstand")
    await player.turn("take the photo")
    await changed(player, ":undo", {"toTurn": 1, "expectedTurn": 2})
    await player.turn("take the teacup")

    text = (await ask(player, "/transcript?format=TEXT", method="GET")).text

    assert "> open the nightstand" in text
    assert "> take the teacup" in text
    assert "> take the photo" not in text


async def test_the_log_in_postgresql_leads_to_every_state(player: Player, system: System):
    await player.turn(OPEN_NIGHTSTAND)
    await player.turn(TAKE_PHOTO)
    await changed(player, ":undo", {"toTurn": 1, "expectedTurn": 2})
    save = (await ask(player, "/saves", {"title": "here"})).json()
    await player.turn({"verb": "TAKE", "object": "teacup"})
    await changed(player, f"/saves/{save['saveId']}:load", {"expectedTurn": 4})
    await ask(player, "/saves", {"title": "waits until it is written"})

    rows = {row.number: row for row in await system.log_of(player.game_id)}

    assert list(rows) == [0, 1, 2, 3, 4, 5]
    assert [row.record["jump"]["kind"] for row in rows.values() if "jump" in row.record] == ["undo", "load"]
    pack = compile_pack(read_folder(PROJECT / "scenarios" / "tutorial"))
    for number, row in rows.items():
        assert codec.state_hash(state_after(pack, SEED, path_to(rows, number))) == row.state_hash
