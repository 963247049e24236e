"""The player's page for whoever reads it: by axe-core's rules, light and dark, from a phone to a wide desk, by keyboard alone."""

import pytest
from playwright.async_api import Browser, Page, expect

from services.game.telling.suggestions import label
from tests.support.axe import violations
from tests.support.playing_page import PACK, TRIALS, playing, said, told, widens_nothing
from tests.support.servers import PROJECT
from tests.support.system import System

pytestmark = pytest.mark.anyio
LOOKED_AT = PROJECT / "build" / "pictures" / "looked-at"
"""Every room and dialog, in every width, light and dark: for eyes."""
WIDTHS = (360, 768, 1440)
DIALOGS = ("저장", "다른 갈래", "전문", "계정", "보기와 언어")


async def good(opened: Page, room: str) -> None:
    """No rule of axe-core's is broken, light or dark, and nothing is wider than the window, on a phone, a tablet or a desk."""
    LOOKED_AT.mkdir(parents=True, exist_ok=True)
    found = []
    for scheme in ("light", "dark"):
        await opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            await opened.set_viewport_size({"width": width, "height": 800})
            await widens_nothing(opened)
            if scheme == "light" or width == WIDTHS[0]:
                await opened.screenshot(path=LOOKED_AT / f"{room}-{scheme}-{width}.png", animations="disabled")
        found += await violations(opened, *(() if scheme == "light" else ("color-contrast",)))
    assert not found, f"{room}: {found}"


async def test_every_room_and_dialog_keeps_the_rules_in_every_light_and_width(chromium: Browser, system: System):
    way = TRIALS.witnesses["together"]
    async with playing(chromium, system.url, turns=len(way) - 1) as (opened, _):
        await good(opened, "play")
        for name in DIALOGS:
            await opened.get_by_role("button", name="메뉴").first.click()
            await opened.get_by_role("button", name=name, exact=True).click()
            await expect(opened.locator("dialog[open]")).to_have_count(1)
            await good(opened, f"dialog-{DIALOGS.index(name)}")
            await opened.keyboard.press("Escape")
        await opened.get_by_role("button", name="실마리").click()
        await expect(opened.locator("dialog[open]")).to_contain_text("길이 이어진다")
        await good(opened, "dialog-hint")
        await opened.keyboard.press("Escape")
        last = opened.locator(".turn").last
        await last.locator(".acts summary").click()
        await last.get_by_role("button", name="이 글을 신고").click()
        await good(opened, "dialog-report")
        await opened.keyboard.press("Escape")
        await said(opened, label(PACK, way[-1], "ko"), len(way))
        await expect(opened.locator(".end")).to_be_visible()
        await good(opened, "ending")
        await opened.get_by_role("button", name="사건록 읽기").click()
        await expect(opened.locator("dialog[open] h3")).to_contain_text(PACK.text("ending.together.name", "ko"))
        await good(opened, "dialog-chronicle")
        await opened.keyboard.press("Escape")
        await opened.goto("/#/")
        await opened.wait_for_selector(".card")
        await good(opened, "lobby")

        await opened.evaluate("document.querySelector('.card h3').style.color = '#444'")
        assert await violations(opened), "what is too pale is noticed"


async def test_a_game_is_played_by_keyboard_alone(chromium: Browser, system: System):
    async with playing(chromium, system.url) as (opened, _):
        await expect(opened.locator("#say")).to_be_focused()
        await opened.keyboard.type("협탁을 연다")
        await opened.keyboard.press("Enter")
        await told(opened, 1)
        await expect(opened.locator("#say")).to_be_focused()
        for _ in range(40):
            await opened.keyboard.press("Shift+Tab")
            if await opened.evaluate("document.activeElement.closest('.group') !== null"):
                break
        await opened.keyboard.press("Enter")
        await expect(opened.locator(".turn")).to_have_count(3)
