"""Players and their sessions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A person who plays. `display_name` has at most 40 characters and may be empty; `locale` is "ko" or "en"."""

    player_id: UUID
    display_name: str
    locale: str
    guest: bool
    create_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in session: whose, by its token's SHA-256 (32 bytes), and until when."""

    player: Player
    token_hash: bytes
    expire_time: datetime
    banned: bool = False
    """Whether the player is banned: then it is good for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """Whether a player is banned."""

    player_id: UUID
    banned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerChange:
    """What a player changes of themselves; None: leave it."""

    display_name: str | None = None
    locale: str | None = None
