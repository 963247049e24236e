"""What a proof comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.game.packs.prover.search import Move


class Code(StrEnum):
    """The kinds of finding. Those that make a pack unfit come first."""

    UNREACHABLE = "unreachable"
    """Something that nobody can ever reach, and why."""
    CONTRADICTION = "contradiction"
    """A condition that rules itself out."""
    CIRCLE = "circle"
    """Things that each need the other first."""
    TOO_LATE = "too-late"
    """What can be reached only after time has run out."""
    STUCK = "stuck"
    """A moment in which nothing can be done."""
    DEAD_END = "dead-end"
    """A moment from which no ending but running out of time can be reached."""
    FLATTERY = "victory-by-flattery"
    """A victory that a model's labels alone can give."""
    NOT_EARNED = "not-earned"
    """An ending marked `earned` that needs a model's labels."""
    NO_VICTORY = "no-victory"
    """A pack without any victory."""
    LEAK = "leak"
    """A text that says too early what is to be found out."""
    UNDECIDED = "undecided"
    """What was neither reached nor proved to be out of reach."""
    TIGHT = "tight"
    """A game that leaves little time to win it. A warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found. `witness` leads to it, where it is a moment.

    `about` is an id of the pack, a text as `text/en.yaml:item.key.name`, or empty.
    """

    code: Code
    is_error: bool
    about: str
    message: str
    witness: tuple[Move, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The proof. `witnesses` has for each thing reached, as (kind, id), moves that the rules replay to it.

    `par` is the shortest victory known, in slots, `limit` what there are. `is_whole`: every state was looked at. `dead_end_states`
    counts those that were looked at for dead ends.
    """

    findings: tuple[Finding, ...]
    witnesses: Mapping[tuple[str, str], tuple[Move, ...]]
    undecided: tuple[tuple[str, str], ...]
    par: int | None
    limit: int
    states: int
    steps: int
    dead_end_states: int
    is_whole: bool
    seconds: float

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that makes the pack unfit."""
        return not any(finding.is_error for finding in self.findings)
