"""The loader of configuration."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.config import ConfigError, Secret, configuration, load, setting


@configuration
class Example:
    url: str = setting("EXAMPLE_URL")
    password: Secret = setting("EXAMPLE_PASSWORD")
    patience: timedelta = setting("EXAMPLE_PATIENCE_SECONDS", default=timedelta(seconds=3))
    workers: int = setting("EXAMPLE_WORKERS", default=1)
    peers: tuple[str, ...] = setting("EXAMPLE_PEERS", default=())
    loud: bool = setting("EXAMPLE_LOUD", default=False)


def test_reads_every_kind_of_setting():
    found = load(
        Example,
        {
            "EXAMPLE_URL": "redis://here",
            "EXAMPLE_PASSWORD": "hunter2",
            "EXAMPLE_PATIENCE_SECONDS": "0.5",
            "EXAMPLE_WORKERS": "4",
            "EXAMPLE_PEERS": "a:1, b:2",
            "EXAMPLE_LOUD": "yes",
        },
    )

    assert found == Example(
        url="redis://here", password=Secret("hunter2"), patience=timedelta(seconds=0.5), workers=4, peers=("a:1", "b:2"), loud=True
    )


def test_reports_every_fault_at_once():
    with pytest.raises(ConfigError) as error:
        load(Example, {"EXAMPLE_URL": "", "EXAMPLE_WORKERS": "many", "EXAMPLE_PATIENCE_SECONDS": "-1", "EXAMPLE_LOUD": "maybe"})

    assert error.value.faults == [
        "EXAMPLE_URL is not set",
        "EXAMPLE_PASSWORD is not set",
        "EXAMPLE_PATIENCE_SECONDS: '-1' is negative",
        "EXAMPLE_WORKERS: 'many' is not a whole number",
        "EXAMPLE_LOUD: 'maybe' is neither true nor false",
    ]


def test_reads_a_secret_from_a_file_and_does_not_show_it(tmp_path: Path):
    (tmp_path / "password").write_text("hunter2\n")

    found = load(Example, {"EXAMPLE_URL": "x", "EXAMPLE_PASSWORD_FILE": str(tmp_path / "password")})

    assert found.password.reveal() == "hunter2"
    assert "hunter2" not in repr(found)


def test_says_which_secret_file_is_missing(tmp_path: Path):
    with pytest.raises(ConfigError) as error:
        load(Example, {"EXAMPLE_URL": "x", "EXAMPLE_PASSWORD_FILE": str(tmp_path / "none")})

    assert "EXAMPLE_PASSWORD_FILE: No such file" in error.value.faults[0]
