"""The player's page behind nginx with the shipped files: all of it arrives, tellings stream, and the guard of its headers stands."""

import pytest
from playwright.async_api import Browser, expect

from tests.integration.nginx.conftest import Names, running_nginx
from tests.support.chromium import page
from tests.support.nginx_programs import nginx_programs
from tests.support.playing_page import begun, shows, told
from tests.support.stub_vllm import Pace, tells
from tests.support.system import System, models_as_they_were, system

__all__ = ["models_as_they_were", "system"]

pytestmark = pytest.mark.anyio
SHIPPED = {"EDGE_REQUESTS_PER_SECOND": "20", "EDGE_CONNECTIONS_MAX": "100", "EDGE_STREAMS_MAX": "20"}


async def test_the_page_is_played_behind_nginx(chromium: Browser, system: System, resolver: tuple[Names, int]):
    gateway = f"127.0.0.1:{system.url.rpartition(':')[2]}"
    system.base.behaviour = tells(Pace(every_seconds=0.2))
    async with running_nginx(nginx_programs()["wheel"], gateway, resolver[1], **SHIPPED) as nginx, page(chromium, nginx.url) as opened:
        answer = await opened.goto("/")
        assert answer is not None
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        await begun(opened)
        await opened.fill("#say", "협탁을 연다")
        await opened.keyboard.press("Enter")
        # The first words are there while the last are still to come: nothing on the way gathers them.
        await expect(opened.locator(".turn:last-child .telling[aria-busy='true'] p")).to_contain_text("당신은")
        await told(opened, 1)
        await shows(opened, 1, "당신은 천천히 둘러본다. 먼지 냄새가 난다.")
