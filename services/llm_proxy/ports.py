"""What the proxy needs of a model server, and of whoever keeps what an operator set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.llm_proxy.generation import Ask, Ending, Message
from services.llm_proxy.routing import Models


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One attempt: an ask, made out to a model; `is_adapter` asks for proof that the model answered."""

    ask: Ask
    model: str
    is_adapter: bool
    messages: tuple[Message, ...]
    continues: bool
    """Whether the last message is the model's own, to go on from."""
    max_tokens: int
    first_token_seconds: float
    between_tokens_seconds: float


class Listener(Protocol):
    """Who hears a text while it comes."""

    def hear(self, text: str) -> None:
        """A piece of it."""

    def first_token(self, seconds: float) -> None:
        """The first token came, so long after the request."""

    def next_token(self, seconds: float) -> None:
        """A next token came, so long after the one before."""


class ModelServer(Protocol):
    """One model server."""

    async def models(self) -> Models:
        """What it serves. Raises faults.Fault."""
        ...

    async def waiting(self) -> int | None:
        """How many requests wait inside it; None: it does not say. Raises faults.Fault."""
        ...

    async def complete(self, order: Order, listener: Listener) -> Ending:
        """Generates a text and has each piece heard as it comes. Cancelling it closes the connection. Raises faults.Fault."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The URLs of a role as an operator set them."""

    role: str
    urls: tuple[str, ...]
    environment: tuple[str, ...]
    """The URLs that the environment gave when they were set."""
    revision: int
    """Grows with each change, over all roles."""
    reason: str = ""


class Settings(Protocol):
    """Keeps what operators set."""

    async def all(self) -> Sequence[Setting]:
        """What is set, at most one of each role. Raises errors.Failure."""
        ...

    async def put(self, setting: Setting, *, request_id: str) -> Setting:
        """Stores a setting and audits it: the setting with its revision. The same request id again is one change. Raises errors.Failure."""
        ...
