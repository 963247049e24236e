"""Where a game stands: everything that events have made true, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

RULES_VERSION = 1
"""Raised whenever the same pack, seed and commands could come to another state."""

PLAYER = "player"
"""As an item's `where`: carried. As a condition's bearer: the player."""
GONE = "gone"
"""As an item's `where`: no more in the game."""


class DayPhase(StrEnum):
    """The part of the day."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"
    ENDED = "ended"


class Status(StrEnum):
    """How a person is."""

    WELL = "well"
    ASLEEP = "asleep"
    MISSING = "missing"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What the game is pinned to. `turn` counts the turns taken on this path: the depth its dice are addressed by."""

    rules_version: int
    pack_hash: str
    seed: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time in the game; `day` and `slot` count from 1."""

    day: int
    slot: int
    phase: DayPhase


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """The player: the place they are in, and their statistics by key."""

    place: str
    statistics: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """An item: `where` is the id of a place, item or person, or PLAYER or GONE; `state` is empty where it has none."""

    where: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockState:
    """A lock: whether it is locked, and how many attempts have failed."""

    locked: bool
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueState:
    """A clue that was learnt: in which turn, and from whom (None: found out alone)."""

    turn: int
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonState:
    """A person: `place` is None while they are nowhere; `phase` and `mood` are empty where the pack declares none."""

    place: str | None
    status: Status
    phase: str
    mood: str
    statistics: Mapping[str, int]
    knows: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The whole state of a game. Every mapping holds exactly the keys that the pack declares, `clues` and `conditions` aside."""

    meta: Meta
    clock: Clock
    player: Player
    items: Mapping[str, ItemState]
    locks: Mapping[str, LockState]
    people: Mapping[str, PersonState]
    flags: Mapping[str, bool]
    variables: Mapping[str, int]
    clues: Mapping[str, ClueState] = field(default_factory=dict)
    """The clues learnt, by id."""
    conditions: Mapping[str, int] = field(default_factory=dict)
    """`condition_key(bearer, condition)` to the turn it ends with; 0: until something ends it."""
    opened: frozenset[str] = frozenset()
    """The doors and containers that stand open."""
    found: frozenset[str] = frozenset()
    """The hidden items that have come to light."""
    examined: frozenset[str] = frozenset()
    """Ids of what was examined, and `id@state` for each state it was examined in."""
    searched: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    visited: frozenset[str] = frozenset()
    talked: frozenset[str] = frozenset()
    """`topic_key(person, topic)` of what was talked about; a person's id for a talk about nothing in particular."""
    fired: frozenset[str] = frozenset()
    """The rules that fire once and have."""
    ending: str | None = None


def condition_key(bearer: str, condition: str) -> str:
    """The key in `State.conditions` of a condition that the player (PLAYER) or a person is under."""
    return f"{bearer}:{condition}"


def topic_key(person: str, topic: str) -> str:
    """The key in `State.talked` of a topic talked about with a person."""
    return f"{person}:{topic}"
