# ruff: noqa: E501 (the messages are the specification, each on its line)
import pytest

from services.game.packs import PackErrors, catalogue_entry, compile_pack, pack_hash, read_folder
from tests.support.playthroughs import TUTORIAL
from tests.support.small_pack import small_files

FILES = small_files()


def faults(files: dict[str, str]) -> list[str]:
    with pytest.raises(PackErrors) as refused:
        compile_pack(files)
    return [str(error) for error in refused.value.errors]


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert FILES[file].count(old) >= 1, "the test changes what is there"
    return {**FILES, file: FILES[file].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("pack.yaml", "days: 2", "days: two", "pack.yaml:4:7: 'days' is a whole number from 1 to 30, not 'two'"),
        ("pack.yaml", "days: 2\n", "", "pack.yaml:1:1: pack.yaml needs 'days'"),
        ("pack.yaml", "days: 2", "day: 2", "pack.yaml:4:1: no key of pack.yaml is called 'day' (did you mean 'days'?)"),
        ("pack.yaml", "id: small", "id: Small Pack", "pack.yaml:1:5: 'id' is small letters, digits, _ and -, a letter first, at most 40, not 'Small Pack'"),
        ("pack.yaml", "1.0.0", "one", "pack.yaml:2:10: 'version' is three numbers, as in 1.0.0, not 'one'"),
        ("pack.yaml", "rating: all", "rating: 18", "pack.yaml:3:9: no rating is called '18'"),
        ("pack.yaml", "start: cell", "start: cel", "pack.yaml:7:8: no place is called 'cel' (did you mean 'cell'?)"),
        ("pack.yaml", "alarm: false", "alarm: no", "pack.yaml:11:16: the flag 'alarm' is true or false, not 'no'"),
        ("pack.yaml", "clock.phase ==", "clock.fase ==", "pack.yaml:8:13: unknown name 'clock.fase' (did you mean 'clock.phase'?)"),
        ("places.yaml", "to: yard, door: gate", "to: yard, door: gat", "places.yaml:6:26: no door is called 'gat' (did you mean 'gate'?)"),
        ("places.yaml", "when: flag.alarm", "when: flag.alarm )", "places.yaml:4:27: ')' can't stand here"),
        ("items.yaml", "in: chest", "in: chst", "items.yaml:2:12: no place or item or person is called 'chst' (did you mean 'chest'?)"),
        ("items.yaml", "coin: {in: chest}", "coin: [chest]", "items.yaml:2:7: an item is written as keys and values, not as a list"),
        ("items.yaml", "portable: false", "portable: maybe", "items.yaml:1:29: 'portable' is true or false, not 'maybe'"),
        ("items.yaml", "key: {in", "Key: {in", "items.yaml:4:1: 'Key' can't be an id: small letters, digits and _, a letter first, at most 40, none of ['any', 'false', 'gone', 'in', 'nowhere', 'null', 'player', 'true']"),
        ("items.yaml", "rug: {in: cell", "cell: {in: cell", "items.yaml:3:1: 'cell' is already the place of places.yaml:2; an id names one thing in a pack"),
        ("items.yaml", "state: up}", "state: upp}", "items.yaml:15:42: no state of ladder is called 'upp' (did you mean 'up'?)"),
        ("items.yaml", "give: hook", "give: hok", "items.yaml:6:114: no item is called 'hok' (did you mean 'hook'?)"),
        ("items.yaml", "give: hook", "gve: hook", "items.yaml:6:108: no effect is called 'gve' (did you mean 'give'?)"),
        ("items.yaml", "var.noise: 2", "var.noice: 2", "items.yaml:23:17: no thing that can be set or added to is called 'var.noice' (did you mean 'var.noise'?)"),
        ("items.yaml", "label: toss", "lable: toss", "items.yaml:32:11: no key of a chance is called 'lable' (did you mean 'label'?)"),
        ("people.yaml", "adapter: guard-friendly", "adapter: ../x", "people.yaml:8:7: '../x' can't be an adapter's name: letters, digits and . _ -, at most 64"),
        ("people.yaml", "stern: {}", "stern: {enter_when: flag.alarm}", "people.yaml:1:1: 'guard' begins in the first phase, 'stern': it needs no 'enter_when'"),
        ("people.yaml", "slot: 3", "slot: 9", "people.yaml:12:14: 'slot' is a whole number from 1 to 4, not '9'"),
        ("locks.yaml", "keys: [key]", "keys: []", "locks.yaml:1:40: a lock of kind 'key' needs at least one of its keys"),
        ("locks.yaml", "on: chest", "on: rug", "locks.yaml:3:7: 'rug' is no container: it can't be locked"),
        ("locks.yaml", "on: chest", "on: gate", "locks.yaml:2:1: 'gate' has a lock already: 'gate_lock'"),
        ("locks.yaml", 'code: "31"', 'code: "3 1"', "locks.yaml:3:3: a code has 1 to 32 characters and no blanks"),
        ("clues.yaml", "read: book", "red: book", "clues.yaml:1:15: no event is called 'red' (did you mean 'read'?)"),
        ("rules.yaml", "flag_set: alarm", "flag_set: alam", "rules.yaml:2:18: no object of flag_set is called 'alam' (did you mean 'alarm'?)"),
        ("rules.yaml", "  on: [waited]\n", "", "rules.yaml:5:1: a rule needs 'on', 'when' or both: else it would never wait for anything"),
        ("effects.yaml", "[move]", "[look]", "effects.yaml:1:18: no verb that spends a turn is called 'look'"),
        ("endings.yaml", "forgotten: {kind: failure, trigger: time}", "forgotten: {kind: failure}", "endings.yaml:1:1: one ending must be left when time runs out: 'trigger: time' without 'when'"),
        ("endings.yaml", "kind: victory", "kind: triumph", "endings.yaml:1:15: no kind is called 'triumph'"),
        ("text/ko.yaml", "description: 넓다", "descripton: 넓다", "text/ko.yaml:4:20: nothing asks for the text 'place.yard.descripton' (did you mean 'place.yard.description'?)"),
        ("text/ko.yaml", "{name: 마당, description: 넓다}", "{name: 마당}", "text/ko.yaml:4:3: text/ko.yaml lacks the text 'place.yard.description', which places.yaml:8 needs"),
        ("text/ko.yaml", "  click: 찰칵\n", "", "text/ko.yaml:50:1: text/ko.yaml lacks the text 'line.click', which locks.yaml:9 needs"),
        ("text/ko.yaml", "열쇠가 손에 들어온다", "'{place}에 있던 열쇠다'", "text/ko.yaml:12:41: 'item.key.on.taken' can't be filled with {place}"),
        ("text/ko.yaml", "line:\n", "event: {takn: 챙긴다}\nline:\n", "text/ko.yaml:50:9: nothing asks for the text 'event.takn' (did you mean 'event.taken'?)"),
        ("rules.yaml", "echo:", "echo: &x", "rules.yaml:1:7: anchors and aliases are not for packs: write it out"),
        ("rules.yaml", "again:", "echo:", "rules.yaml:5:1: 'echo' stands here twice; first in line 1"),
        ("rules.yaml", "  once: false", "\tonce: false", "rules.yaml:7:1: this is no YAML: found character '\\t' that cannot start any token"),
    ],
)  # fmt: skip
def test_a_broken_pack_is_refused_with_the_place_of_the_fault(file: str, old: str, new: str, expected: str):
    assert expected in faults(changed(file, old, new))


def test_all_faults_are_told_at_once_and_in_order():
    files = changed("pack.yaml", "start: cell", "start: cel") | small_files(clues="number: {on: [red: book]}\n")
    files["pack.yaml"] = FILES["pack.yaml"].replace("start: cell", "start: cel").replace("rating: all", "rating: 18")
    found = faults(files)
    assert len(found) > 3
    assert [fault.partition(":")[0] for fault in found] == sorted(fault.partition(":")[0] for fault in found)


def test_a_rule_scheduled_by_a_misspelt_name_is_one_fault():
    rules = FILES["rules.yaml"].replace("by: guard}]", "by: guard}, schedule: {rule: agin, in: 2}]").replace("on: [waited]", "on: [due]")
    assert faults({**FILES, "rules.yaml": rules}) == ["rules.yaml:4:68: no rule is called 'agin' (did you mean 'again'?)"]


@pytest.mark.parametrize("file", ["pack.yaml", "places.yaml", "endings.yaml", "text/ko.yaml", "text/en.yaml"])
def test_a_pack_without_a_file_it_needs_is_refused(file: str):
    assert f"{file}:1:1: a pack needs the file {file}" in faults({name: text for name, text in FILES.items() if name != file})


def test_a_file_of_another_name_is_refused():
    assert "item.yaml:1:1: a pack has no file of that name (did you mean 'items.yaml'?)" in faults({**FILES, "item.yaml": ""})


def test_an_empty_pack_is_refused_and_nothing_worse():
    assert faults({})
    assert faults(dict.fromkeys(FILES, ""))
    assert faults(dict.fromkeys(FILES, "- 1\n"))
    assert faults(dict.fromkeys(FILES, "a: [}"))


def test_the_hash_is_of_the_packs_own_files():
    assert pack_hash(FILES) == pack_hash({**FILES, "tests/x.yaml": "a: 1", "README.md": "…"})
    assert pack_hash(FILES) == pack_hash({file: text.replace("\n", "\r\n") for file, text in FILES.items()})
    assert pack_hash(FILES) != pack_hash(changed("pack.yaml", "1.0.0", "1.0.1"))
    assert len(pack_hash(FILES)) == 64


def test_the_catalogue_counts_no_secret_endings():
    entry = catalogue_entry(compile_pack(FILES))
    assert (entry["scenario_id"], entry["version"], entry["rating"], entry["days"], entry["slots_per_day"]) == (
        "small",
        "1.0.0",
        "all",
        2,
        4,
    )
    assert entry["endings"] == 3
    assert entry["words"]["ko"] == {"title": "작은 집", "summary": "짧다"}


def test_a_folder_is_read_whole():
    files = read_folder(TUTORIAL)
    assert {"pack.yaml", "text/ko.yaml", "tests/endings.yaml"} <= set(files)
    with pytest.raises(NotADirectoryError):
        read_folder(TUTORIAL / "none")
