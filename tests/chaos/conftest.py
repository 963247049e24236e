"""How often things are broken."""

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kill" in metafunc.fixturenames:
        metafunc.parametrize("kill", range(1, metafunc.config.getoption("--kills") + 1))
