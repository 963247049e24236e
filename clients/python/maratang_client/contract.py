"""What the generated shapes are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self, TypeAlias

Json: TypeAlias = Mapping[str, object]
"""What a JSON object holds."""
NEVER = datetime.fromtimestamp(0, UTC)
"""A time that was not said."""


class OpenEnum(StrEnum):
    """A closed set of today's contract: a value that a newer server sends is kept as it is, and is equal to its text."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        made = str.__new__(cls, value)
        made._name_ = made._value_ = value
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An answer that is a document of its own: its media type and its bytes."""

    content_type: str
    data: bytes

    @property
    def text(self) -> str:
        """The document as text; all that the server sends is UTF-8."""
        return self.data.decode(errors="replace")
