"""How turns came about: what was asked of models for them, and what was told. The fields are named as the columns are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One telling of a turn, the text itself aside; `checks` is JSON, [{"name", "passed"}]. The kept one is the turn's own."""

    game_id: UUID
    number: int
    attempt: int
    told_by: str
    model: str | None
    checks: str
    kept: bool
    duration_ms: int
    create_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How somebody took the player's words: of `labels` (JSON, an array of texts) one, or none in time."""

    game_id: UUID
    number: int
    attempt: int
    person_id: str
    labels: str
    label: str | None
    duration_ms: int
    create_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """A call of a model. `game_id` and `number` are None where it came to no turn."""

    call_id: UUID
    game_id: UUID | None
    number: int | None
    purpose: str
    backend: str | None
    model: str | None
    outcome: str
    prompt_tokens: int
    completion_tokens: int
    first_token_ms: int | None
    duration_ms: int
    create_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """The traces of some turns."""

    tellings: tuple[Telling, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    model_calls: tuple[ModelCall, ...] = ()
