"""One engine and one deployment for all tests here, which build on each other in their order."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.compose.deployment import Deployment, deployment
from tests.compose.engine import Engine, NoEngineError, prepare, running_engine
from tests.support.stub_vllm import Pace, stub_vllm
from tests.support.system import ADAPTER

logging.getLogger("httpx").setLevel(logging.WARNING)
PACE = Pace(chunks=tuple(f"말{number} " for number in range(20)), first_seconds=0.05, every_seconds=0.05)


@pytest.fixture(scope="session")
async def engine() -> AsyncIterator[Engine]:
    try:
        async with running_engine() as engine:
            await prepare(engine)
            yield engine
    except NoEngineError as error:
        pytest.fail(f"the deployment is not proved on this machine: {error}")


@pytest.fixture(scope="session")
async def deployed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Not started yet: the first test does."""
    folder: Path = tmp_path_factory.mktemp("maratang")
    async with (
        stub_vllm(PACE, host="0.0.0.0") as base,
        stub_vllm(PACE, adapters=(ADAPTER,), host="0.0.0.0") as lora,
        deployment(engine, folder, base, lora) as on,
    ):
        yield on
