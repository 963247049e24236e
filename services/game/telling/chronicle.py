"""The story of an ended game, from its log: what its chapters and paragraphs are of, and what a model is asked for each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.game.rules.pack import Pack
from services.game.stored import Row
from services.game.telling.prompt import Prompt, narration
from services.game.telling.style import STYLES

_TURNS_MOST = 3
"""How many turns a paragraph tells of at most."""
_CHAPTER: Mapping[str, str] = {"ko": "{day}일째", "en": "Day {day}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph to be written: of which turns, in which chapter, by which of the pack's own lines."""

    chapter: str
    turns: tuple[int, ...]
    lines: tuple[str, ...]
    is_opening: bool

    @property
    def plain(self) -> str:
        """The paragraph in the pack's own words."""
        return ("\n" if self.is_opening else " ").join(self.lines)


def title_of(pack: Pack, ending_id: str, locale: str) -> str:
    """What the story is called: its scenario and how it came out, where that is called otherwise."""
    return ": ".join(dict.fromkeys((pack.text("pack.title", locale), pack.text(f"ending.{ending_id}.name", locale))))


def passages(pack: Pack, path: Sequence[Row], locale: str) -> tuple[Passage, ...]:
    """The paragraphs of the story of a path through a log, a chapter a day. The same path gives the same ones."""
    happened = [row for row in path if "jump" not in row.record and row.record["lines"]]
    found: list[Passage] = []
    for day, rows in groupby(happened, key=lambda row: int(row.record["view"]["day"])):
        chapter = _CHAPTER[locale].format(day=day)
        found += [_passage(pack, chapter, part, locale) for part in _parts(rows, STYLES[locale].facts_length_max)]
    return tuple(found)


def asked_for(pack: Pack, passage: Passage, place: str, locale: str) -> Prompt | None:
    """What a model is asked for a paragraph; None: the pack's own words are to stay, as they are of an opening."""
    return None if passage.is_opening else narration(pack.name(place, locale), passage.plain, locale)


def _parts(rows: Iterable[Row], length_max: int) -> Iterator[list[Row]]:
    """Rows that belong together: the opening alone, then a few turns in one place, of which a model can be told at once."""
    part: list[Row] = []
    for row in rows:
        is_full = len(part) == _TURNS_MOST or sum(map(_length, (*part, row))) > length_max
        if part and (is_full or part[0].number == 0 or _place(part[-1]) != _place(row)):
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _length(row: Row) -> int:
    return sum(len(line["text"]) for line in row.record["lines"])


def _place(row: Row) -> str:
    return str(row.record["view"]["place"]["place_id"])


def _passage(pack: Pack, chapter: str, rows: list[Row], locale: str) -> Passage:
    lines = [_said(pack, line, locale) for row in rows for line in row.record["lines"]]
    return Passage(
        chapter=chapter, turns=tuple(row.number for row in rows), lines=tuple(dict.fromkeys(lines)), is_opening=rows[0].number == 0
    )


def _said(pack: Pack, line: Mapping[str, str], locale: str) -> str:
    return f"{pack.name(line['speaker'], locale)}: “{line['text']}”" if line.get("speaker") else line["text"]
