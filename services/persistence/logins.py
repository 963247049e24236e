"""Logins: what players who are no guests sign in with."""

from dataclasses import dataclass, field

from services.persistence.players import Player, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login, in its one spelling, whose it is, and its password's hash as argon2 writes it."""

    login: str
    player: Player
    password_hash: str = field(repr=False)
    banned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A login that is to be kept, with a session of its player's."""

    login: str
    password_hash: str = field(repr=False)
    session: Session


class LoginTaken(Exception):  # noqa: N818  it reads as what it says
    """The login is another player's, or the player has a login."""
