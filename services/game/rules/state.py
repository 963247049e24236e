"""Where a game stands: everything that events have made true, and nothing else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

RULES_VERSION = 2
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


# Named tuples, not dataclasses: a turn makes a dozen of them, and `_replace` copies one in a sixth of the time of `dataclasses.replace`.


class Meta(NamedTuple):
    """What the game is pinned to. `turn` counts the turns taken on this path: the depth its dice are addressed by."""

    rules_version: int
    pack_hash: str
    seed: str
    turn: int


class Clock(NamedTuple):
    """The time in the game; `day` and `slot` count from 1. At night the slot is the day's last."""

    day: int
    slot: int
    phase: DayPhase


class Player(NamedTuple):
    """The player: the place they are in, their statistics by key, and the place or item they hide in (empty: they don't)."""

    place: str
    statistics: Mapping[str, int]
    hidden: str


class ItemState(NamedTuple):
    """An item: `where` is the id of a place, item or person, or PLAYER or GONE; `state` is empty where it has none."""

    where: str
    state: str


class LockState(NamedTuple):
    """A lock: whether it is locked, how many attempts have failed, how many items of its sequence were used rightly."""

    locked: bool
    failures: int
    progress: int


class ClueState(NamedTuple):
    """A clue that was learnt: in which turn, and from whom (None: found out alone)."""

    turn: int
    source: str | None


class ConditionState(NamedTuple):
    """A condition someone is under: the turn it ends with (0: until something ends it), and how often it is upon them."""

    until: int
    strength: int


class PersonState(NamedTuple):
    """A person: `place` is None while they are nowhere; `phase` and `mood` are empty where the pack declares none.

    `noticed` counts the noises of the player that they noticed since morning.
    """

    place: str | None
    status: Status
    phase: str
    mood: str
    statistics: Mapping[str, int]
    knows: frozenset[str]
    noticed: int


class State(NamedTuple):
    """The whole state of a game. Every mapping holds exactly the keys that the pack declares, `clues`, `conditions` and `due` aside.

    The order of a mapping or set means nothing, and is another once the state was stored: who goes through one, goes by the pack's order
    or sorts it.
    """

    meta: Meta
    clock: Clock
    player: Player
    items: Mapping[str, ItemState]
    locks: Mapping[str, LockState]
    people: Mapping[str, PersonState]
    flags: Mapping[str, bool]
    variables: Mapping[str, int]
    dawn: Mapping[str, int]
    """What the numbers that have a `day_cap` were in the morning, by `number_key`."""
    clues: Mapping[str, ClueState]
    """The clues learnt, by id."""
    conditions: Mapping[str, ConditionState]
    """By `condition_key(bearer, condition)`."""
    due: Mapping[str, int]
    """The rules that are scheduled, and for when: slots since the game began."""
    opened: frozenset[str]
    """The doors and containers that stand open."""
    found: frozenset[str]
    """The hidden items that have come to light."""
    examined: frozenset[str]
    """Ids of what was examined, and `id@state` for each state it was examined in."""
    searched: frozenset[str]
    read: frozenset[str]
    visited: frozenset[str]
    talked: frozenset[str]
    """`topic_key(person, topic)` of what was talked about; a person's id for a talk about nothing in particular."""
    fired: frozenset[str]
    """The rules, and what happens by night or is overheard, that have fired."""
    ending: str | None


def number_key(person: str | None, statistic: str) -> str:
    """The key in `State.dawn` of a statistic of the player (None) or a person."""
    return f"{person or PLAYER}:{statistic}"


def condition_key(bearer: str, condition: str) -> str:
    """The key in `State.conditions` of a condition that the player (PLAYER) or a person is under."""
    return f"{bearer}:{condition}"


def topic_key(person: str, topic: str) -> str:
    """The key in `State.talked` of a topic talked about with a person."""
    return f"{person}:{topic}"
