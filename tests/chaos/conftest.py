"""How often and for how long things are broken."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.scene import Scene, System, running_system


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


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """What all runs are on, one after another."""
    async with running_system(tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture
async def calm(system: System, seed: int) -> Scene:
    """A running system that nobody has played on or breaks yet."""
    return await system.scene(seed)
