"""From a pack's files to the pack the rules see, or to everything that is wrong with them."""

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from services.game.packs.declared import Declared, gather
from services.game.packs.errors import PackErrors, did_you_mean
from services.game.packs.expressions import Expressions
from services.game.packs.fields import Fields, boolean, integer
from services.game.packs.folder import FILE_SIZE_MAX, FILES, NEEDED_FILES, pack_files, pack_hash
from services.game.packs.nouns import read_doors, read_items, read_locks, read_places
from services.game.packs.people import read_people
from services.game.packs.reading import Reading
from services.game.packs.source import Mapping, Problems, Spot, parse
from services.game.packs.story import check_scheduled, read_clues, read_conditions, read_endings, read_lore, read_night, read_rules
from services.game.packs.vocabulary import Name, vocabulary
from services.game.packs.words import LOCALES, check_words, flatten, texts_of
from services.game.rules.commands import FREE_VERBS, Verb
from services.game.rules.events import EventKind
from services.game.rules.noise import EVERYWHERE, NEXT_DOOR, SAME_PLACE
from services.game.rules.nouns import Kind
from services.game.rules.pack import Pack, Undo
from services.game.rules.story import Rule

RATINGS = ("all", "12", "15", "19")
_SCENARIO_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}")
NOISY = tuple(verb.value for verb in Verb if verb not in FREE_VERBS)
"""The verbs that can make a noise."""
USUAL_NOISE: MappingOf[Verb, int] = {
    **dict.fromkeys((Verb.SEARCH, Verb.OPEN, Verb.CLOSE, Verb.UNLOCK, Verb.USE, Verb.TALK, Verb.PERSUADE, Verb.LIE), SAME_PLACE),
    Verb.ACCUSE: NEXT_DOOR,
}
"""How loud the verbs are that aren't silent."""
_DAYS_MAX = 30
_SLOTS_MAX = 100


def compile_pack(files: MappingOf[str, str]) -> Pack:
    """The pack that the files make: path within the pack to text, as `read_folder` gives them.

    PackErrors: what is wrong, all of it at once, each fault with its file, line and column.
    """
    return compile_located(files).pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A pack, and where in its files each id is declared, and each text stands, as `text/en.yaml:item.key.name`.

    `names` are those that its conditions may use.
    """

    pack: Pack
    spots: MappingOf[str, Spot]
    names: MappingOf[str, Name]


def compile_located(files: MappingOf[str, str]) -> Located:
    """The pack with its places in the files. PackErrors: as with `compile_pack`."""
    return compile_parsed(parse_files(files), pack_hash(files))


def compile_parsed(parsed: MappingOf[str, Mapping], content_hash: str) -> Located:
    """The pack that the parsed files make. PackErrors: as with `compile_pack`."""
    reading = _reading(parsed)
    pack = _read(parsed, reading, content_hash)
    words = {locale: flatten(f"text/{locale}.yaml", parsed[f"text/{locale}.yaml"], reading.problems) for locale in LOCALES}
    check_words(words, reading.wanted, reading.declared, reading.problems)
    located = _located(replace(pack, texts={locale: texts_of(words[locale], locale) for locale in LOCALES}), reading)
    texts = {f"{each.file}:{key}": spot for each in words.values() for key, spot in each.spots.items()}
    return replace(located, spots={**located.spots, **texts})


def recompile(parsed: MappingOf[str, Mapping], like: Pack) -> Located:
    """The pack that changed files make, with the words of the one it was: what it would be without one of its parts.

    PackErrors: it would be none, or it would want words that it doesn't have.
    """
    reading = _reading(parsed)
    pack = _read(parsed, reading, like.pack_hash)
    for key, spot in reading.wanted.items():
        if not like.has_text(key):
            reading.problems.add(spot, f"there is no text {key!r}")
    return _located(replace(pack, texts=like.texts), reading)


def _reading(parsed: MappingOf[str, Mapping]) -> Reading:
    problems = Problems()
    declared = gather(parsed, problems)
    if declared.is_ambiguous:  # what else is wrong could only be said once each id names one thing
        raise PackErrors(set(problems.errors))
    return Reading(declared=declared, expressions=Expressions(vocabulary(declared), problems), problems=problems)


def _located(pack: Pack, reading: Reading) -> Located:
    if reading.problems.errors:
        raise PackErrors(set(reading.problems.errors))
    return Located(pack=pack, spots=reading.declared.spots, names=reading.expressions.names)


def parse_files(files: MappingOf[str, str]) -> dict[str, Mapping]:
    """What the files of a pack say, each file that it lacks as an empty one. PackErrors: what can't be read, or isn't a pack's."""
    problems = Problems()
    for file in NEEDED_FILES:
        if file not in files:
            problems.add(Spot(file=file, line=1, column=1), f"a pack needs the file {file}")
    for file in files:
        if file not in FILES and not file.startswith("tests/"):
            problems.add(Spot(file=file, line=1, column=1), f"a pack has no file of that name{did_you_mean(file, FILES)}")
    parsed = {}
    for file, text in pack_files(files).items():
        if len(text) > FILE_SIZE_MAX:
            problems.add(Spot(file=file, line=1, column=1), f"a file has at most {FILE_SIZE_MAX} characters")
        else:
            parsed[file] = parse(file, text, problems)
    nothing = {file: Mapping(spot=Spot(file=file, line=1, column=1), entries={}, keys={}) for file in FILES if file not in parsed}
    if problems.errors:  # what else is wrong could only be said of files that can be read
        raise PackErrors(set(problems.errors))
    return parsed | nothing


def _read(parsed: MappingOf[str, Mapping], reading: Reading, content_hash: str) -> Pack:
    """The pack without its texts."""
    fields = reading.fields(parsed["pack.yaml"], "pack.yaml")
    top = reading.fields(parsed["places.yaml"], "places.yaml")
    top.node("places"), top.node("doors")
    top.done()
    days = fields.integer("days", minimum=1, maximum=_DAYS_MAX)
    slots = fields.integer("slots_per_day", minimum=1, maximum=_SLOTS_MAX)
    start = fields.need("start")
    for key in ("title", "summary", "opening"):
        reading.want(f"pack.{key}", fields.spot)
    statistics = reading.statistics(fields, "statistics")
    for key in statistics:
        reading.want(f"statistic.{key}.name", fields.spot)
    places = read_places(reading)
    rules = (*read_rules(reading), *read_clues(reading))
    night = read_night(reading, parsed["night.yaml"])
    pack = Pack(
        scenario_id=_matching(fields, "id", _SCENARIO_ID, "small letters, digits, _ and -, a letter first, at most 40"),
        version=_matching(fields, "version", _VERSION, "three numbers, as in 1.0.0"),
        pack_hash=content_hash,
        rating=fields.choice("rating", RATINGS),
        days=days,
        slots_per_day=slots,
        evening_from=fields.integer("evening_from", default=slots + 1, minimum=1, maximum=slots),
        start="" if start is None else reading.id(start, Kind.PLACE),
        sleep_when=reading.test(fields.node("sleep_when")),
        statistics=statistics,
        flags={flag: boolean(node, reading.problems, f"the flag {flag!r}") for flag, node in fields.entries("flags")},
        variables=reading.statistics(fields, "vars"),
        conditions=read_conditions(reading),
        places=places,
        doors=read_doors(reading, places),
        items=read_items(reading),
        people=read_people(reading, days=days, slots_per_day=slots),
        locks=read_locks(reading, days=days, slots_per_day=slots),
        clues=tuple(reading.declared.of(Kind.CLUE)),
        rules=tuple(sorted(rules, key=lambda rule: -rule.priority)),
        endings=read_endings(reading),
        night=night,
        lore=read_lore(reading, parsed["lore.yaml"]),
        noise=_noise(fields),
        hears=_hears(reading, rules),
        point_of_no_return=reading.test(fields.node("point_of_no_return")),
        undo=fields.choice("undo", tuple(Undo), Undo.FREE),
        kinds=reading.declared.kinds,
        texts={},
    )
    fields.done()
    check_scheduled(reading, rules)
    _check_nesting(reading.declared, pack, reading.problems)
    return pack


def _noise(fields: Fields) -> dict[Verb, int]:
    """How loud each verb is: as the pack says, else as usual."""
    own = {}
    for word, node in fields.entries("noise"):
        if word not in NOISY:
            fields.problems.unknown(node.spot, "verb that spends a turn", word, NOISY)
        else:
            own[Verb(word)] = integer(node, fields.problems, f"the noise of {word}", 0, EVERYWHERE)
    return {**USUAL_NOISE, **own}


def _hears(reading: Reading, rules: tuple[Rule, ...]) -> bool:
    """Whether anything in the pack comes of what people hear."""
    awaited = any(trigger.kind is EventKind.HEARD for rule in rules for trigger in rule.on)
    return awaited or any(name.endswith(".noticed") for name in reading.expressions.used)


def _matching(fields: Fields, key: str, pattern: re.Pattern[str], shape: str) -> str:
    word = fields.text(key)
    node = fields.node(key)
    if node is not None and not pattern.fullmatch(word):
        fields.problems.add(node.spot, f"{key!r} is {shape}, not {word!r}")
    return word


def _check_nesting(declared: Declared, pack: Pack, problems: Problems) -> None:
    """Note items that lie in themselves."""
    for item in pack.items:
        where, seen = item, set[str]()
        while where in pack.items and where not in seen:
            seen.add(where)
            where = pack.items[where].start
        if where == item:
            problems.add(declared.spots[item], f"{item!r} lies in itself, by way of {', '.join(sorted(seen))}")
