"""The player's page, in a real browser, before the whole system."""

import random
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from services.game.telling.suggestions import label
from tests.support.chromium import page
from tests.support.playing_page import LANGUAGES, PACK, TITLES, TRIALS, begun, playing, said, shows, tapped, told, widens_nothing
from tests.support.servers import PROJECT
from tests.support.stub_vllm import Pace, tells
from tests.support.system import System

pytestmark = pytest.mark.anyio
PICTURES = PROJECT / "build" / "pictures"
"""What `make pictures` takes into docs/pictures."""
TOLD = {
    "ko": ("시계공의 눈에는 ", "멈춘 것이 먼저 들어온다. ", "당신은 숨을 고르고 ", "방 안의 기척에 귀를 기울인다."),
    "en": ("A clockmaker sees what has stopped before anything else. ", "You breathe out, ", "and listen to the quiet of the house."),
}
SPOKEN = {
    "ko": ("좋아요. 이번에는 ", "같이 나가요. ", "제가 덮개를 잡고 있을게요."),
    "en": ("All right. This time ", "we go out together. ", "I will hold the cover."),
}
STUB = "당신은 천천히 둘러본다. 먼지 냄새가 난다."


@pytest.mark.parametrize(("locale", "typed_first"), [("ko", True), ("en", False)])
async def test_the_tutorial_is_played_to_its_ending_by_typing_and_by_tapping(
    chromium: Browser, system: System, locale: str, typed_first: bool
):
    """What is typed in one language is tapped in the other."""
    async with page(chromium, system.url, locale=LANGUAGES[locale], viewport={"width": 390, "height": 800}, has_touch=True) as opened:
        await begun(opened, locale)
        await opened.locator(".more").evaluate("more => more.open = true")
        for turn, command in enumerate(TRIALS.witnesses["together"], 1):
            if bool(turn % 2) is typed_first:
                await said(opened, label(PACK, command, locale), turn)
            else:
                await tapped(opened, command, locale, turn)
        await expect(opened.locator(".end")).to_be_visible()
        await expect(opened.locator(".end h2")).to_have_text(PACK.text("ending.together.name", locale))

        await opened.get_by_role("button", name={"ko": "끝나기 전에서 다른 길로", "en": "Another way, from before the end"}[locale]).click()
        await expect(opened.locator(".composer")).to_be_visible()
        await expect(opened.locator(".end")).to_be_hidden()


async def test_facts_come_at_once_and_the_telling_follows_with_who_told_it(chromium: Browser, system: System):
    system.base.behaviour = tells(Pace(every_seconds=0.1))
    async with playing(chromium, system.url) as (opened, _):
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        await expect(opened.locator(".turn:last-child .lines")).to_contain_text("협탁")
        await expect(opened.get_by_role("button", name="그만 듣기")).to_be_visible()
        await told(opened, 1)
        await shows(opened, 1, STUB)
        await expect(opened.locator(".turn[data-turn='1'] .by")).to_have_text("모델이 들려준 이야기")


async def test_a_turn_is_taken_back_a_moment_saved_and_loaded_and_an_account_made(chromium: Browser, system: System):
    async with playing(chromium, system.url, turns=1) as (opened, _):
        await opened.get_by_role("button", name="한 차례 무르기").click()
        await told(opened, 2)
        await expect(opened.locator(".turn[data-turn='2']")).to_contain_text("처음으로 돌아갔다")
        await said(opened, "외투를 뒤진다", 3)

        await opened.get_by_role("button", name="메뉴").first.click()
        await opened.get_by_role("button", name="저장").click()
        await opened.get_by_label("이름").fill("협탁 앞")
        await opened.get_by_role("button", name="지금을 저장").click()
        await opened.get_by_role("button", name="불러오기").click()
        await told(opened, 4)

        await opened.get_by_role("button", name="메뉴").first.click()
        await opened.get_by_role("button", name="계정").click()
        await opened.get_by_label("아이디").fill(f"page-{random.randrange(10**9)}")
        await opened.get_by_label("비밀번호").fill("correct horse")
        await opened.get_by_role("button", name="등록하기").click()
        await expect(opened.locator(".games")).to_contain_text(TITLES["ko"])


async def test_hints_and_other_tellings_are_to_be_had(chromium: Browser, system: System):
    async with playing(chromium, system.url, turns=1) as (opened, player):
        await opened.get_by_role("button", name="실마리").click()
        dialog = opened.locator("dialog[open]")
        await expect(dialog).to_contain_text("길이 이어진다")
        for _ in range(2):
            await dialog.get_by_role("button", name="더 뚜렷하게").click()
        await expect(dialog).to_contain_text("해 볼 일: ")
        await expect(dialog.get_by_role("button", name="더 뚜렷하게")).to_be_hidden()
        await opened.keyboard.press("Escape")

        system.base.behaviour = tells(Pace(chunks=("서랍이 ", "삐걱거리며 열린다.")))
        turn = opened.locator(".turn[data-turn='1']")
        await turn.locator(".acts summary").click()
        await turn.get_by_role("button", name="다시 들려주기").click()
        await shows(opened, 1, "서랍이 삐걱거리며 열린다.")
        await turn.locator(".acts summary").click()
        await turn.get_by_role("button", name="들려준 이야기들").click()
        await expect(dialog.locator(".told")).to_have_text(["서랍이 삐걱거리며 열린다.", STUB])
        assert (await player.get(f"/v1/games/{player.game_id}"))["turn"] == 1, "no turn is spent"


async def test_the_page_is_small_quick_and_guarded(chromium: Browser, system: System):
    async with page(chromium, system.url) as opened:
        sizes: list[int] = []
        opened.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
        began = perf_counter()
        answer = await opened.goto("/")
        assert answer is not None
        await opened.wait_for_selector(".card")
        assert perf_counter() - began < 3, "a second, on a machine that is three times slower"
        assert sum(sizes) < 100_000
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy


async def test_facts_are_on_the_page_soon_after_they_are_asked_for(chromium: Browser, system: System):
    async with playing(chromium, system.url) as (opened, _):
        seconds = []
        for turn in range(1, 8):
            began = perf_counter()
            await opened.fill("#say", "기다린다")
            await opened.keyboard.press("Enter")
            await opened.wait_for_selector(f".turn:nth-child({turn + 1}) .lines p")
            seconds.append(perf_counter() - began)
            await told(opened, turn)
        assert median(seconds) < 0.45, f"150 ms, on a machine that is three times slower: {seconds}"


@pytest.mark.parametrize(
    ("name", "locale", "look"),
    [
        ("desk", "en", {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}),
        ("phone", "ko", {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark"}),
    ],
)
async def test_the_page_is_pictured(chromium: Browser, system: System, name: str, locale: str, look: dict[str, Any]):
    PICTURES.mkdir(parents=True, exist_ok=True)
    system.base.behaviour = tells(Pace(chunks=TOLD[locale]))
    system.lora.behaviour = tells(Pace(chunks=SPOKEN[locale]))
    async with playing(chromium, system.url, locale, turns=7, **look) as (opened, _):
        await said(opened, label(PACK, TRIALS.witnesses["together"][7], locale), 8)
        await opened.mouse.move(0, 0)
        await opened.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
        await widens_nothing(opened)
