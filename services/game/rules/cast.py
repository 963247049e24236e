"""The people of a scenario."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.game.rules.commands import Verb
from services.game.rules.effects import Effect
from services.game.rules.expressions import Test
from services.game.rules.nouns import Statistic, Variant
from services.game.rules.state import Status

LABELS = ("moved", "flattered", "insulted", "suspicious", "threatened", "amused", "indifferent")
"""How a person can take the player's words: the whole of what a model is asked about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase of a person: entered when `enter_when` holds, held until `leave_when` does.

    `adapter` names the LoRA adapter that speaks the person's lines in it; None: the base model with the persona.
    """

    phase_id: str
    enter_when: Test | None
    leave_when: Test | None
    adapter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where a person is from a slot of a day on (`day` None: of every day) until the next stay begins; `place` None: nowhere.

    The night is the slot after the last.
    """

    day: int | None
    slot: int
    place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something a person can be talked with about. The first of `lines` that holds is what they say."""

    topic_id: str
    when: Test | None
    once: bool
    lines: tuple[Variant, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a person does when something is done to them, by `verb`.

    Giving and showing is of an `item` (None: any), persuading and lying about a `topic` (None: any), accusing on the strength of
    at least the `clues` (empty: of any). `accepts`: they keep what is given, else they hand it
    back.
    """

    verb: Verb
    item: str | None
    topic: str | None
    clues: frozenset[str]
    when: Test | None
    accepts: bool
    text: str | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person. The first of `phases` is the one they begin in; `moods` likewise."""

    person_id: str
    start: str | None
    status: Status
    speech: str
    statistics: Mapping[str, Statistic]
    moods: tuple[str, ...]
    phases: tuple[Phase, ...]
    schedule: tuple[Stay, ...]
    topics: Mapping[str, Topic]
    reactions: tuple[Reaction, ...]
    labels: Mapping[str, tuple[Effect, ...]]
    """What it does to them when they take the player's words as a label of LABELS says."""
    knows: frozenset[str]

    def phase(self, phase_id: str) -> Phase | None:
        """The phase of that id; None where the person has no such phase."""
        return next((phase for phase in self.phases if phase.phase_id == phase_id), None)
