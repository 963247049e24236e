"""What was done to what is kept, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Plain = Mapping[str, Any]  # Any: a JSON object's values


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that was done, by `actor`, to `subject`: its method is the RPC's name. None: there is nothing to say."""

    actor: str
    method: str
    subject: str
    reason: str | None = None
    before: Plain | None = None
    after: Plain | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A deed as the audit keeps it; a later one has a higher `audit_id`."""

    audit_id: int
    create_time: datetime
    deed: Deed
