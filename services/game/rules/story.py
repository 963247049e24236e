"""The rules, conditions, nights and endings of a scenario."""

from dataclasses import dataclass
from enum import StrEnum

from services.game.rules.commands import Verb
from services.game.rules.effects import Effect
from services.game.rules.events import Event, EventKind
from services.game.rules.expressions import Test


class EndingKind(StrEnum):
    """How a game can come out."""

    VICTORY = "victory"
    FAILURE = "failure"
    SECRET = "secret"  # noqa: S105 (an ending that few find, no password)


class EndingTrigger(StrEnum):
    """When an ending is looked for: after what the player did, when a slot passes, at a day's end, when time has run out."""

    ACTION = "action"
    TICK = "tick"
    NIGHT = "night"
    TIME = "time"


NOBODY = ""
"""As a trigger's subject: the event has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A pattern of events: a field that is None fits anything; a subject that is NOBODY fits what has none, and so is the player's."""

    kind: EventKind
    subject: str | None = None
    object: str | None = None
    place: str | None = None
    value: str | int | None = None

    def fits(self, event: Event) -> bool:
        """Whether the event, which is of the kind, is equal in every field that the trigger names."""
        return (
            (self.object is None or self.object == event.object)
            and (self.subject is None or self.subject == (event.subject or NOBODY))
            and (self.place is None or self.place == event.place)
            and (self.value is None or self.value == event.value)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """On any of the events, when the test holds, the effects happen. Without `on` it is looked at when a turn's own events are done."""

    rule_id: str
    on: tuple[Trigger, ...]
    when: Test | None
    effects: tuple[Effect, ...]
    once: bool
    priority: int


class Stacking(StrEnum):
    """What a condition does that someone comes under who is under it already.

    `refresh`: it lasts as long as the new one; `extend`: longer by the new one; `keep`: as it was; `count`: as long as the new one,
    and once stronger.
    """

    REFRESH = "refresh"
    EXTEND = "extend"
    KEEP = "keep"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something the player or a person can be under: the verbs it keeps them from, and how long it lasts unless said (0: until ended).

    `most` bounds its strength. `each_turn` happens at the end of every turn under it.
    """

    condition_id: str
    blocks: frozenset[Verb]
    turns: int
    shown: bool
    stacks: Stacking
    most: int
    each_turn: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaEntry:
    """What may happen by night: `who` (None: nobody in particular) goes to `at` (None: stays) and the effects happen."""

    entry_id: str
    who: str | None
    at: str | None
    when: Test | None
    priority: int
    once: bool
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard:
    """What can be overheard in one of the places, by who listens at it or hides in it."""

    entry_id: str
    at: tuple[str, ...]
    when: Test | None
    once: bool
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What happens by night, the highest priority first, and what can be overheard by day or night."""

    agenda: tuple[AgendaEntry, ...]
    overheard: tuple[Overheard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoreEntry:
    """Background that a teller may be given while the test holds, in the place (None: anywhere)."""

    entry_id: str
    when: Test | None
    place: str | None
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lore:
    """The background of a pack, the highest priority first; at most `budget` characters of it go into one prompt."""

    budget: int
    entries: tuple[LoreEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A way the game comes out. `earned`: no answer of a model can keep it from the player, nor give it to them."""

    ending_id: str
    kind: EndingKind
    trigger: EndingTrigger | None
    when: Test | None
    priority: int
    earned: bool
