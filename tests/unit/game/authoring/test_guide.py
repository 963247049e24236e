"""docs/scenario-authors.md, "Half an hour", followed to the letter: what it says to write is written, what it says `check` says is said."""

import re
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from typer.testing import CliRunner

from services.game.authoring.command import scenario
from services.game.packs.prover.report import Code
from tests.support.servers import PROJECT

DOCS = (PROJECT / "docs" / "scenario-authors.md").read_text(encoding="utf-8")
GUIDE = DOCS.split("\n## ")[1]
BLOCKS = re.findall(r"^```(yaml\n# |text )([\w./]+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def test_who_follows_the_guide_has_a_game(runner: CliRunner):
    assert GUIDE.startswith("Half an hour\n")
    assert runner.invoke(scenario, ["new", "mill", "--title", "The Mill"]).exit_code == 0
    last = ""
    for kind, name, block in BLOCKS:
        if kind.startswith("yaml"):
            written(Path(name), block)
            continue
        assert name == "check"
        last = runner.invoke(scenario, ["check", "mill", "--seconds", "4"]).stdout
        for line in block.splitlines():
            assert line in last, last
    assert "mill: proved" in last
    assert runner.invoke(scenario, ["fmt", "mill"]).exit_code == runner.invoke(scenario, ["test", "mill"]).exit_code == 0


def written(path: Path, block: str) -> None:
    """Put the block into the file: its keys are added where they belong, or stand instead of those that are there."""
    yaml = YAML()
    yaml.width = 1000
    old = yaml.load(path.read_text(encoding="utf-8")) if path.exists() else CommentedMap()
    merge(old, yaml.load(block))
    out = StringIO()
    yaml.dump(old, out)
    path.write_text(out.getvalue(), encoding="utf-8")


def merge(old: CommentedMap, new: CommentedMap) -> None:
    for key, value in new.items():
        if isinstance(value, CommentedMap) and isinstance(old.get(key), CommentedMap):
            merge(old[key], value)
        else:
            old[key] = value


def test_every_step_that_changes_the_game_says_what_check_says():
    parts = re.split(r"^### ", GUIDE, flags=re.MULTILINE)[1:]
    numbered = [part for part in parts if part[0].isdigit()]
    assert [int(part.split(".")[0]) for part in numbered] == list(range(1, len(numbered) + 1))
    for part in numbered:
        assert ("```yaml\n" in part) <= ("```text check" in part), part.splitlines()[0]


def test_every_finding_of_the_prover_is_explained():
    (section,) = [part for part in DOCS.split("\n## ") if part.startswith("What `check` says")]
    explained = re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)
    assert sorted(explained) == sorted(Code)
