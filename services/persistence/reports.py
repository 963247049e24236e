"""Texts that players flag."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A flagged text: of which turn, what is wrong with it, and in the player's words what."""

    report_id: UUID
    game_id: UUID
    number: int
    reason: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """A report that nobody has dealt with. `text` is what was told; None: it is not stored any more."""

    report: Report
    text: str | None
    create_time: datetime
