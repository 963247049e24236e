"""What every test has: one asyncio event loop for the whole run, so that servers can be session-scoped."""

import pytest

pytest_plugins = ["tests.support.budgets", "tests.support.servers"]


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}
