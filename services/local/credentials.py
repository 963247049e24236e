"""The passwords between the parts: made once, kept where only their owner may read."""

import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from services.chassis.config import Secret
from services.local.parts import PartError
from services.local.postgres import APP_ROLE, READ_ROLE

_NAMES = ("service", "postgres", "valkey")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the parts let each other in with."""

    service: Secret
    postgres: Secret
    """Of the database's owner."""
    valkey: Secret

    @property
    def postgres_app(self) -> Secret:
        """Of the database's role for the persistence service: follows from its owner's, and not the reverse."""
        return _derived(self.postgres, APP_ROLE)

    @property
    def postgres_read(self) -> Secret:
        """Of the database's role for those who only read."""
        return _derived(self.postgres, READ_ROLE)


def credentials(file: Path) -> Credentials:
    """What is kept in `file`, which is made, with mode 0600, when it is not there. Raises PartError when it is damaged."""
    if not file.exists():
        _write(file, {name: secrets.token_urlsafe(32) for name in _NAMES})
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Credentials(**{name: Secret(kept[name]) for name in _NAMES})
    except (ValueError, KeyError, TypeError):
        raise PartError(
            f"{file} is damaged. The databases beside it can't be opened without it: restore it, or begin anew elsewhere"
        ) from None


def _derived(secret: Secret, name: str) -> Secret:
    return Secret(hmac.digest(secret.reveal().encode(), name.encode(), "sha256").hex())


def _write(file: Path, kept: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(kept, out)
    unfinished.rename(file)
