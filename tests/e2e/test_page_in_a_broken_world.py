"""The player's page when connections break, models die, and others play the same game; and what it makes of hostile text."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Route, expect

from tests.support.eventually import eventually
from tests.support.fault_server import resets, streams
from tests.support.playing_page import playing, ready, said, shows, telling, told, widens_nothing
from tests.support.stub_vllm import Pace, tells
from tests.support.system import System
from tests.support.tcp_proxy import Link, tcp_link

pytestmark = pytest.mark.anyio
STUB = "당신은 천천히 둘러본다. 먼지 냄새가 난다."
PLAYERS = 4
TURNS_MOST = 18
"""As long as the tutorial lasts for who only waits."""
CUTS = 50
STREAM_BYTES = 5500
"""Before which one breaks off, if it has so many: a turn's whole stream has 4,300, and its `done` alone, with the head, half of these."""
HOSTILE = {
    "markup": "<img src=x onerror=alert(1)> <script>document.title='caught'</script> </p><h1>big</h1><svg/onload=alert(1)>",
    "templates": "&lt;b&gt; {{7*7}} ${7*7} javascript:alert(1) [x](javascript:alert(1)) <!-- ]]> %3Cscript%3E",
    "directions": "\u202eright\u202c \u200b\u2066isolated\u2069 \u0301\u0301\u0301",
    "controls": "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), *range(127, 160)))),
    "long": "가" * 10_000,
}


async def test_streams_that_are_cut_at_any_byte_read_the_same(chromium: Browser, system: System):
    system.base.behaviour = tells(Pace(chunks=tuple(f"{number}번째 말. " for number in range(1, 41)), every_seconds=0.008))
    dice = random.Random(8)

    async def play(link: Link) -> None:
        async with playing(chromium, f"http://127.0.0.1:{link.port}", accepted="net::ERR_") as (opened, player):
            turns = 0
            while link.streams_cut < CUTS and turns < TURNS_MOST:
                turns += 1
                await said(opened, "기다린다", turns)
            rows = (await player.get(f"/v1/games/{player.game_id}/transcript"))["turns"]
            assert [row["turn"] for row in rows] == list(range(turns + 1)), "no turn is taken twice"
            assert await opened.locator(".turn").count() == turns + 1, "and none is shown twice"
            for row in rows[1:]:
                assert "".join(await telling(opened, row["turn"]).locator("p").all_text_contents()) == row["telling"]["text"]

    async with tcp_link("gateway", int(system.url.rpartition(":")[2])) as link:
        link.cut_streams(lambda: dice.randrange(STREAM_BYTES))
        await asyncio.gather(*(play(link) for _ in range(PLAYERS)))
        assert link.streams_cut >= CUTS


async def test_a_page_reloaded_in_the_middle_of_a_turn_goes_on_with_it(chromium: Browser, system: System):
    system.base.behaviour = tells(Pace(every_seconds=0.2))
    async with playing(chromium, system.url) as (opened, _):
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        await opened.wait_for_selector(".turn:last-child .telling p")
        await opened.reload()
        await told(opened, 1)
        await shows(opened, 1, STUB)
        await expect(opened.locator(".turn")).to_have_count(2)


async def test_two_tabs_on_one_game_stand_at_the_same_turn(chromium: Browser, system: System):
    async with playing(chromium, system.url) as (opened, _):
        other = await opened.context.new_page()
        await other.goto(opened.url)
        await ready(other)

        await said(opened, "협탁을 연다", 1)
        await told(other, 1)
        await said(other, "사진을 챙긴다", 2)

        await told(opened, 2)
        await expect(opened.locator("aside")).to_contain_text("사진")


async def test_a_turn_taken_elsewhere_is_shown_and_the_words_are_kept(chromium: Browser, system: System):
    async with playing(chromium, system.url, accepted="status of 409 ") as (opened, player):
        await player.turn("협탁을 연다")

        await opened.fill("#say", "외투를 뒤진다")
        await opened.keyboard.press("Enter")

        await expect(opened.locator("#notice")).to_contain_text("다른 곳에서")
        await told(opened, 1)
        await expect(opened.locator("#say")).to_have_value("외투를 뒤진다")


async def test_a_finger_that_sends_twice_takes_one_turn(chromium: Browser, system: System):
    async with playing(chromium, system.url) as (opened, player):
        await opened.fill("#say", "협탁을 연다")
        await opened.locator(".say button.main").dblclick()
        await told(opened, 1)
        assert (await player.get(f"/v1/games/{player.game_id}"))["turn"] == 1


async def test_whose_sign_in_has_ended_is_told_so_and_can_begin_anew(chromium: Browser, system: System):
    async with playing(chromium, system.url, accepted="status of 401 ") as (opened, player):
        await player.call("DELETE", "/v1/sessions/current")
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        await expect(opened.locator("#notice")).to_contain_text("로그인이 끝났습니다")
        await expect(opened.locator(".card").first).to_be_visible()


def refusing(status: int, reason: str, **headers: str) -> Callable[[Route], Awaitable[None]]:
    """Answers a request as a server does that can't take it now."""
    problem = json.dumps({"title": reason, "status": status, "reason": reason, "detail": "not now"})

    async def answer(route: Route) -> None:
        await route.fulfill(status=status, content_type="application/problem+json", headers=headers, body=problem)

    return answer


async def test_what_comes_too_fast_waits_as_long_as_it_is_told_and_goes_again(chromium: Browser, system: System):
    async with playing(chromium, system.url, accepted="status of 429 ") as (opened, _):
        await opened.route("**/turns:stream", refusing(429, "TURN_RATE_LIMITED", **{"retry-after": "2"}), times=1)
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        await expect(opened.locator("#notice")).to_contain_text("2초 뒤 저절로")
        await told(opened, 1)
        await expect(opened.locator(".turn")).to_have_count(2)


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [(503, "STORE_UNAVAILABLE", "잠시 쉬고 있습니다"), (500, "INTERNAL", "잠시 쉬고 있습니다"), (409, "GAME_SUSPENDED", "멈춰 두었습니다")],
)
async def test_what_can_not_be_taken_now_is_said_and_the_words_are_kept(
    chromium: Browser, system: System, status: int, reason: str, sentence: str
):
    async with playing(chromium, system.url, accepted=f"status of {status} ") as (opened, _):
        await opened.route("**/turns:stream", refusing(status, reason), times=1)
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        await expect(opened.locator("#notice")).to_contain_text(sentence)
        await expect(opened.locator("#say")).to_have_value("협탁을 연다")
        await expect(opened.locator(".turn")).to_have_count(1)
        await opened.keyboard.press("Enter")
        await told(opened, 1)


@pytest.mark.parametrize("kind", HOSTILE)
async def test_nothing_that_is_written_becomes_markup(chromium: Browser, system: System, kind: str):
    text = HOSTILE[kind]
    system.base.behaviour = tells(Pace(chunks=(text,)))
    async with playing(chromium, system.url, viewport={"width": 360, "height": 740}, accepted="status of 400 ") as (opened, _):
        title = await opened.title()
        await opened.fill("#say", text)
        await opened.keyboard.press("Enter")
        await opened.wait_for_selector(".turn:nth-child(2) .lines p")
        await said(opened, "협탁을 연다", 1)

        assert await opened.title() == title
        assert await opened.locator(".story :is(img, script, h1, svg, a, iframe, b:not(.spoken b))").count() == 0
        await widens_nothing(opened)


async def test_a_model_that_dies_in_mid_telling_leaves_one_whole_text(chromium: Browser, system: System):
    system.base.behaviour = system.lora.behaviour = streams("문이 조금 열리고 ", "바람이 ", then=resets)
    async with playing(chromium, system.url) as (opened, player):
        await said(opened, "협탁을 연다", 1)
        row = await player.get(f"/v1/games/{player.game_id}/turns/1")
        assert row["telling"]["toldBy"] == "TEMPLATE"
        assert "바람이" not in row["telling"]["text"]
        assert "바람이" not in await opened.locator(".story").inner_text()
        await expect(opened.locator(".turn[data-turn='1'] .lines")).to_contain_text("협탁")

        system.base.behaviour = system.lora.behaviour = tells(Pace())

        async def is_told_by_the_model() -> bool:
            await player.begin()
            events = await player.turn({"verb": "WAIT"})
            return bool(events[-1].data["telling"]["toldBy"] == "BASE")

        await eventually(is_told_by_the_model)
