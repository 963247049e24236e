"""A real browser for the player's page: Debian's Chromium, driven by Playwright."""

import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.support.servers import missing

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser, one for the run. Where there is none, its tests are left out, loudly; in CI that is an error."""
    if PROGRAM is None:
        missing("Chromium", "apt-get install chromium fonts-noto-cjk")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=[*_QUIET, *sandbox])
        yield browser
        await browser.close()


@asynccontextmanager
async def page(
    chromium: Browser,
    url: str,
    *,
    locale: str = "ko-KR",
    accepted: str = "",
    token: str = "",
    **look: Any,  # Any: Playwright's own options
) -> AsyncIterator[Page]:
    """A page of a fresh visitor, or of whose token it is.

    On leaving: its console must have stayed silent, but for what Chromium says of failures that match `accepted`.
    """
    kept = [{"origin": url, "localStorage": [{"name": "maratang.token", "value": json.dumps(token)}]}] if token else []
    look = {"viewport": {"width": 1100, "height": 800}, "storage_state": {"cookies": [], "origins": kept}, **look}
    context = await chromium.new_context(base_url=url, locale=locale, **look)
    context.set_default_timeout(60_000)
    opened = await context.new_page()
    said: list[str] = []
    # Whether all is well is asked in the background; that of a busy moment is for the page to show, and no failure of its own.
    opened.on("console", lambda one: one.location["url"].endswith("/readyz") or said.append(f"{one.type}: {one.text}"))
    opened.on("pageerror", lambda error: said.append(f"error: {error}"))
    yield opened
    await context.close()
    assert not [one for one in said if not (accepted and re.search(accepted, one))], said
