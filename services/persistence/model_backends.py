"""Where operators have pointed the roles of model servers."""

from dataclasses import dataclass
from datetime import datetime

from services.persistence.audit import Plain

ROLES = ("base", "lora")
URLS_MOST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBackend:
    """A role's URLs; `environment_urls` are those that the environment named when they were set. `revision` grows over all roles."""

    name: str
    urls: tuple[str, ...]
    environment_urls: tuple[str, ...]
    revision: int
    reason: str | None
    update_time: datetime

    @property
    def plain(self) -> Plain:
        """What the audit says of it."""
        return {"urls": list(self.urls)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointing:
    """What is to be set, by whom and why."""

    name: str
    urls: tuple[str, ...]
    environment_urls: tuple[str, ...]
    actor: str
    reason: str | None
    request_id: str | None
