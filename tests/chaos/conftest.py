"""How often and for how long things are broken."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.cluster import Shape
from tests.chaos.storm import Scene, scene


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kill" in metafunc.fixturenames:
        metafunc.parametrize("kill", range(1, metafunc.config.getoption("--kills") + 1))


@pytest.fixture
def minutes(request: pytest.FixtureRequest) -> float:
    """How long the storm lasts."""
    return request.config.getoption("--chaos-minutes")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What all chance follows from."""
    return request.config.getoption("--seed")


@pytest.fixture
def failpoints(request: pytest.FixtureRequest) -> int:
    """At how many failpoints processes die."""
    return request.config.getoption("--chaos-failpoints")


@pytest.fixture
async def calm(tmp_path: Path, seed: int) -> AsyncIterator[Scene]:
    """A running system that nobody breaks yet."""
    async with scene(tmp_path, Shape(), seed) as on:
        yield on
