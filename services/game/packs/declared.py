"""What a pack declares, gathered before anything is compiled: the names that the rest may use."""

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from services.game.packs.fields import items
from services.game.packs.source import Mapping, Node, Problems, Scalar, Spot
from services.game.rules.nouns import Kind
from services.game.rules.state import GONE, PLAYER

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED = frozenset({PLAYER, GONE, "any", "nowhere", "true", "false", "in", "null"})

FILES: MappingOf[Kind, tuple[str, str | None]] = {
    Kind.PLACE: ("places.yaml", "places"),
    Kind.DOOR: ("places.yaml", "doors"),
    Kind.ITEM: ("items.yaml", None),
    Kind.PERSON: ("people.yaml", None),
    Kind.LOCK: ("locks.yaml", None),
    Kind.CLUE: ("clues.yaml", None),
    Kind.CONDITION: ("effects.yaml", None),
    Kind.RULE: ("rules.yaml", None),
    Kind.ENDING: ("endings.yaml", None),
    Kind.AGENDA: ("night.yaml", "agenda"),
    Kind.OVERHEARD: ("night.yaml", "overheard"),
    Kind.LORE: ("lore.yaml", "entries"),
}
"""Where each kind is declared: the file, and the key in it (None: the file's own keys)."""


@dataclass(slots=True, kw_only=True)
class Declared:
    """Every name of the pack. `bodies` has what stands after each id, `spots` where; `is_ambiguous`: some id names two things."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    bodies: dict[str, Node] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    item_states: dict[str, tuple[str, ...]] = field(default_factory=dict)
    containers: frozenset[str] = frozenset()
    person_statistics: dict[str, tuple[str, ...]] = field(default_factory=dict)
    person_phases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    person_moods: dict[str, tuple[str, ...]] = field(default_factory=dict)
    person_topics: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_ambiguous: bool = False

    def of(self, *kinds: Kind) -> list[str]:
        """The ids of those kinds, in the files' order."""
        return [named for named, kind in self.kinds.items() if kind in kinds]


def gather(files: MappingOf[str, Mapping], problems: Problems) -> Declared:
    """The names that the parsed files declare. Wrong and doubled ids are noted and left out."""
    declared = Declared()
    for kind, (file, key) in FILES.items():
        top = files.get(file)
        body: Node | None = top if key is None or top is None else top.entries.get(key)
        if isinstance(body, Mapping):
            for named, node in body.entries.items():
                spot = body.keys[named]
                if check_id(named, spot, problems) and _is_new(declared, named, spot, problems):
                    declared.kinds[named], declared.bodies[named], declared.spots[named] = kind, node, spot
    pack = files.get("pack.yaml")
    declared.flags, declared.variables, declared.statistics = (_checked(pack, key, problems) for key in ("flags", "vars", "statistics"))
    declared.containers = frozenset(
        item for item in declared.of(Kind.ITEM) if isinstance(node := declared.bodies[item], Mapping) and "container" in node.entries
    )
    declared.item_states = {item: _words(declared.bodies[item], "states") for item in declared.of(Kind.ITEM)}
    for person in declared.of(Kind.PERSON):
        body = declared.bodies[person]
        declared.person_statistics[person] = _checked(body, "statistics", problems)
        declared.person_phases[person] = _checked(body, "phases", problems)
        declared.person_topics[person] = _checked(body, "topics", problems)
        declared.person_moods[person] = _words(body, "moods")
    return declared


def check_id(named: str, spot: Spot, problems: Problems) -> bool:
    """Whether the word can be an id; else it is noted."""
    if _ID.fullmatch(named) and named not in _RESERVED:
        return True
    problems.add(spot, f"{named!r} can't be an id: small letters, digits and _, a letter first, at most 40, none of {sorted(_RESERVED)}")
    return False


def _is_new(declared: Declared, named: str, spot: Spot, problems: Problems) -> bool:
    if named not in declared.kinds:
        return True
    first = declared.spots[named]
    declared.is_ambiguous = True
    problems.add(spot, f"{named!r} is already the {declared.kinds[named]} of {first.file}:{first.line}; an id names one thing in a pack")
    return False


def _checked(body: Node | None, key: str, problems: Problems) -> tuple[str, ...]:
    node = body.entries.get(key) if isinstance(body, Mapping) else None
    if not isinstance(node, Mapping):
        return ()
    return tuple(named for named in node.entries if check_id(named, node.keys[named], problems))


def _words(body: Node, key: str) -> tuple[str, ...]:
    node = body.entries.get(key) if isinstance(body, Mapping) else None
    return () if node is None else tuple(word.text for word in items(node) if isinstance(word, Scalar))
