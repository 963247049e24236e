"""Streams that break and go on elsewhere; many at once who want the same, or not the same."""

import asyncio
import random
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from services.game.adapters import keys
from services.game.adapters.redis_connection import connect
from tests.support.eventually import eventually
from tests.support.fault_server import Exchange
from tests.support.player import Event, Player, browser, sign_in, told
from tests.support.resuming import Reader
from tests.support.servers import fresh_database, running_valkey
from tests.support.stub_vllm import Pace, stub_vllm, tells
from tests.support.system import System, beside, running_system

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(900)]
WAIT = {"verb": "WAIT"}
_ANY = "127.0.0.1:0"


@pytest.fixture(scope="module")
async def system(postgres_server_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with (
        fresh_database(postgres_server_url) as database_url,
        running_valkey(tmp_path_factory.mktemp("resuming")) as valkey,
        stub_vllm() as base,
        running_system(database_url, valkey.url, base, base) as system,
    ):
        yield system


@pytest.fixture(scope="module")
async def elsewhere(system: System) -> AsyncIterator[str]:
    async with beside(system) as url:
        yield url


@pytest.fixture
async def gateways(system: System, elsewhere: str) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    async with browser(system.url) as here, browser(elsewhere) as there:
        yield here, there


@pytest.fixture
async def player(gateways: tuple[httpx.AsyncClient, httpx.AsyncClient]) -> Player:
    player = await sign_in(gateways[0])
    await player.begin()
    return player


async def test_streams_cut_at_any_byte_and_read_on_elsewhere_say_the_same(
    gateways: tuple[httpx.AsyncClient, ...], system: System, pytestconfig: pytest.Config
):
    wanted = pytestconfig.getoption("--cuts")
    dice = random.Random(pytestconfig.getoption("--seed"))
    words = tuple(f"낱말{number} " for number in range(30))
    system.base.behaviour = tells(Pace(chunks=words, every_seconds=0.01))
    cut = 0

    async def play(number: int) -> int:
        player = await sign_in(gateways[number % 2])
        await player.begin()
        own, cuts = random.Random(dice.random()), 0
        for turn in range(3):
            reader = Reader(gateways=gateways, headers=player.headers, dice=own, cuts=(many := own.randrange(1, 4)))
            events = await reader.take(player.game_id, {"command": WAIT, "expectedTurn": turn}, f"k{turn}")
            assert_whole(events, turn + 1)
            cuts += many
        return cuts

    while cut < wanted:
        cut += sum(await asyncio.gather(*(play(number) for number in range(8))))


def assert_whole(events: list[Event], turn: int) -> None:
    assert events[-1].name == "done", events[-1]
    assert [event.id for event in events] == [f"{turn}-{k}" for k in range(1, len(events) + 1)]
    assert told(events) == events[-1].data["telling"]["text"] != ""


async def test_eight_at_once_with_one_key_are_one_turn(player: Player, gateways, system: System, pytestconfig: pytest.Config):
    for turn in range(pytestconfig.getoption("--rounds")):
        await fresh_if_ended(player)
        expected, asked = player.game["turn"], len(system.base.asked)
        body = {"command": WAIT, "expectedTurn": expected}
        answers = await asyncio.gather(
            *(
                gateways[n % 2].post(
                    f"/v1/games/{player.game_id}/turns", json=body, headers={**player.headers, "idempotency-key": f"round {turn}"}
                )
                for n in range(8)
            )
        )

        assert [answer.status_code for answer in answers] == [200] * 8, [answer.text for answer in answers]
        # Whether PostgreSQL had it when an answer left is the one thing that may differ.
        assert len({orjson.dumps({**answer.json(), "durability": ""}) for answer in answers}) == 1
        assert answers[0].json()["turn"] == expected + 1
        assert len(system.base.asked) == asked + 1, "the model was asked once"
        player.game["turn"] = expected + 1
    assert (await player.get(f"/v1/games/{player.game_id}"))["turn"] == player.game["turn"]


async def test_of_eight_at_once_with_keys_of_their_own_one_wins(player: Player, gateways, system: System, pytestconfig: pytest.Config):
    async def asks(n: int, turn: int, body) -> httpx.Response:
        """As a client does who is told to come again: with the same key."""
        headers = {**player.headers, "idempotency-key": f"round {turn} of {n}"}
        while True:
            answer = await gateways[n % 2].post(f"/v1/games/{player.game_id}/turns", json=body, headers=headers)
            if answer.status_code < 400 or answer.json()["reason"] not in {"GAME_BUSY", "DEADLINE_EXCEEDED", "STORE_UNAVAILABLE"}:
                return answer

    for turn in range(pytestconfig.getoption("--rounds")):
        await fresh_if_ended(player)
        expected = player.game["turn"]
        body = {"command": WAIT, "expectedTurn": expected}
        answers = await asyncio.gather(*(asks(n, turn, body) for n in range(8)))

        won = [answer.json() for answer in answers if answer.status_code == 200]
        lost = [answer.json() for answer in answers if answer.status_code != 200]
        assert [answer["turn"] for answer in won] == [expected + 1]
        assert [(problem["status"], problem["reason"], problem["metadata"]["turn"]) for problem in lost] == [
            (409, "STALE_TURN", str(expected + 1))
        ] * 7
        player.game["turn"] = expected + 1


async def fresh_if_ended(player: Player) -> None:
    """Waiting ends the tutorial at some time: then another game is begun."""
    if (await player.get(f"/v1/games/{player.game_id}"))["status"] != "ACTIVE":
        await player.begin()


async def steal(system: System, player: Player, turn: int) -> None:
    """Has the lease of a telling run out, as if its worker had died."""
    async with connect(system.redis_url) as redis:
        shard = keys.shard_of(player.game_id)
        await redis.hset(keys.telling_job(player.game_id, turn), "lease", "0")
        await redis.zadd(keys.tellings(shard), {f"{player.game_id}:{turn}": 0})


BEGUN, LAST = "당신은 문득 멈춰 서서 귀를 기울인다. 오래도록 숨", "바람이 분다."
WHOLE = f"{BEGUN}을 들인다. {LAST}"


@pytest.mark.parametrize(
    ("onward", "text", "resets"),
    [
        (lambda begun: (WHOLE.removeprefix(begun).removesuffix(LAST), LAST), WHOLE, 0),
        (lambda _: ("<|im_start|>", LAST), "", 1),
    ],
    ids=["goes on", "says what may not be shown"],
)
async def test_a_telling_whose_teller_died_is_gone_on_from_or_taken_back(player: Player, system: System, onward, text: str, resets: int):
    stuck = asyncio.Event()

    async def behave(exchange: Exchange) -> None:
        if exchange.body.get("continue_final_message"):
            await tells(Pace(chunks=onward(exchange.body["messages"][-1]["content"])))(exchange)
            return
        if stuck.is_set():
            await tells(Pace(chunks=("다른 ", "글이다.")))(exchange)
            return
        stuck.set()
        exchange.head(headers={"content-type": "text/event-stream"})
        exchange.token(BEGUN)
        await exchange.gone()

    system.base.behaviour = behave
    seen: list[Event] = []
    async for event in player.stream(WAIT):
        seen.append(event)
        if event.name == "delta" and len([one for one in seen if one.name == "delta"]) == 1:
            await steal(system, player, 1)

    assert seen[-1].name == "done", seen[-1]
    assert [event.name for event in seen].count("reset") == resets
    assert told(seen) == seen[-1].data["telling"]["text"]
    if text:
        assert told(seen) == text
        asked = [exchange.body for exchange in system.base.asked if exchange.body.get("continue_final_message")][-1]
        shown = asked["messages"][-1]
        assert shown["role"] == "assistant"
        # What was released of the first text when its teller lost it: its last letters may still have been held back.
        assert shown["content"].startswith(seen[2].data["text"])
        assert BEGUN.startswith(shown["content"])


async def test_a_turn_that_redis_lost_under_way_is_given_up_so_that_it_is_asked_for_again(player: Player, system: System):
    gate = asyncio.Event()

    async def behave(exchange: Exchange) -> None:
        exchange.head(headers={"content-type": "text/event-stream"})
        exchange.token("당신은 기다린다. ")
        await gate.wait()
        exchange.token("", finish="stop")
        exchange.event("[DONE]")
        exchange.end()

    async def written() -> bool:
        return (await player.get(f"/v1/games/{player.game_id}"))["opening"]["durability"] == "REPLICATED"

    await eventually(written)
    system.base.behaviour = behave
    seen: list[Event] = []
    async for event in player.stream(WAIT, **{"idempotency-key": "k"}):
        seen.append(event)
        if event.name == "delta":
            async with connect(system.redis_url) as redis:
                await redis.flushall()
            gate.set()
    system.base.behaviour = tells(Pace())

    assert seen[-1].name == "error"
    assert seen[-1].data["status"] == 503
    again = await player.turn(WAIT, 0, **{"idempotency-key": "k"})
    assert told(again) == again[-1].data["telling"]["text"] != ""
    assert again[-1].data["turn"] == 1
