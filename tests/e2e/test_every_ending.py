"""Every ending of every scenario that ships, over REST, through every service and store."""

from collections.abc import AsyncIterator

import pytest

from maratang_client.shapes import GameStatus, Resolved
from services.game.rules import codec
from services.game.rules.begin import start
from services.game.rules.evolve import replay
from services.game.rules.pack import Pack
from tests.support.journey import Journey, as_sent, journey, kinds
from tests.support.scenarios import NAMES, scenario
from tests.support.system import System

pytestmark = pytest.mark.anyio
ENDINGS = [(name, ending) for name in NAMES for ending in scenario(name)[1].witnesses]
LOCALES = ("ko", "en")
SEED = "every ending"
TYPED = {
    ("tutorial", "together", "ko"): [
        "외투 주머니를 뒤져 본다", "쪽지를 읽는다", "협탁을 열어 본다", "사진을 챙긴다", "거실로 나간다", "벽시계를 살펴본다",
        "윤슬에게 사진을 보여준다", "윤슬에게 계획을 물어본다", "부엌으로 간다", "서랍을 연다", "퓨즈를 집는다", "거실로 돌아간다",
        "현관으로 간다", "두꺼비집에 퓨즈를 끼운다", "현관문에 0417을 누른다", "층계참으로 나간다",
    ],
    ("tutorial", "together", "en"): [
        "go through the pockets of the coat", "read the note", "open the nightstand", "take the photo", "go to the living room",
        "look at the clock", "show the photo to Yunseul", "ask Yunseul about the plan", "go to the kitchen", "open the drawer",
        "pick up the fuse", "go back to the living room", "walk into the hall", "put the fuse into the breaker",
        "type 0417 into the front door", "go out to the landing",
    ],
    ("snowmark", "warned", "ko"): [
        "방한복을 챙긴다", "난로방으로 간다", "계기실로 간다", "기록부를 읽는다", "해주에게 기록에 대해 묻는다", "지진계를 읽는다",
        "난로방으로 돌아간다", "해주에게 기록에 대해 설득한다",
        "무전실 문의 잠금을 푼다", "해주에게 무전기에 대해 묻는다", "잠을 잔다", "부엌으로 간다", "보온병을 챙긴다", "난로방으로 간다",
        "만석에게 보온병을 준다", "만석에게 노래에 대해 묻는다",
        "부엌으로 간다", "차통을 뒤진다", "진공관을 집는다", "난로방으로 간다", "잔다", "마당으로 나간다", "탑으로 간다", "종을 친다",
        "등불을 켠다", "종을 친다", "먹지 사본을 읽는다",
        "마당으로 간다", "난로방으로 간다", "무전실로 들어간다", "무전기에 진공관을 끼운다", "무전기를 쓴다",
    ],
    ("snowmark", "warned", "en"): [
        "take the coat", "go to the stove room", "go to the instrument room", "read the gauge book",
        "ask Haeju about the record", "read the seismograph", "go back to the stove room", "persuade Haeju about the record",
        "unlock the radio room door", "ask Haeju about the radio", "go to sleep", "go to the kitchen", "take the flask",
        "go to the stove room", "give the flask to Manseok", "ask Manseok about the rhyme", "go to the kitchen",
        "search the tea tin", "take the tube", "go to the stove room", "sleep", "go out to the yard", "climb to the tower",
        "ring the bell", "light the lantern", "ring the bell", "read the carbon copy", "go down to the yard",
        "go to the stove room", "go into the radio room", "put the tube into the radio", "use the radio",
    ],
}  # fmt: skip
"""What somebody writes who plays to that ending."""


@pytest.fixture
async def player(system: System) -> AsyncIterator[Journey]:
    async with journey(system.url) as player:
        yield player


@pytest.mark.parametrize(("name", "ending"), ENDINGS)
async def test_every_ending_is_reached_by_commands(player: Journey, system: System, name: str, ending: str):
    pack, trials = scenario(name)
    locale = LOCALES[list(pack.endings).index(ending) % len(LOCALES)]
    await player.begin(name, locale, seed=SEED)
    for command in trials.witnesses[ending]:
        await player.take(as_sent(command))
    await assert_ended(player, system, pack, ending)


@pytest.mark.parametrize(("name", "ending", "locale"), TYPED)
async def test_an_ending_is_reached_by_writing(player: Journey, system: System, name: str, ending: str, locale: str):
    pack, _ = scenario(name)
    await player.begin(name, locale, seed=SEED)
    for text in TYPED[name, ending, locale]:
        events = await player.take(text)
        assert Resolved in kinds(events), (text, events)
    await assert_ended(player, system, pack, ending)


async def assert_ended(player: Journey, system: System, pack: Pack, ending: str) -> None:
    """The game has ended there, says so, and what PostgreSQL has of it leads, by its events alone, to every hash that it has."""
    game = await player.client.get_game(player.game_id)
    assert game.status == GameStatus.ENDED
    assert game.ending is not None
    assert (game.ending.ending_id, game.ending.title) == (ending, pack.name(ending, game.locale))
    last = await player.client.get_turn(player.game_id, game.turn)
    epilogue = pack.text(f"ending.{ending}.epilogue", game.locale)
    assert last.lines[-1].text in epilogue
    state = start(pack, bytes.fromhex(system.state_of_opening(pack, SEED).meta.seed))
    rows = await system.log_of(player.game_id)
    assert len(rows) == game.turn + 1
    for row in rows:
        state = replay(pack, state, [codec.event_from_plain(event) for event in row.record["events"]])
        assert codec.state_hash(state) == row.state_hash, row.number
