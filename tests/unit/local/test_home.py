"""What a home remembers: credentials, and who runs in it."""

import dataclasses
import os
import socket
import stat
from pathlib import Path

import pytest

from services.chassis.config import ConfigError, load
from services.local import clashes
from services.local.config import LocalConfig
from services.local.credentials import credentials
from services.local.parts import Part, PartError
from services.local.record import AlreadyRunningError, Home, Record, end_orphans, part_record


def test_credentials_are_made_once_and_only_their_owner_reads_them(tmp_path: Path):
    file = tmp_path / "new" / "credentials.json"
    made = credentials(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert credentials(file) == made
    assert len({made.service.reveal(), made.postgres.reveal(), made.valkey.reveal()}) == 3


@pytest.mark.parametrize("damaged", ["", "{}", "[]", '{"service": "a", "postgres": "b"}'])
def test_damaged_credentials_are_never_made_anew(tmp_path: Path, damaged: str):
    file = tmp_path / "credentials.json"
    file.write_text(damaged)
    with pytest.raises(PartError, match="damaged"):
        credentials(file)
    assert file.read_text() == damaged


def test_a_home_has_one_supervisor(tmp_path: Path):
    home = Home(tmp_path / "home")
    assert not home.running
    with home.held():
        assert home.running
        with pytest.raises(AlreadyRunningError), Home(tmp_path / "home").held():
            pass
    assert not home.running
    with home.held():
        pass


def test_a_record_is_read_as_it_was_written(tmp_path: Path):
    home = Home(tmp_path)
    part = part_record(Part(name="game", command=("true",), ports={"gRPC": 8010}), "ready", os.getpid(), 2)
    record = Record(pid=1, url="http://127.0.0.1:8000", ready=True, parts=(part,))
    home.write(record)
    assert home.read() == record
    assert part.alive
    home.forget()
    assert home.read() is None


def test_a_record_whose_process_numbers_were_given_to_others_ends_nobody():
    stale = part_record(Part(name="game", command=("true",)), "ready", os.getpid(), 0)
    others = Record(pid=1, url="", ready=True, parts=(dataclasses.replace(stale, born=1.0),))
    assert end_orphans(others, within_seconds=0) == []


def test_a_taken_port_is_named_with_its_owner_and_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = load(LocalConfig, {"MARATANG_PORT": "8000"})
        with pytest.raises(PartError) as clash:
            clashes.check_ports(config, [Part(name="gateway", command=("true",), ports={"HTTP": port})])
    said = str(clash.value)
    assert f"port {port}, gateway's HTTP, is taken by process {os.getpid()} (" in said
    assert "MARATANG_PORT=" in said


@pytest.mark.parametrize(
    ("environment", "fault"),
    [
        ({"MARATANG_PORT": "0"}, "MARATANG_PORT: 0 is not between"),
        ({"MARATANG_PORT": "65530"}, "MARATANG_PORT: 65530 is not between"),
        ({"MARATANG_PORT": "http"}, "MARATANG_PORT: 'http' is not a whole number"),
        ({"MARATANG_LOCAL_MODEL": "gemma"}, "MARATANG_LOCAL_MODEL: only"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(environment: dict[str, str], fault: str):
    with pytest.raises(ConfigError) as refused:
        load(LocalConfig, environment)
    assert any(said.startswith(fault) for said in refused.value.faults)


@pytest.mark.parametrize(
    ("environment", "wanted"), [({}, True), ({"MARATANG_LOCAL_MODEL": "none"}, False), ({"VLLM_BASE_URL": "http://gpu:8000"}, False)]
)
def test_the_small_model_is_wanted_unless_told_otherwise(environment: dict[str, str], wanted: bool):
    assert load(LocalConfig, environment).wants_small_model is wanted
