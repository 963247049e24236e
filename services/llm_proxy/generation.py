"""What is asked of a model, and what came of it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from uuid import UUID

from services.llm_proxy.schema import Schema


class Policy(StrEnum):
    """How strictly a caller wants an adapter."""

    BASE = "base"
    LORA_PREFERRED = "lora_preferred"
    LORA_REQUIRED = "lora_required"


class Priority(IntEnum):
    """How urgent a text is, the most urgent first."""

    TELLING = 0
    NIGHT = 1
    BACKGROUND = 2


class Purpose(StrEnum):
    """What a text is for."""

    TELLING = "telling"
    JUDGEMENT = "judgement"
    CHOICE = "choice"


class ServedBy(StrEnum):
    """Which kind of model served."""

    BASE = "base"
    LORA = "lora"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which model is asked; `adapter` is empty for BASE."""

    policy: Policy
    adapter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one side of the conversation says; `role` is "system", "user" or "assistant"."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a caller asks, whichever server answers."""

    request_id: str
    route: Route
    messages: tuple[Message, ...]
    fallback_messages: tuple[Message, ...]
    """What the base model gets where LORA_PREFERRED falls back to it."""
    max_tokens: int
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    schema: Schema | None = None
    seed: int | None = None
    continue_last_message: bool = False
    purpose: Purpose = Purpose.TELLING
    priority: Priority = Priority.TELLING
    conversation_id: str = ""
    continue_interrupted: bool = False
    """Whether a text that breaks off after it has been handed on may be gone on with by another server of the same model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one server ended one text; token counts are 0 where it does not say."""

    model: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How a generation was made. Times are milliseconds from the call; `attempts` counts how often a server was tried."""

    call_id: UUID
    served_by: ServedBy
    backend: str
    degraded: bool
    ending: Ending
    attempts: int
    continued: bool
    """Whether it broke off and was gone on with."""
    first_token_ms: int
    total_ms: int
