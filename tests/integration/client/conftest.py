"""A story server for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.support.story_server import StoryServer, story_server


@pytest.fixture
async def story() -> AsyncIterator[StoryServer]:
    async with story_server() as server:
        yield server
