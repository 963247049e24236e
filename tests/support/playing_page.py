"""What a reader does on the player's page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from services.game.rules.commands import Command
from services.game.telling.suggestions import label
from tests.support.chromium import page
from tests.support.player import Player, browser, sign_in
from tests.support.playthroughs import tutorial

PACK, TRIALS = tutorial()
TITLES = {"ko": "둘이라야 열리는 문", "en": "A Door for Two"}
BEGIN = {"ko": "시작하기", "en": "Begin"}
LANGUAGES = {"ko": "ko-KR", "en": "en-GB"}


async def begun(opened: Page, locale: str = "ko") -> None:
    """The tutorial, begun from the lobby."""
    await opened.goto("/")
    await opened.get_by_role("button", name=f"{TITLES[locale]}: {BEGIN[locale]}").click()
    await ready(opened)


async def ready(opened: Page) -> None:
    """Waits until a game stands on the page, and what can be done beside it."""
    await opened.wait_for_selector(".turn")
    await opened.wait_for_selector(".group button", state="attached")


@asynccontextmanager
async def playing(
    chromium: Browser, url: str, locale: str = "ko", *, scenario: str = "tutorial", turns: int = 0, **look: Any
) -> AsyncIterator[tuple[Page, Player]]:
    """A page on which a game stands, and who plays it, from outside; so many turns of the way that wins the tutorial are taken already."""
    async with browser(url) as http:
        player = await sign_in(http, locale)
        await player.begin(scenario, locale=locale)
        for command in TRIALS.witnesses["together"][:turns]:
            await player.turn(label(PACK, command, locale))
        async with page(chromium, url, locale=LANGUAGES[locale], token=player.token, **look) as opened:
            await opened.goto(f"/#/g/{player.game_id}")
            await ready(opened)
            yield opened, player


async def said(opened: Page, text: str, turn: int) -> None:
    """Types it, and waits until the turn of that number is told."""
    await opened.fill("#say", text)
    await opened.keyboard.press("Enter")
    await told(opened, turn)


async def tapped(opened: Page, command: Command, locale: str, turn: int) -> None:
    """Taps what can be done, and waits until the turn of that number is told."""
    await opened.locator(".groups").get_by_role("button", name=label(PACK, command, locale), exact=True).tap()
    await told(opened, turn)


async def told(opened: Page, turn: int) -> None:
    """Waits until a turn is told."""
    await opened.wait_for_selector(f".turn[data-turn='{turn}']", timeout=60_000)


async def widens_nothing(opened: Page) -> None:
    """Nothing on the page is wider than the window."""
    assert await opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def telling(opened: Page, turn: int) -> Locator:
    """The telling of a turn on the page."""
    return opened.locator(f".turn[data-turn='{turn}'] .telling")


async def shows(opened: Page, turn: int, text: str) -> None:
    """Waits until the telling of a turn reads so."""
    await expect(telling(opened, turn)).to_have_text(text)
