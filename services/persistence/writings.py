"""What is written of games beside their logs, as it is kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

WRITINGS_MOST = 5000
"""How many of a kind are listed at most."""


class WritingKind(StrEnum):
    """What can be written: a further telling of a turn, or a paragraph of a chronicle."""

    TELLING = "TELLING"
    CHRONICLE = "CHRONICLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Something written of a row; the fields are named as the columns are. `create_time` None: it is not stored yet."""

    game_id: UUID
    kind: WritingKind
    number: int
    place: int
    body: str
    create_time: datetime | None = None
