"""What the API speaks of, as far as this client shows it. The fields mean what the contract's messages of these names say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Command: TypeAlias = Mapping[str, object]
"""What a suggestion stands for; it goes back as it came."""
Asked: TypeAlias = str | Command
"""What a player does: in words, or by a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text; `speaker` is the personId of who says it."""

    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that can be done now."""

    label: str
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A way out."""

    name: str
    open: bool
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the player is."""

    name: str
    description: str
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing; `state` is empty where it has none."""

    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person; `mood` is empty where none shows."""

    person_id: str
    name: str
    mood: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A number that the scenario keeps on the player."""

    name: str
    value: int
    max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that the player is under."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the player may see."""

    day: int
    days: int
    slot: int
    slots: int
    phase: str
    place: Place
    items: tuple[Item, ...]
    people: tuple[Person, ...]
    inventory: tuple[Item, ...]
    statistics: tuple[Statistic, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a game came out."""

    title: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A turn as a story. `model` is empty where the scenario's own words tell it."""

    text: str
    lines: tuple[Line, ...]
    told_by: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One row of a game's log."""

    turn: int
    lines: tuple[Line, ...]
    telling: Telling | None
    view: View | None
    ending: Ending | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One player's run through one scenario. Lists leave `opening` and `view` out."""

    game_id: str
    scenario_id: str
    turn: int
    status: str
    locale: str
    opening: Turn | None
    view: View | None
    ending: Ending | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioWords:
    """A scenario's words in one language."""

    locale: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario one can play."""

    scenario_id: str
    rating: str
    words: tuple[ScenarioWords, ...]
    days: int
    slots_per_day: int
    endings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A place that the player knows of."""

    name: str
    visited: bool
    here: bool
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """Something that the player has learnt."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The action is stored."""

    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What the rules decided."""

    lines: tuple[Line, ...]
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A piece of the telling."""

    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The telling starts anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarify:
    """A question back; no turn was spent."""

    question: str
    choices: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It can't be done; no turn was spent."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The whole turn; the last event."""

    turn: Turn


TurnEvent: TypeAlias = Accepted | Resolved | Delta | Reset | Clarify | Refused | Done
