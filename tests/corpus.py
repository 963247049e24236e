"""How well the table parser reads what players write: `python -m tests.corpus [-v]` prints it; exit code 1 below the bars."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from time import perf_counter

from ruamel.yaml import YAML

from services.game.packs.compiler import compile_pack
from services.game.packs.folder import read_folder
from services.game.rules.begin import begin
from services.game.rules.commands import FREE_VERBS, Command
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.words.read import Ambiguous, Impossible, OutOfWorld, Reading, Understood, Unread, read
from tests.support.walks import command, walk

CORPUS = Path(__file__).resolve().parent / "unit" / "game" / "words" / "corpus"
SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
PACKS = CORPUS / "packs"
"""Packs that are in no shop window: only sentences are said in them."""
HELD_OUT = CORPUS / "heldout"
"""Sentences that whoever writes the parser doesn't read: only their figures count."""
RIGHT_PERCENT_MIN = 95
HELD_OUT_RIGHT_PERCENT_MIN = 90
KINDS: Mapping[str, type] = {"clarify": Ambiguous, "refusal": Impossible, "outside": OutOfWorld, "unread": Unread}
"""What a text can be besides a command: asked about, understood and impossible, about the program, or left to a model."""


class Verdict(Enum):
    """How a reading compares with what was meant."""

    RIGHT = "right"
    SAFE = "asked or refused"
    WRONG = "wrong deed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A state of a game that sentences are said in."""

    pack: Pack
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A sentence, where it is said, and everything that it may rightly be read as: commands as `walks.command` spells them, or kinds."""

    file: str
    where: str
    wanted: tuple[str, ...]
    text: str

    @property
    def language(self) -> str:
        """The language of the sentence."""
        return self.file.partition(".")[0].rpartition("_")[2]


@cache
def scenes() -> Mapping[str, Scene]:
    """The scenes by name, each from the beginning of its pack, or from an earlier scene, by commands."""
    found: dict[str, Scene] = {}
    for name, told in YAML(typ="safe").load((CORPUS / "scenes.yaml").read_text(encoding="utf-8")).items():
        if "pack" in told:
            folder = PACKS / told["pack"]
            pack = compile_pack(read_folder(folder if folder.is_dir() else SCENARIOS / told["pack"]))
            state, _ = begin(pack, b"maratang")
        else:
            pack, state = found[told["from"]].pack, found[told["from"]].state
        for step in walk(pack, state, [command(spelt) for spelt in told.get("after", [])]):
            state = step.after
        found[name] = Scene(pack=pack, state=state)
    return found


def rows(*files: str, folder: Path = CORPUS) -> tuple[Row, ...]:
    """The sentences of those files of the folder; of all, where none is named."""
    paths = [folder / f"{file}.tsv" for file in files] or sorted(folder.glob("*.tsv"))
    return tuple(
        Row(file=path.stem, where=where, wanted=tuple(wanted.split(" / ")), text=text)
        for path in paths
        for where, wanted, text in (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line)
    )


def reading_of(row: Row) -> Reading:
    """What the parser makes of the sentence."""
    scene = scenes()[row.where]
    return read(row.text, scene.pack, scene.state, row.language)


def verdict(row: Row, reading: Reading) -> Verdict:
    """Whether that is right, or at least no other deed than was meant; to tell something for free is no deed."""
    if any(_is(reading, wanted) for wanted in row.wanted):
        return Verdict.RIGHT
    deed = isinstance(reading, Understood) and reading.command.verb not in FREE_VERBS
    return Verdict.WRONG if deed else Verdict.SAFE


def _is(reading: Reading, wanted: str) -> bool:
    kind = KINDS.get(wanted)
    if kind is not None:
        return isinstance(reading, kind)
    return isinstance(reading, Understood) and _in_any_order(reading.command) == _in_any_order(command(wanted))


def _in_any_order(each: Command) -> Command:
    """The command with its clues in one order: which comes first means nothing."""
    return replace(each, clues=tuple(sorted(each.clues)))


def told(reading: Reading) -> str:
    """The reading in one line."""
    match reading:
        case Understood(command=understood):
            return _spelt(understood)
        case Ambiguous(clarify=question):
            return f"clarify ({', '.join(_spelt(each.command) for each in question.choices)})"
        case Impossible(lines=lines) | OutOfWorld(lines=lines):
            return f"{type(reading).__name__.lower()}: {lines[0].text}"
        case Unread():
            return "unread"


def _spelt(each: Command) -> str:
    parts = [
        each.verb.value,
        each.object,
        each.target,
        each.topic,
        f"={each.code}" if each.code else None,
        *(f"+{one}" for one in each.clues),
    ]
    return " ".join(part for part in parts if part)


def table(counted: Mapping[tuple[str, ...], Counter[Verdict]]) -> Iterable[str]:
    """The figures, a line for each key."""
    for key, verdicts in counted.items():
        total = verdicts.total()
        figures = "  ".join(f"{verdicts[each]:4d} {each.value}" for each in Verdict)
        yield f"{' '.join(key):34s} {total:4d} sentences  {figures}  {100 * verdicts[Verdict.RIGHT] / total:5.1f} %"


def main(arguments: list[str]) -> int:
    """Measures, prints, and says by the exit code whether the bars are met."""
    options = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    options.add_argument("files", nargs="*", help="files of the corpus, without .tsv; all, where none is named")
    options.add_argument("--heldout", action="store_true", help="the sentences held out from the parser's author instead, by their bar")
    options.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="every sentence that is not read rightly; of those held out, not even the wrong deeds are shown without",
    )
    asked = options.parse_args(arguments)
    folder, bar = (HELD_OUT, HELD_OUT_RIGHT_PERCENT_MIN) if asked.heldout else (CORPUS, RIGHT_PERCENT_MIN)
    by_scene: dict[tuple[str, ...], Counter[Verdict]] = {}
    by_file: dict[tuple[str, ...], Counter[Verdict]] = {}
    scenes()
    started = perf_counter()
    readings = [(row, reading_of(row)) for row in rows(*asked.files, folder=folder)]
    seconds = perf_counter() - started
    for row, reading in readings:
        judged = verdict(row, reading)
        by_scene.setdefault((row.language, row.where), Counter())[judged] += 1
        by_file.setdefault((row.file,), Counter())[judged] += 1
        if judged is not Verdict.RIGHT and (asked.verbose or (judged is Verdict.WRONG and not asked.heldout)):
            print(f"{judged.value}: [{row.where}] {row.text} | wanted {' or '.join(row.wanted)} | {told(reading)}")
    print(*table(by_scene), "", *table(by_file), sep="\n")
    print(f"{1000 * seconds / len(readings):.2f} ms a sentence")
    met = all(not counted[Verdict.WRONG] and 100 * counted[Verdict.RIGHT] >= bar * counted.total() for counted in by_file.values())
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
