"""The scenario as the rules see it: compiled, checked, immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.game.rules.cast import Person
from services.game.rules.commands import Verb
from services.game.rules.expressions import Test
from services.game.rules.nouns import Door, Item, Kind, Lock, LockKind, Place, Statistic
from services.game.rules.state import number_key
from services.game.rules.story import Condition, Ending, EndingTrigger, Lore, Night, Rule
from services.game.rules.waking import Dependants, Waiting


class Undo(StrEnum):
    """Whether a player may take turns back."""

    FREE = "free"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of one locale, the standard ones included. Both are by key: `item.key.name`; aliases by `item.key`."""

    strings: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A compiled scenario. `pack_hash` is the content hash a game is pinned to (64 hex digits)."""

    scenario_id: str
    version: str
    pack_hash: str
    rating: str
    days: int
    slots_per_day: int
    evening_from: int
    """The slot with which the evening begins; `slots_per_day` + 1: there is none."""
    start: str
    sleep_when: Test | None
    statistics: Mapping[str, Statistic]
    flags: Mapping[str, bool]
    variables: Mapping[str, Statistic]
    conditions: Mapping[str, Condition]
    places: Mapping[str, Place]
    doors: Mapping[str, Door]
    items: Mapping[str, Item]
    people: Mapping[str, Person]
    locks: Mapping[str, Lock]
    clues: tuple[str, ...]
    rules: tuple[Rule, ...]
    """Rules and what clues are learnt by, the highest priority first."""
    endings: Mapping[str, Ending]
    """The highest priority first."""
    night: Night
    lore: Lore
    noise: Mapping[Verb, int]
    """How loud a verb is, where nothing else says: 0 for those that are missing."""
    hears: bool
    """Whether it matters to the pack who hears what."""
    point_of_no_return: Test | None
    """Where this holds, no way to an ending is promised any more."""
    undo: Undo
    kinds: Mapping[str, Kind]
    """Every id of the pack, and what it names."""
    texts: Mapping[str, Texts]
    """By locale: "ko" and "en"."""
    locks_on: Mapping[str, Lock] = field(init=False, compare=False)
    """The lock on a door or container, by the id of that."""
    waiting: Waiting = field(init=False, compare=False)
    """The rules that wait for events."""
    dependants: Dependants = field(init=False, compare=False)
    """What depends on a change of the state."""
    endings_on: Mapping[EndingTrigger, tuple[Ending, ...]] = field(init=False, compare=False)
    """The endings that are looked for at a time, the highest priority first."""
    sequences: Mapping[str, tuple[Lock, ...]] = field(init=False, compare=False)
    """The locks whose sequence an item is part of, by the item."""
    timed_locks: tuple[Lock, ...] = field(init=False, compare=False)
    stays: Mapping[tuple[int, int], tuple[tuple[str, str | None], ...]] = field(init=False, compare=False)
    """By day and slot: who goes where then, by their schedules."""
    neighbours: Mapping[str, tuple[str, ...]] = field(init=False, compare=False)
    """The places that a place's exits lead to, and those that lead to it."""
    day_capped: Mapping[str, int] = field(init=False, compare=False)
    """What the numbers with a `day_cap` begin with, by `number_key`."""
    text_keys: frozenset[str] = field(init=False, compare=False)
    """The keys of its texts."""

    def __post_init__(self) -> None:
        derived = {
            "locks_on": {lock.on: lock for lock in self.locks.values()},
            "waiting": Waiting(self.rules),
            "dependants": Dependants(self.rules, self.people),
            "endings_on": {each: tuple(ending for ending in self.endings.values() if ending.trigger is each) for each in EndingTrigger},
            "sequences": _sequences(self.locks),
            "timed_locks": tuple(lock for lock in self.locks.values() if lock.kind is LockKind.TIMED),
            "stays": _stays(self.people, self.days),
            "neighbours": _neighbours(self.places),
            "day_capped": _day_capped(self.statistics, self.people),
            "text_keys": frozenset(key for texts in self.texts.values() for key in texts.strings),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def has_night(self) -> bool:
        """Whether the nights are turns of their own."""
        return bool(self.night.agenda or self.night.overheard)

    def path(self, named: str) -> str:
        """The text key that a thing's own texts begin with: `item.key` for `key`. KeyError: the pack declares no such id."""
        return f"{self.kinds[named]}.{named}"

    def has_text(self, key: str) -> bool:
        """Whether the pack has the text: in every locale or in none."""
        return key in self.text_keys

    def text(self, key: str, locale: str) -> str:
        """The template of that key. KeyError: the pack has none, which the compiler does not let happen for keys it hands out."""
        return self.texts[locale].strings[key]

    def name(self, named: str, locale: str) -> str:
        """What the thing, place, person, clue … of that id is called."""
        return self.texts[locale].strings[f"{self.path(named)}.name"]

    def aliases(self, named: str, locale: str) -> tuple[str, ...]:
        """Other words for it, as a player may write them."""
        return self.texts[locale].aliases.get(self.path(named), ())

    def topic_path(self, person: str, topic: str) -> str:
        """The text key that a topic's own texts begin with (`….name`); its aliases are in `Texts.aliases` by the same key."""
        return f"{self.path(person)}.topic.{topic}"


def _sequences(locks: Mapping[str, Lock]) -> dict[str, tuple[Lock, ...]]:
    by_item: dict[str, tuple[Lock, ...]] = {}
    for lock in locks.values():
        for item in dict.fromkeys(lock.sequence):
            by_item[item] = (*by_item.get(item, ()), lock)
    return by_item


def _stays(people: Mapping[str, Person], days: int) -> dict[tuple[int, int], tuple[tuple[str, str | None], ...]]:
    by_time: dict[tuple[int, int], dict[str, str | None]] = {}
    for person in people.values():
        # A stay of one day goes before one of every day.
        for stay in sorted(person.schedule, key=lambda stay: stay.day is not None):
            for day in range(1, days + 1) if stay.day is None else (stay.day,):
                by_time.setdefault((day, stay.slot), {})[person.person_id] = stay.place
    return {time: tuple(going.items()) for time, going in by_time.items()}


def _neighbours(places: Mapping[str, Place]) -> dict[str, tuple[str, ...]]:
    ways = [(place.place_id, way.to) for place in places.values() for way in place.exits]
    both = ways + [(there, here) for here, there in ways]
    return {place: tuple(dict.fromkeys(to for here, to in both if here == place)) for place in places}


def _day_capped(statistics: Mapping[str, Statistic], people: Mapping[str, Person]) -> dict[str, int]:
    of_all = [(None, statistics), *((person.person_id, person.statistics) for person in people.values())]
    return {number_key(who, key): noun.initial for who, own in of_all for key, noun in own.items() if noun.day_cap is not None}
