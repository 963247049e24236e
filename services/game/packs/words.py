"""The texts of a pack: flattened, held against what the pack needs, laid over the standard ones."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from services.game.packs.declared import Declared
from services.game.packs.errors import PackErrors, did_you_mean
from services.game.packs.fields import items, scalar
from services.game.packs.particles import names_in
from services.game.packs.source import Mapping, Node, Problems, Spot, parse
from services.game.rules.events import INTERNAL_KINDS, EventKind
from services.game.rules.nouns import Kind
from services.game.rules.pack import Texts

LOCALES = ("ko", "en")
"""The languages that every pack has, Korean first."""

_TEXT_MAX = 4000
_ALIASES = "aliases"
_STATISTIC = "statistic"
_EVENT_NAMES = frozenset({"subject", "object", "place", "value"})
_OPTIONAL: MappingOf[Kind, tuple[str, ...]] = {
    Kind.PLACE: ("on", "refuse"),
    Kind.DOOR: ("on", "refuse"),
    Kind.ITEM: ("on", "refuse", "state"),
    Kind.PERSON: ("on", "refuse", "phase"),
    Kind.CLUE: ("on",),
    Kind.CONDITION: ("on", "refuse"),
    Kind.ENDING: ("on",),
}
"""The sections a thing's texts may have besides those the pack needs."""


@dataclass(slots=True, kw_only=True)
class Words:
    """The texts of one file, by key, with where each stands; `spots` has the sections too."""

    file: str
    strings: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)

    def nearest(self, key: str) -> Spot:
        """Where the text is, or the innermost section it would belong to."""
        while key and key not in self.spots:
            key = key.rpartition(".")[0]
        return self.spots.get(key, Spot(file=self.file, line=1, column=1))


def flatten(file: str, root: Mapping, problems: Problems) -> Words:
    """The texts of a parsed file: `item: {key: {name: …}}` becomes `item.key.name`; lists are aliases."""
    words = Words(file=file)
    _flatten(words, "", root, problems)
    return words


def _flatten(words: Words, prefix: str, node: Mapping, problems: Problems) -> None:
    for part, value in node.entries.items():
        key = f"{prefix}{part}"
        words.spots[key] = node.keys[part]
        owner, _, last = key.rpartition(".")
        if last == _ALIASES:
            words.aliases[owner] = tuple(scalar(each, problems, "an alias").text for each in items(value))
        elif isinstance(value, Mapping):
            _flatten(words, f"{key}.", value, problems)
        else:
            words.strings[key] = _string(value, problems)


def _string(node: Node, problems: Problems) -> str:
    text = scalar(node, problems, "a text").text.strip()
    if len(text) > _TEXT_MAX:
        problems.add(node.spot, f"a text has at most {_TEXT_MAX} characters, and this has {len(text)}")
    return text


@cache
def standard(locale: str) -> MappingOf[str, str]:
    """The engine's own texts of a locale, by key."""
    file = f"standard/{locale}.yaml"
    text = resources.files(__package__ or "").joinpath(file).read_text(encoding="utf-8")
    problems = Problems()
    words = flatten(file, parse(file, text, problems), problems)
    if problems.errors:
        raise PackErrors(problems.errors)
    return words.strings


def check_words(all_words: MappingOf[str, Words], wanted: MappingOf[str, Spot], declared: Declared, problems: Problems) -> None:
    """Note every text that is missing in a locale, that nothing asks for, or that wants names it will not be given."""
    for words in all_words.values():
        for key, spot in wanted.items():
            if not words.strings.get(key):
                problems.add(words.nearest(key), f"{words.file} lacks the text {key!r}, which {spot.file}:{spot.line} needs")
        for key, text in words.strings.items():
            for fault in (_unasked(key, wanted, declared), _misfilled(key, text)):
                if fault:
                    problems.add(words.spots[key], fault)
        for key in words.aliases:
            _check_owner(key, words.spots[f"{key}.{_ALIASES}"], declared, problems)
    _check_pairs(all_words, wanted, declared, problems)


def _check_pairs(all_words: MappingOf[str, Words], wanted: MappingOf[str, Spot], declared: Declared, problems: Problems) -> None:
    """Note the texts that one language has and another lacks."""
    for words, other in _pairs(all_words):
        for key in words.strings.keys() - other.strings.keys() - wanted.keys():
            if not _unasked(key, wanted, declared):  # else it was told where it stands
                problems.add(other.nearest(key), f"{other.file} lacks the text {key!r}, which {words.file}:{words.spots[key].line} has")


def texts_of(words: Words, locale: str) -> Texts:
    """The texts of a locale: the pack's own over the standard ones."""
    return Texts(strings={**standard(locale), **words.strings}, aliases=words.aliases)


def _pairs(all_words: MappingOf[str, Words]) -> Iterator[tuple[Words, Words]]:
    yield from ((one, other) for one in all_words.values() for other in all_words.values() if one is not other)


def _unasked(key: str, wanted: MappingOf[str, Spot], declared: Declared) -> str | None:
    """Why nothing would ever ask for the text; None where something may."""
    if key in wanted or key in standard(LOCALES[0]):
        return None
    section, _, rest = key.partition(".")
    if section == "line":
        return f"nothing says the line {rest!r}{did_you_mean(key, wanted)}"
    if section == _STATISTIC and rest in {f"{name}.name" for names in declared.person_statistics.values() for name in names}:
        return None  # nobody is told people's numbers, but an author may name them
    if section not in list(Kind):
        return f"nothing asks for the text {key!r}{did_you_mean(key, [*wanted, *standard(LOCALES[0])])}"
    named, _, about = rest.partition(".")
    if declared.kinds.get(named) != section:
        return f"no {section} is called {named!r}{did_you_mean(named, declared.of(Kind(section)))}"
    return (
        None
        if _may_have(Kind(section), named, about.split("."), declared)
        else (f"nothing asks for the text {key!r}{_of_commas(key) or did_you_mean(key, wanted)}")
    )


def _of_commas(key: str) -> str:
    """A hint, where the key looks like the rest of a sentence."""
    return ": between { and } a comma ends a text, unless the text is in quotes" if " " in key else ""


def _may_have(kind: Kind, named: str, about: list[str], declared: Declared) -> bool:
    match about:
        case ["on", event, *_]:
            return "on" in _OPTIONAL.get(kind, ()) and event in list(EventKind) and EventKind(event) not in INTERNAL_KINDS
        case ["refuse", reason]:
            return "refuse" in _OPTIONAL.get(kind, ()) and f"refusal.{reason}" in standard(LOCALES[0])
        case ["state", state]:
            return state in declared.item_states.get(named, ()) or state in ("open", "closed", "locked")
        case ["phase", phase, "greeting" | "enter"]:
            return phase in declared.person_phases.get(named, ())
    return False


def _misfilled(key: str, text: str) -> str | None:
    """Which names the template wants that it will not be given; None where there are none."""
    extra = names_in(text) - _fillable(key)
    return f"{key!r} can't be filled with {', '.join(sorted(f'{{{name}}}' for name in extra))}" if extra else None


def _fillable(key: str) -> frozenset[str]:
    parts = key.split(".")
    if key in standard(LOCALES[0]):
        return frozenset().union(*(names_in(standard(locale)[key]) for locale in LOCALES))
    if "on" in parts[2:3]:
        kind = f"event.{parts[3]}"
        return frozenset().union(*(names_in(text) for name, text in standard(LOCALES[0]).items() if name == kind)) & _EVENT_NAMES
    return frozenset({"object"}) if parts[2:3] == ["refuse"] else frozenset()


def _check_owner(key: str, spot: Spot, declared: Declared, problems: Problems) -> None:
    """Note aliases of something that isn't there."""
    parts = key.split(".")
    known = [f"{kind}.{named}" for named, kind in declared.kinds.items()]
    topics = [f"person.{person}.topic.{topic}" for person, names in declared.person_topics.items() for topic in names]
    if key not in known and key not in topics:
        problems.unknown(spot, "thing with aliases", ".".join(parts), [*known, *topics])
