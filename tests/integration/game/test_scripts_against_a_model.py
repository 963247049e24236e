"""All scripts, in any order and by any number of workers, against the model: on Valkey, on Redis 7.0 and on a cluster of three."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize
from hypothesis.stateful import run_state_machine_as_test as held

from tests.integration.game.rules_of_play import Played, numbers
from tests.integration.game.rules_of_stores import Kept


class Scripts(Played, Kept):
    """All that can happen to a game."""

    @initialize()
    def begins(self) -> None:
        self.stand(f"game {next(numbers)}")
        self.load()


def test_the_scripts_do_what_the_model_promises(each_redis_url: str, pytestconfig: pytest.Config):
    machine = type("Scripts", (Scripts,), {"url": each_redis_url})
    held(
        machine,
        settings=settings(
            max_examples=pytestconfig.getoption("--script-examples"),
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
