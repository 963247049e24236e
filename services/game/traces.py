"""How a turn came about: what was asked of models for it. Kept beside its row, and never part of what is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from services.game.stored import Plain
from services.game.telling.answers import Check, ToldBy
from services.game.telling.plain import to_plain


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


@dataclass(slots=True, kw_only=True)
class Tracing:
    """Gathers the trace of one turn while a worker is at it, each kind of deed in the order in which it was done."""

    calls: list[Called] = field(default_factory=list)
    judgements: list[Judged] = field(default_factory=list)
    tellings: list[Told] = field(default_factory=list)

    def after(self, plain: Plain) -> Plain:
        """What was gathered, behind what a row carries already, as the row carries it."""
        gathered: Mapping[str, Sequence[object]] = {"calls": self.calls, "judgements": self.judgements, "tellings": self.tellings}
        return plain | {name: [*plain.get(name, ()), *map(to_plain, made)] for name, made in gathered.items() if made}
