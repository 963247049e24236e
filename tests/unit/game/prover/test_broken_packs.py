from pathlib import Path

import pytest
from ruamel.yaml import YAML

from services.game.packs.compiler import compile_pack
from services.game.packs.errors import PackErrors
from services.game.packs.prover.prove import prove
from services.game.packs.prover.report import Code
from tests.support.vault_pack import vault_files, vault_pack

BROKEN = YAML(typ="safe").load((Path(__file__).parent / "broken.yaml").read_text(encoding="utf-8"))
SECONDS = 20
SECONDS_AT_ONCE = 0.5
"""Enough for what is known before anything is played: the rest of such a pack is then looked for less long."""
SECONDS_FOR = {
    "unreachable": SECONDS_AT_ONCE,
    "contradiction": SECONDS_AT_ONCE,
    "circle": SECONDS_AT_ONCE,
    "stuck": 5,
    "victory-by-flattery": 6,
    "not-earned": 6,
}
"""By code: enough to find it; what is not among them takes looking at every state."""


def broken(change: dict) -> dict[str, str]:
    """The files of the sound pack with the change made."""
    files = vault_files()
    for one in (change, *(change[word] for word in ("and", "also") if word in change)):
        named = ("text/ko.yaml", "text/en.yaml") if one["file"] == "text" else (one["file"],)
        for file in named:
            assert files[file].count(one["from"]) == 1, f"{one['from']!r} stands {files[file].count(one['from'])} times in {file}"
            files[file] = files[file].replace(one["from"], one["to"])
    for old, new in change.get("text", {}).items():
        files |= {file: files[file].replace(old, new) for file in ("text/ko.yaml", "text/en.yaml")}
    return files


def test_the_pack_that_is_broken_is_sound_to_begin_with():
    report = prove(vault_pack().pack, seconds=SECONDS)
    assert report.findings == ()
    assert report.is_whole
    assert report.undecided == ()


@pytest.mark.parametrize("name", [name for name, change in BROKEN.items() if "code" not in change])
def test_the_compiler_names_the_one_thing_that_is_wrong(name: str):
    with pytest.raises(PackErrors) as wrong:
        compile_pack(broken(BROKEN[name]))
    assert all(BROKEN[name]["finds"] in error.message for error in wrong.value.errors), wrong.value.errors


@pytest.mark.parametrize("name", [name for name, change in BROKEN.items() if change.get("code", "leak") != "leak"])
def test_the_prover_names_the_one_thing_that_is_wrong(name: str):
    report = prove(compile_pack(broken(BROKEN[name])), seconds=SECONDS_FOR.get(BROKEN[name]["code"], SECONDS))
    errors = [finding for finding in report.findings if finding.is_error]
    assert {finding.code.value for finding in errors} == {BROKEN[name]["code"]}, errors
    assert all(BROKEN[name]["finds"] in finding.message for finding in errors), errors


@pytest.mark.parametrize("name", [name for name, change in BROKEN.items() if change.get("code") == "leak"])
def test_a_text_that_tells_too_early_is_named(name: str):
    findings = prove(compile_pack(broken(BROKEN[name])), seconds=SECONDS_AT_ONCE).findings
    leaks = [finding for finding in findings if finding.code is Code.LEAK]
    assert leaks != []
    assert all(BROKEN[name]["finds"] in leak.message for leak in leaks), leaks
