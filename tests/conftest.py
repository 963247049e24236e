"""What every test has: one asyncio event loop for the whole run, so that servers can be session-scoped."""

import os

import pytest

# Before anything imports gRPC: its fork handlers crash one in thirty children that are started while it is at work.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # noqa: TID251  gRPC reads it there

pytest_plugins = ["tests.support.budgets", "tests.support.servers", "tests.support.chromium"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=1, help="how often each part is killed in tests/chaos")
    parser.addoption("--seed", type=int, default=1, help="what the dice of the tests fall by")
    parser.addoption("--cuts", type=int, default=40, help="how many connections are cut in tests/e2e/test_resuming.py")
    parser.addoption("--rounds", type=int, default=5, help="how often eight players at once ask for one turn")
    parser.addoption("--script-examples", type=int, default=30, help="how many histories the scripts are held to the model in")
    parser.addoption("--chaos-minutes", type=float, default=1, help="how long the storm in tests/chaos lasts")
    parser.addoption("--chaos-failpoints", type=int, default=1, help="at how many failpoints processes die in tests/chaos")


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}
