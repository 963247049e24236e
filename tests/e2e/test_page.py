"""The player's page, in a real browser, before the whole system."""

import random
import re
from collections.abc import AsyncIterator
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from services.game.telling.suggestions import label
from tests.support.chromium import page
from tests.support.playthroughs import tutorial
from tests.support.servers import PROJECT
from tests.support.stub_vllm import Pace, tells
from tests.support.system import System

pytestmark = pytest.mark.anyio
PACK, TRIALS = tutorial()
TITLES = {"ko": "둘이라야 열리는 문", "en": "A Door for Two"}
BEGIN = {"ko": "시작하기", "en": "Begin"}
PICTURES = PROJECT / "build" / "pictures"
"""What `make pictures` takes into docs/pictures."""
TOLD = {
    "ko": ("시계공의 눈에는 ", "멈춘 것이 먼저 들어온다. ", "당신은 숨을 고르고 ", "방 안의 기척에 귀를 기울인다."),
    "en": ("A clockmaker sees what has stopped before anything else. ", "You breathe out, ", "and listen to the quiet of the house."),
}
CUT_OFTEN = 0.5
MARKUP = (
    "<img src=x onerror=alert(1)> <script>document.title='caught'</script> </p><h1>big</h1> &lt;b&gt; {{7*7}} ${7*7} javascript:alert(1) "
    "\u202eright\u202c \u200b " + "가" * 200
)


async def begun(opened: Page, locale: str = "ko") -> None:
    """The tutorial, begun."""
    await opened.goto("/")
    await opened.get_by_role("button", name=f"{TITLES[locale]}: {BEGIN[locale]}").click()
    await expect(opened.locator(".turn")).to_have_count(1)
    await opened.wait_for_selector(".group button", state="attached")


async def said(opened: Page, text: str, turn: int) -> None:
    """Types it, and waits until the turn of that number is told."""
    await opened.fill("#say", text)
    await opened.keyboard.press("Enter")
    await told(opened, turn)


async def told(opened: Page, turn: int) -> None:
    await opened.wait_for_selector(f".turn[data-turn='{turn}']", timeout=30_000)


def telling(opened: Page, turn: int) -> Any:  # Any: a locator, as Playwright calls it
    return opened.locator(f".turn[data-turn='{turn}'] .telling")


@pytest.mark.parametrize(("locale", "way"), [("ko", "typing"), ("en", "typing"), ("en", "tapping"), ("ko", "tapping")])
async def test_the_tutorial_is_played_to_its_ending(chromium: Browser, system: System, locale: str, way: str):
    look: dict[str, Any] = {"viewport": {"width": 390, "height": 800}, "has_touch": True} if way == "tapping" else {}
    async with page(chromium, system.url, locale="ko-KR" if locale == "ko" else "en-GB", **look) as opened:
        await begun(opened, locale)
        if way == "tapping":
            await opened.locator(".more").evaluate("more => more.open = true")
        for turn, command in enumerate(TRIALS.witnesses["together"], 1):
            words = label(PACK, command, locale)
            if way == "typing":
                await said(opened, words, turn)
            else:
                await opened.locator(".groups").get_by_role("button", name=words, exact=True).tap()
                await told(opened, turn)
        await expect(opened.locator(".end")).to_be_visible()
        await expect(opened.locator(".end h2")).to_have_text(PACK.text("ending.together.name", locale))

        await opened.get_by_role("button", name={"ko": "끝나기 전에서 다른 길로", "en": "Another way, from before the end"}[locale]).click()
        await expect(opened.locator(".composer")).to_be_visible()
        await expect(opened.locator(".end")).to_be_hidden()


async def test_facts_come_at_once_and_the_telling_follows_with_who_told_it(chromium: Browser, system: System):
    system.base.behaviour = tells(Pace(every_seconds=0.15))
    async with page(chromium, system.url) as opened:
        await begun(opened)
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        await expect(opened.locator(".turn:last-child .lines")).to_contain_text("협탁")
        await expect(opened.get_by_role("button", name="그만 듣기")).to_be_visible()
        await told(opened, 1)
        assert await telling(opened, 1).inner_text() == "당신은 천천히 둘러본다. 먼지 냄새가 난다."
        await expect(opened.locator(".turn[data-turn='1'] .by")).to_have_text("모델이 들려준 이야기")


async def test_a_page_reloaded_in_the_middle_of_a_turn_goes_on_with_it(chromium: Browser, system: System):
    system.base.behaviour = tells(Pace(every_seconds=0.25))
    async with page(chromium, system.url) as opened:
        await begun(opened)
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        await opened.wait_for_selector(".turn:last-child .telling p")
        await opened.reload()
        await told(opened, 1)
        await expect(telling(opened, 1)).to_have_text("당신은 천천히 둘러본다. 먼지 냄새가 난다.")
        await expect(opened.locator(".turn")).to_have_count(2)


async def test_a_stream_that_is_cut_anywhere_reads_the_same(chromium: Browser, system: System):
    system.base.behaviour = tells(Pace(chunks=tuple(f"{number}번째 말. " for number in range(1, 16)), every_seconds=0.02))
    whole = "".join(f"{number}번째 말. " for number in range(1, 16)).strip()
    dice = random.Random(8)
    async with page(chromium, system.url) as opened:
        cuts = 0

        async def cut(route: Route) -> None:
            nonlocal cuts
            answer = await route.fetch()
            body = await answer.body()
            is_cut = dice.random() < CUT_OFTEN
            cuts += is_cut
            await route.fulfill(response=answer, body=body[: dice.randrange(len(body))] if is_cut else body)

        await opened.route(re.compile(r"turns(:stream|/\d+:watch)$"), cut)
        await begun(opened)
        for turn in range(1, 9):
            await said(opened, "기다린다", turn)
            assert (await telling(opened, turn).inner_text()).strip() == whole
        await opened.unroute_all()
    assert cuts >= 5


async def test_two_tabs_on_one_game_stand_at_the_same_turn(chromium: Browser, system: System):
    async with page(chromium, system.url) as opened:
        await begun(opened)
        other = await opened.context.new_page()
        await other.goto(opened.url)
        await other.wait_for_selector(".group button", state="attached")

        await said(opened, "협탁을 연다", 1)
        await told(other, 1)
        await said(other, "사진을 챙긴다", 2)

        await told(opened, 2)
        await expect(opened.locator("aside")).to_contain_text("사진")


async def test_a_turn_taken_elsewhere_is_shown_and_the_words_are_kept(chromium: Browser, system: System):
    async with page(chromium, system.url, refused=409) as opened, page(chromium, system.url) as elsewhere:
        await begun(opened)
        token = await opened.evaluate("localStorage.getItem('maratang.token')")
        await elsewhere.goto("/")
        await elsewhere.evaluate("token => localStorage.setItem('maratang.token', token)", token)
        await elsewhere.goto(opened.url)
        await elsewhere.reload()
        await elsewhere.wait_for_selector(".group button", state="attached")
        await said(elsewhere, "협탁을 연다", 1)

        await opened.fill("#say", "외투를 뒤진다")
        await opened.keyboard.press("Enter")

        await expect(opened.locator("#notice")).to_contain_text("다른 곳에서")
        await told(opened, 1)
        await expect(opened.locator("#say")).to_have_value("외투를 뒤진다")


async def test_nothing_that_is_written_becomes_markup(chromium: Browser, system: System):
    system.base.behaviour = tells(Pace(chunks=(MARKUP,)))
    async with page(chromium, system.url, viewport={"width": 360, "height": 740}) as opened:
        await begun(opened)
        await opened.fill("#say", MARKUP[:400])
        await opened.keyboard.press("Enter")
        await opened.wait_for_selector(".turn:nth-child(2) .lines p")
        await said(opened, "협탁을 연다", 1)

        assert await opened.title() != "caught"
        assert await opened.locator(".story img, .story script, .story h1, .story b:not(.spoken b)").count() == 0
        assert MARKUP[:40] in await opened.locator(".asked").first.inner_text()
        assert await opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing widens the page"


async def test_an_undone_turn_is_taken_back_on_the_page(chromium: Browser, system: System):
    async with page(chromium, system.url) as opened:
        await begun(opened)
        await said(opened, "협탁을 연다", 1)
        await opened.get_by_role("button", name="한 차례 무르기").click()
        await told(opened, 2)
        await expect(opened.locator(".turn[data-turn='2']")).to_contain_text("처음으로 돌아갔다")
        await said(opened, "외투를 뒤진다", 3)


async def test_a_moment_is_saved_and_loaded_and_an_account_made(chromium: Browser, system: System):
    async with page(chromium, system.url) as opened:
        await begun(opened)
        await said(opened, "협탁을 연다", 1)
        await opened.get_by_role("button", name="메뉴").first.click()
        await opened.get_by_role("button", name="저장").click()
        await opened.get_by_label("이름").fill("협탁 앞")
        await opened.get_by_role("button", name="지금을 저장").click()
        await opened.get_by_role("button", name="불러오기").click()
        await told(opened, 2)

        await opened.get_by_role("button", name="메뉴").first.click()
        await opened.get_by_role("button", name="계정").click()
        await opened.get_by_label("아이디").fill(f"page-{random.randrange(10**9)}")
        await opened.get_by_label("비밀번호").fill("correct horse")
        await opened.get_by_role("button", name="등록하기").click()
        await expect(opened.locator(".games")).to_contain_text(TITLES["ko"])


async def test_the_page_is_small_quick_and_guarded(chromium: Browser, system: System):
    async with page(chromium, system.url) as opened:
        sizes: list[int] = []
        opened.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
        answer = await opened.goto("/")
        assert answer is not None
        await opened.wait_for_selector(".card")
        assert sum(sizes) < 100_000
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy


async def test_facts_are_on_the_page_soon_after_they_are_asked_for(chromium: Browser, system: System):
    async with page(chromium, system.url) as opened:
        await begun(opened)
        seconds = []
        for turn in range(1, 8):
            began = perf_counter()
            await opened.fill("#say", "기다린다")
            await opened.keyboard.press("Enter")
            await opened.wait_for_selector(f".turn:nth-child({turn + 1}) .lines p")
            seconds.append(perf_counter() - began)
            await told(opened, turn)
        assert median(seconds) < 1, seconds


@pytest.mark.parametrize(
    ("name", "locale", "look"),
    [
        ("desk", "en", {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}),
        ("phone", "ko", {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark"}),
    ],
)
async def test_the_page_is_pictured(chromium: Browser, system: System, name: str, locale: str, look: dict[str, Any]):
    PICTURES.mkdir(parents=True, exist_ok=True)
    system.base.behaviour = system.lora.behaviour = tells(Pace(chunks=TOLD[locale]))
    async with page(chromium, system.url, locale="ko-KR" if locale == "ko" else "en-GB", **look) as opened:
        await begun(opened, locale)
        for turn, command in enumerate(TRIALS.witnesses["together"][:8], 1):
            await said(opened, label(PACK, command, locale), turn)
        await opened.mouse.move(0, 0)
        await opened.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
        assert await opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(autouse=True)
async def _the_stub_again(system: System) -> AsyncIterator[None]:
    usual = system.base.behaviour, system.lora.behaviour
    yield
    system.base.behaviour, system.lora.behaviour = usual
