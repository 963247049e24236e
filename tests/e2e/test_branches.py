"""Undo, branches and saves over REST: paths through one log."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from maratang_client import problems
from maratang_client.shapes import Command, CommandVerb, Game, GameStatus, GetTranscriptFormat, Refusal, TurnEvent, View
from services.game.packs import compile_pack, read_folder
from services.game.path import path_to, state_after
from services.game.rules import codec
from tests.support.journey import Journey, done, journey, kinds
from tests.support.servers import PROJECT
from tests.support.system import System

pytestmark = pytest.mark.anyio
SEED = "a way back"
SEARCH_COAT = Command(verb=CommandVerb.SEARCH, object="coat")
OPEN_NIGHTSTAND = Command(verb=CommandVerb.OPEN, object="nightstand")
TAKE_PHOTO = Command(verb=CommandVerb.TAKE, object="photo")
TAKE_TEACUP = Command(verb=CommandVerb.TAKE, object="teacup")
SLEEP = Command(verb=CommandVerb.SLEEP)


@pytest.fixture
async def player(system: System) -> AsyncIterator[Journey]:
    async with journey(system.url) as player:
        await player.begin(locale="en", seed=SEED)
        yield player


def now(player: Journey, game: Game) -> Game:
    """The game goes on from here."""
    player.game, player.turn = game, game.turn
    return game


def what_is_seen(game: Game) -> View:
    assert game.view is not None
    return replace(game.view, turn=0)


def carried(game: Game) -> list[str]:
    assert game.view is not None
    return [item.item_id for item in game.view.inventory]


def number(events: Sequence[TurnEvent]) -> int:
    return done(events).turn


async def test_an_undone_turn_is_undone_and_its_number_is_never_used_again(player: Journey):
    before, client, game_id = player.game, player.client, player.game_id
    await player.take(OPEN_NIGHTSTAND)
    await player.take(TAKE_PHOTO)

    back = now(player, await client.undo(game_id, to_turn=0, expected_turn=2))

    assert (back.turn, back.status) == (3, GameStatus.ACTIVE)
    assert what_is_seen(back) == what_is_seen(before)
    assert kinds(await player.take(TAKE_PHOTO))[1] is Refusal, "the nightstand is closed again"
    assert number(await player.take(OPEN_NIGHTSTAND)) == 4
    row = await client.get_turn(game_id, 3)
    assert row.telling is not None
    assert (row.parent, row.text, row.events, row.telling.text) == (0, "", (), "")
    assert (await client.get_turn(game_id, 4)).parent == 3
    assert (await client.get_turn(game_id, 2)).events, "what was undone can still be read"


async def test_undoing_changes_no_fate(player: Journey):
    first = done(await player.take(SEARCH_COAT))
    now(player, await player.client.undo(player.game_id, to_turn=0, expected_turn=1))
    again = done(await player.take(SEARCH_COAT))
    assert again.events == first.events


@pytest.mark.parametrize("key", [None, "once"])
async def test_the_same_undo_again_is_one_undo(player: Journey, key: str | None):
    await player.take(OPEN_NIGHTSTAND)
    undo = player.client.undo
    keys = [key] * 3 if key else [""] * 3  # without a key, it is made of the undo itself

    games = [await undo(player.game_id, to_turn=0, expected_turn=1, request_id=one) for one in keys]

    assert [game.turn for game in games] == [2] * 3
    now(player, games[-1])
    await player.take(OPEN_NIGHTSTAND)
    if key:
        with pytest.raises(problems.KeyMismatch):
            await undo(player.game_id, to_turn=2, expected_turn=3, request_id=key)


@pytest.mark.parametrize(
    ("to_turn", "expected_turn", "refused"),
    [(1, 1, problems.InvalidArgument), (-1, 1, problems.InvalidArgument), (0, 7, problems.StaleTurn)],
)
async def test_an_undo_that_makes_no_sense_is_refused(player: Journey, to_turn: int, expected_turn: int, refused: type[problems.Problem]):
    await player.take(OPEN_NIGHTSTAND)
    with pytest.raises(refused):
        await player.client.undo(player.game_id, to_turn=to_turn, expected_turn=expected_turn)


async def test_a_branch_is_another_way_on_and_both_ways_stay(player: Journey):
    client, game_id = player.client, player.game_id
    await player.take(OPEN_NIGHTSTAND)
    await player.take(TAKE_PHOTO)
    branch = await client.create_branch(game_id, from_turn=1, title="without  the photo", request_id="b")
    assert (branch.title, branch.from_turn, branch.turn, branch.active) == ("without the photo", 1, 1, False)
    assert await client.create_branch(game_id, from_turn=1, title="without the photo", request_id="b") == branch

    here = now(player, await client.activate_branch(game_id, branch.branch_id, expected_turn=2))
    assert (here.turn, here.branch_id, carried(here)) == (3, branch.branch_id, [])
    taken = done(await player.take(TAKE_TEACUP))
    assert (taken.turn, taken.branch_id) == (4, branch.branch_id)

    listed = [one async for one in client.all_branches(game_id)]
    assert [(one.branch_id, one.turn, one.active) for one in listed] == [("main", 2, False), (branch.branch_id, 4, True)]
    first = await client.list_branches(game_id, page_size=1)
    second = await client.list_branches(game_id, page_size=1, page_token=first.next_page_token)
    assert [*first.branches, *second.branches] == listed
    assert not second.next_page_token

    back = now(player, await client.activate_branch(game_id, "main", expected_turn=4))
    assert carried(back) == ["photo"]
    with pytest.raises(problems.TurnElsewhere):
        await client.undo(game_id, to_turn=4, expected_turn=5)


async def test_an_activation_again_is_one_activation(player: Journey):
    await player.take(OPEN_NIGHTSTAND)
    branch = await player.client.create_branch(player.game_id, from_turn=0, title="")
    again = [await player.client.activate_branch(player.game_id, branch.branch_id, expected_turn=1, request_id="") for _ in range(3)]
    assert [game.turn for game in again] == [2, 2, 2]


async def test_an_ended_game_can_not_be_changed_but_branched_from_before_its_end(player: Journey):
    client, game_id = player.client, player.game_id
    await player.take(OPEN_NIGHTSTAND)
    save = await client.create_save(game_id, title="awake")
    ended = done(await player.take(SLEEP))
    assert ended.ending is not None
    assert ended.ending.ending_id == "midnight"

    with pytest.raises(problems.GameEnded):
        await client.undo(game_id, to_turn=1, expected_turn=2)
    with pytest.raises(problems.GameEnded):
        await client.load_save(game_id, save.save_id, expected_turn=2)

    branch = await client.create_branch(game_id, from_turn=1, title="stay awake")
    game = now(player, await client.activate_branch(game_id, branch.branch_id, expected_turn=2))
    assert (game.status, game.turn) == (GameStatus.ACTIVE, 3)
    assert number(await player.take(TAKE_PHOTO)) == 4
    ended_again = await client.activate_branch(game_id, "main", expected_turn=4)
    assert ended_again.ending is not None
    assert (ended_again.status, ended_again.ending.ending_id) == (GameStatus.ENDED, "midnight")


async def test_a_save_is_loaded_listed_and_forgotten(player: Journey):
    client, game_id = player.client, player.game_id
    await player.take(OPEN_NIGHTSTAND)
    save = await client.create_save(game_id, title="drawer open", request_id="s")
    assert (save.title, save.turn) == ("drawer open", 1)
    assert await client.create_save(game_id, title="drawer open", request_id="s") == save
    await player.take(TAKE_PHOTO)

    game = now(player, await client.load_save(game_id, save.save_id, expected_turn=2))

    assert (game.turn, carried(game), game.branch_id) == (3, [], "main")
    assert [one async for one in client.all_saves(game_id)] == [save]
    for _ in range(2):
        await client.delete_save(game_id, save.save_id)  # forgetting twice is forgetting
    assert [one async for one in client.all_saves(game_id)] == []
    with pytest.raises(problems.SaveNotFound):
        await client.load_save(game_id, save.save_id, expected_turn=3)


async def test_the_transcript_follows_the_way_that_is_played(player: Journey):
    await player.take("open the nightstand")
    await player.take("take the photo")
    now(player, await player.client.undo(player.game_id, to_turn=1, expected_turn=2))
    await player.take("take the teacup")

    text = (await player.client.get_transcript(player.game_id, format=GetTranscriptFormat.TEXT)).text

    assert "> open the nightstand" in text
    assert "> take the teacup" in text
    assert "> take the photo" not in text


async def test_the_log_in_postgresql_leads_to_every_state(player: Journey, system: System):
    client, game_id = player.client, player.game_id
    await player.take(OPEN_NIGHTSTAND)
    await player.take(TAKE_PHOTO)
    now(player, await client.undo(game_id, to_turn=1, expected_turn=2))
    save = await client.create_save(game_id, title="here")
    await player.take(TAKE_TEACUP)
    now(player, await client.load_save(game_id, save.save_id, expected_turn=4))
    await client.create_save(game_id, title="waits until it is written")

    rows = {row.number: row for row in await system.log_of(game_id)}

    assert list(rows) == [0, 1, 2, 3, 4, 5]
    assert [row.record["jump"]["kind"] for row in rows.values() if "jump" in row.record] == ["undo", "load"]
    pack = compile_pack(read_folder(PROJECT / "scenarios" / "tutorial"))
    for at, row in rows.items():
        assert codec.state_hash(state_after(pack, SEED, path_to(rows, at))) == row.state_hash
