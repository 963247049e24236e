"""What the proxy needs of a model server."""

from collections.abc import Callable
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


class ModelServer(Protocol):
    """One model server."""

    async def models(self) -> Models:
        """What it serves. Raises faults.Fault."""
        ...

    async def complete(self, order: Order, hear: Callable[[str], None]) -> Ending:
        """Generates a text and has each piece heard as it comes. Cancelling it closes the connection. Raises faults.Fault."""
        ...
