"""How a turn came about: what was asked of models for it. Kept beside its row, and never part of what is compared."""

from dataclasses import dataclass, field
from enum import StrEnum

from services.game.stored import Plain
from services.game.telling.answers import Check, ToldBy
from services.game.telling.plain import from_plain, to_plain


class Purpose(StrEnum):
    """What a model is asked for."""

    TELLING = "TELLING"
    JUDGEMENT = "JUDGEMENT"
    CHOICE = "CHOICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call of a model that came to its end, under llm_proxy's own id; those that did not it reports itself. Tokens: 0 is not known."""

    call_id: str
    purpose: Purpose
    backend: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    first_token_ms: int
    duration_ms: int
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a person took the player's words; `label` None: there was no answer in time."""

    person_id: str
    labels: tuple[str, ...]
    label: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A telling, its text aside. One that was not kept was shown in part and taken back."""

    told_by: ToldBy
    model: str
    checks: tuple[Check, ...]
    kept: bool
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The trace of one turn, in the order in which things were done."""

    calls: tuple[Called, ...] = ()
    judgements: tuple[Judged, ...] = ()
    tellings: tuple[Told, ...] = ()

    @classmethod
    def of(cls, plain: Plain) -> "Trace":
        """The trace that a row carries."""
        return from_plain(cls, plain)


@dataclass(slots=True, kw_only=True)
class Tracing:
    """Gathers a trace while a worker is at it."""

    calls: list[Called] = field(default_factory=list)
    judgements: list[Judged] = field(default_factory=list)
    tellings: list[Told] = field(default_factory=list)

    def after(self, plain: Plain) -> Plain:
        """What was gathered, behind what a row carries already, as the row carries it."""
        before = Trace.of(plain)
        return to_plain(
            Trace(
                calls=(*before.calls, *self.calls),
                judgements=(*before.judgements, *self.judgements),
                tellings=(*before.tellings, *self.tellings),
            )
        )
