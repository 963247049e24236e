"""What a player is shown: the contract's answers as the game itself speaks of them."""

from dataclasses import dataclass
from enum import StrEnum

from services.game.rules.commands import Command
from services.game.rules.events import EventKind
from services.game.rules.state import DayPhase, Status
from services.game.rules.story import EndingKind


class ToldBy(StrEnum):
    """Who worded a telling: an adapter, the base model, or the pack's own template."""

    LORA = "lora"
    BASE = "base"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text; `speaker` is the id of the person who says it, None for narration."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleEvent:
    """An event as far as the player may know it; the fields mean what the contract's `Event` says, by kind."""

    kind: EventKind
    subject: str | None = None
    object: str | None = None
    place: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A way out: the place it leads to, whether one can go through now, whether it is locked."""

    place_id: str
    name: str
    open: bool
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the player is, as it looks now, with the ways out that can be seen."""

    place_id: str
    name: str
    description: str
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing that can be seen; `state` is empty where it has none."""

    item_id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who can be seen; `mood` is empty where none shows."""

    person_id: str
    name: str
    status: Status
    mood: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A number the scenario shows of the player."""

    key: str
    name: str
    value: int
    max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something the player is under; `until` is the number of the turn it ends with, 0: until something ends it."""

    name: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the player may see at the number `turn` of the game; `day` and `slot` count from 1."""

    turn: int
    day: int
    days: int
    slot: int
    slots: int
    phase: DayPhase
    place: Place
    items: tuple[Item, ...]
    people: tuple[Person, ...]
    inventory: tuple[Item, ...]
    statistics: tuple[Statistic, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a game came out; the title is in the game's language."""

    ending_id: str
    title: str
    kind: EndingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that can be done now: what to write on the button, and what it stands for."""

    label: str
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarify:
    """A question back to the player, with the readings to choose from."""

    question: str
    choices: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule a told text was held against: "language", "control", "length" or "secrets"."""

    name: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A turn as a story. `text` is what was shown, exactly; `model` is empty for a template."""

    text: str
    lines: tuple[Line, ...]
    told_by: ToldBy
    model: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A place the player has been to or has seen the way to; `exits` as far as they are known."""

    place_id: str
    name: str
    visited: bool
    here: bool
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """Something the player has learnt; `learnt_turn` counts the turns taken on this path, as `State.meta.turn` does."""

    clue_id: str
    title: str
    text: str
    learnt_turn: int
    person_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """Somebody the player has met, as they know them; `place_id` is None while nobody can say where they are."""

    person_id: str
    name: str
    description: str
    status: Status
    mood: str
    place_id: str | None
