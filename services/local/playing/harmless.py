"""The client of a terminal: what a terminal would obey instead of showing it is left out of all texts."""

import re
from collections.abc import Generator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from maratang_client import Client
from maratang_client.calls import Call
from maratang_client.shapes import Command

T = TypeVar("T")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class HarmlessClient(Client):
    """A client whose answers can be shown in a terminal as they are."""

    def answer(self, call: Call[T]) -> T:
        """As Client has it."""
        return harmless(super().answer(call))

    def events(self, call: Call[T]) -> Generator[T]:
        """As Client has it."""
        for event in super().events(call):
            yield harmless(event)


def harmless(shape: T) -> T:
    """A shape whose texts have no control characters but line breaks and tabs. A command, which is never shown, goes back as it came."""
    return cast("T", _harmless(shape))


def _harmless(shape: object) -> object:
    if type(shape) is str:
        return _CONTROL.sub("", shape)
    if isinstance(shape, tuple):
        return tuple(map(_harmless, shape))
    if is_dataclass(shape) and not isinstance(shape, type | Command):
        return replace(shape, **{field.name: _harmless(getattr(shape, field.name)) for field in fields(shape)})
    return shape
