"""`maratang scenario` as an author uses it, in a terminal of the test's own where that matters."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from services.game.authoring.command import scenario
from tests.support.servers import PROJECT

Run = Callable[..., Result]
WITHIN_SECONDS = 60


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder that has a fresh pack, `mill`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()
    assert runner.invoke(scenario, ["new", "mill", "--title", "The Mill"]).exit_code == 0
    return lambda *words, typed=None: runner.invoke(scenario, words, input=typed)


def change(file: str, old: str, new: str) -> None:
    path = Path(file)
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_new_pack_is_sound_formatted_and_fits_the_schemas(run: Run):
    result = run("check", "mill")
    assert (result.exit_code, "mill: proved" in result.stdout) == (0, True), result.output
    assert run("test", "mill").exit_code == run("fmt", "--check", "mill").exit_code == 0
    assert run("schema", "--write", "schemas").exit_code == 0
    for path in Path("mill").glob("*.yaml"):
        schema = json.loads(Path("schemas", f"{path.stem}.schema.json").read_text())
        jsonschema.validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("new", "mill"), 2, "there already"),
        (("new", "My Game"), 2, "can't be a pack's id"),
        (("new", "/proc/mill"), 2, "can't be written"),
        (("check", "nowhere"), 2, "no folder"),
        (("check", "mill", "nowhere"), 2, "mill: proved"),
        (("check", "empty"), 2, "no YAML"),
        (("check", "mill", "--seconds", "0"), 2, "Invalid value"),
        (("test", "nowhere"), 2, "no folder"),
        (("play", "nowhere"), 2, "no folder"),
        (("play", "mill", "--locale", "fr"), 2, "one of ko, en"),
        (("play", "mill", "--save", "nowhere/x.yaml"), 2, "no folder to save in"),
        (("graph", "nowhere"), 2, "no folder"),
        (("graph", "mill", "--locale", "fr"), 2, "one of ko, en"),
        (("graph", "mill", "-o", "/proc/mill.svg"), 2, "can't be written"),
        (("schema", "potions.yaml"), 2, "no file 'potions.yaml'"),
        (("schema", "--write", "/proc/schemas"), 2, "can't be written"),
        (("fmt", "nowhere"), 2, "no pack.yaml"),
        (("bake",), 2, "No such command"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run: Run, words: tuple[str, ...], code: int, says: str):
    Path("empty").mkdir()
    result = run(*words)
    assert result.exit_code == code, result.output
    assert says in result.output
    assert "Traceback" not in result.output


def test_what_is_wrong_is_told_with_its_place_in_words_and_in_json(run: Run):
    change("mill/items.yaml", "in: study", "in: studdy")
    assert (run("test", "mill").exit_code, run("graph", "mill").exit_code, run("play", "mill").exit_code) == (1, 2, 2)
    result = run("check", "mill")
    assert result.exit_code == 1
    fault = "mill/items.yaml:2:7: no place or item or person is called 'studdy' (did you mean 'study'?)"
    assert fault in result.stdout
    (told,) = json.loads(run("check", "--json", "mill").stdout)
    assert (told["path"], told["ok"], told["faults"]) == ("mill", False, [fault])


def test_what_the_prover_finds_is_told_with_its_code_and_place(run: Run):
    change("mill/endings.yaml", "'garden' && clue.promise", "'garden' && player.courage > 90")
    result = run("check", "mill")
    assert result.exit_code == 1
    assert "mill: not proved" in result.stdout
    assert "mill/endings.yaml:1:1: error:" in result.stdout
    assert "[unreachable]" in result.stdout
    (told,) = json.loads(run("check", "--json", "mill").stdout)
    assert {(finding["code"], finding["error"]) for finding in told["findings"]} == {("unreachable", True)}
    assert any(not test["ok"] for test in told["tests"])


def test_a_pack_without_tests_is_proved_by_the_prover_alone(run: Run):
    Path("mill/tests/endings.yaml").unlink()
    (told,) = json.loads(run("check", "--json", "mill").stdout)
    assert told["ok"]
    assert told["witnesses"]["ending:dusk"] == ["sleep"]


def test_what_is_played_can_be_saved_as_a_witness_and_kept(run: Run):
    typed = "99\n/state\n/undo\nsearch the desk\n/undo\n/dance\n\nsearch desk\ntake the letter\nfly\n/quit\n"
    result = run("play", "mill", "--locale", "en", "--save", "mill/tests/played.yaml", typed=typed)
    assert result.exit_code == 0
    for said in (
        "There is no number 99.",
        "person.hana in study, well, trust 20",
        "There is no turn to take back.",
        "/undo takes a turn back",
    ):
        assert said in result.stdout
    saved = YAML(typ="safe").load(Path("mill/tests/played.yaml").read_text())
    assert saved == {"transcripts": {"played": {"locale": "en", "steps": ["search desk", "take letter"]}}}
    assert "8 of 8 tests kept" in run("test", "mill").stdout

    run("play", "mill", "--save", "mill/tests/played.yaml", typed="잔다\n")
    assert YAML(typ="safe").load(Path("mill/tests/played.yaml").read_text()) == {"witnesses": {"dusk": ["sleep"]}}


def test_files_are_put_in_order_and_nothing_is_lost(run: Run):
    change(
        "mill/items.yaml", "  in: desk\n  hidden: true # found by searching the desk\n", "  hidden: true # found by searching\n  in: desk\n"
    )
    assert run("fmt", "--check", "mill").exit_code == 1
    result = run("fmt", "mill")
    assert (result.exit_code, result.stdout) == (0, "mill/items.yaml\n")
    assert "  in: desk\n  hidden: true # found by searching\n" in Path("mill/items.yaml").read_text()
    assert run("fmt", "--check", "mill").exit_code == 0


@pytest.mark.parametrize("name", ["tutorial", "snowmark"])
def test_a_drawing_has_every_place_and_ending(run: Run, name: str):
    result = run("graph", str(PROJECT / "scenarios" / name), "--locale", "en", "--seconds", "1", "-o", "drawn/it.svg")
    assert result.exit_code == 0, result.output
    texts = YAML(typ="safe").load((PROJECT / "scenarios" / name / "text" / "en.yaml").read_text(encoding="utf-8"))
    drawn = {element.text for element in ET.fromstring(Path("drawn/it.svg").read_text()).iter("{http://www.w3.org/2000/svg}text")}
    assert {place["name"] for place in texts["place"].values()} <= drawn
    assert all(any((text or "").startswith(f"{ending['name']} (") for text in drawn) for ending in texts["ending"].values())


def test_in_a_terminal_a_proof_shows_how_far_it_has_come(run: Run):
    controller, terminal = pty.openpty()
    command = (sys.executable, "-m", "services.local", "scenario", "check", str(PROJECT / "scenarios" / "tutorial"), "--seconds", "2")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=terminal, env={"TERM": "xterm", "COLUMNS": "100", "PYTHONPATH": str(PROJECT)}
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(controller, 4096)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        shown += piece
    printed, _ = process.communicate(timeout=WITHIN_SECONDS)
    os.close(controller)
    assert "tutorial: dead ends" in shown.decode()
    assert b"Traceback" not in shown
    assert process.returncode in (0, 1), printed.decode()  # in so short a time not everything need be found
