from pathlib import Path
from shutil import copytree

import pytest
from rich.console import Console

from services.game.authoring.mutating import Fate, mutated
from services.game.authoring.skeleton import write
from services.game.packs.compiler import compile_located, parse_files, recompile
from services.game.packs.folder import read_folder
from services.game.packs.mutants import Part, mutants
from tests.support.playthroughs import SCENARIOS, TUTORIAL

FILES = read_folder(TUTORIAL)
LOCATED = compile_located(FILES)
PARSED = parse_files(FILES)
LEFT_OUT = {(mutant.file, mutant.spot.line, mutant.part, mutant.what): mutant for mutant in mutants(LOCATED, PARSED)}
SAMPLE = 40
CAUGHT_PERCENT_MIN = 90


def left_out(file: str, what: str):
    """The pack without the part of the file that is told so, the shortest where it begins several."""
    found = [mutant for mutant in LEFT_OUT.values() if mutant.file == file and mutant.what.startswith(what)]
    mutant = min(found, key=lambda mutant: len(mutant.what))
    return mutant, recompile({**PARSED, file: mutant.root}, LOCATED.pack).pack


def test_a_pack_without_a_rule_has_every_other_rule():
    mutant, pack = left_out("rules.yaml", "lift: lift:")
    assert mutant.part is Part.ENTRY
    assert FILES["rules.yaml"].splitlines()[mutant.spot.line - 1] == "lift:"
    assert {rule.rule_id for rule in LOCATED.pack.rules} - {rule.rule_id for rule in pack.rules} == {"lift"}


def test_an_effect_is_left_out_alone():
    mutant, pack = left_out("rules.yaml", "lift.effects: add: {player.calm: -15}")
    assert mutant.part is Part.EFFECT
    assert [len(rule.effects) for rule in pack.rules if rule.rule_id == "lift"] == [1]


def test_an_if_without_its_condition_leaves_what_stands_under_then():
    whole, without = (left_out("items.yaml", f"fuse.uses.1.effects: if: flag.pact{more}") for more in (", then", ""))
    assert whole[0].part is Part.EFFECT
    mutant, pack = without
    assert mutant.part is Part.CONDITION
    assert [type(effect).__name__ for effect in pack.items["fuse"].uses[0].effects][-2:] == ["MovePerson", "Say"]


@pytest.mark.parametrize(
    ("left_out_part", "kept"), [("player.place == 'landing'", "item.recorder.carried"), ("item.recorder.carried", "player.place")]
)
def test_of_conditions_put_together_each_is_left_out_in_turn(left_out_part: str, kept: str):
    _, pack = left_out("endings.yaml", f"testimony: {left_out_part}")
    when = pack.endings["testimony"].when
    assert when is not None
    assert when.reads == {kept}


def test_what_stands_alone_is_left_out_once():
    told = [what for file, _, _, what in LEFT_OUT if file == "rules.yaml" and "say: dusk" in what]
    assert told == ["dusk: dusk: when: clock.slot >= 13, effects: [{say: dusk}]", "dusk: effects: [{say: dusk}]"]


def test_what_no_test_notices_is_told_with_its_place(tmp_path: Path):
    folder = tmp_path / "mill"
    assert write(folder, title=None, console=Console(quiet=True), errors=Console(quiet=True)) == 0
    (folder / "rules.yaml").write_text(
        "# what the house does\nbell:\n  when: clock.slot >= 2\n  effects:\n    - say: bell\n", encoding="utf-8"
    )
    for text in (folder / "text").iterdir():
        text.write_text(f"{text.read_text(encoding='utf-8')}line: {{bell: ...}}\n", encoding="utf-8")
    result = mutated(folder)
    told = {mutation.where: mutation.what for mutation in result.survivors}
    assert told[f"{folder}/rules.yaml:2:1"] == "bell: bell: when: clock.slot >= 2, effects: [{say: bell}]"
    assert told[f"{folder}/rules.yaml:4:3"] == "bell: effects: [{say: bell}]"
    assert result.count(Fate.CAUGHT) > 0
    assert result.count(*Fate) == len(result.mutations)
    assert 0 < result.percent < 100
    assert [result.exit_code(wanted) for wanted in (0, 100)] == [0, 1]


def test_a_pack_whose_own_tests_fail_is_not_tried(tmp_path: Path):
    folder = copytree(TUTORIAL, tmp_path / "tutorial")
    rules = (folder / "rules.yaml").read_text(encoding="utf-8")
    (folder / "rules.yaml").write_text(rules.replace("clock.slot >= 13", "clock.slot >= 14"), encoding="utf-8")
    result = mutated(folder)
    assert result.broken
    assert result.mutations == ()
    assert result.exit_code(0) == 1


def test_the_packs_own_tests_notice_what_is_left_out():
    results = [mutated(pack, sample=SAMPLE, seed="a sample") for pack in SCENARIOS]
    assert not any(result.broken or result.loaded.faults for result in results)
    caught, survived = (sum(result.count(fate) for result in results) for fate in (Fate.CAUGHT, Fate.SURVIVED))
    assert caught > SAMPLE / 2
    told = [f"{each.where}: {each.what}" for result in results for each in result.survivors]
    assert 100 * caught >= CAUGHT_PERCENT_MIN * (caught + survived), told
