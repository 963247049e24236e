"""What this machine remembers of a player: the token and the last game at each server, in a file that only its owner may read."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

_SAFE = re.compile(r"[\x21-\x7e]*")
"""A token or an id goes into a request as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Who the player is at one server and what they played last; empty: nobody, nothing."""

    token: str = ""
    game_id: str = ""


class Profile:
    """The file. One that can't be read is as good as none; one that can't be written is said by OSError."""

    def __init__(self, file: Path, url: str) -> None:
        self.file = file
        self._url = url
        self._now = self._servers().get(url, Remembered())

    @property
    def now(self) -> Remembered:
        """What is remembered of this server."""
        return self._now

    def signed_in(self, token: str) -> None:
        """Another player; their last game is none. Raises OSError."""
        self._keep(Remembered(token=token))

    def playing(self, game_id: str) -> None:
        """The player's last game; empty: none. Raises OSError."""
        if game_id != self._now.game_id:
            self._keep(replace(self._now, game_id=game_id))

    def _keep(self, remembered: Remembered) -> None:
        self._now = remembered
        servers = {**self._servers(), self._url: remembered}
        document = {"servers": {url: {"token": one.token, "game": one.game_id} for url, one in servers.items()}}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(document, out, indent=2)
        unfinished.replace(self.file)

    def _servers(self) -> dict[str, Remembered]:
        try:
            found = json.loads(self.file.read_bytes())
        except (OSError, ValueError):
            return {}
        servers = found.get("servers") if isinstance(found, dict) else None
        return {url: _remembered(one) for url, one in servers.items() if isinstance(one, Mapping)} if isinstance(servers, dict) else {}


def _remembered(found: Mapping[str, object]) -> Remembered:
    token, game_id = found.get("token"), found.get("game")
    return Remembered(token=_safe(token), game_id=_safe(game_id) if "/" not in str(game_id) else "")


def _safe(found: object) -> str:
    return found if isinstance(found, str) and _SAFE.fullmatch(found) else ""
