"""What is asked of a model, and what came of it."""

from dataclasses import dataclass
from enum import Enum

from services.llm_proxy.schema import Schema


class Policy(Enum):
    """How strictly a caller wants an adapter."""

    BASE = "base"
    LORA_PREFERRED = "lora_preferred"
    LORA_REQUIRED = "lora_required"


class ServedBy(Enum):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one server ended one text; token counts are 0 where it does not say."""

    model: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How a generation was made. Times are milliseconds from the call; `attempts` counts the servers tried."""

    served_by: ServedBy
    backend: str
    degraded: bool
    ending: Ending
    attempts: int
    first_token_ms: int
    total_ms: int
