"""Logins on the wire."""

from maratang.persistence.v1 import login_service_pb2 as pb

from services.chassis import errors
from services.persistence.logins import Login, Registration
from services.persistence.players import Session
from services.persistence.wire.fields import hash_in, text_in, time_in
from services.persistence.wire.players import player_in, player_out

_LOGIN_MOST = 64
_PASSWORD_HASH_MOST = 256


def registration_in(request: pb.KeepLoginRequest) -> Registration:
    """A login to keep."""
    return Registration(
        login=login_in(request.login),
        password_hash=text_in(request.password_hash, "passwordHash", most=_PASSWORD_HASH_MOST, required=True),
        session=Session(
            player=player_in(request.player),
            token_hash=hash_in(request.token_hash, "tokenHash"),
            expire_time=time_in(request.expire_time, "expireTime"),
        ),
    )


def login_in(login: str) -> str:
    """A login."""
    return text_in(login, "login", most=_LOGIN_MOST, required=True)


def login_out(login: Login) -> pb.StoredLogin:
    """A login as it is stored."""
    return pb.StoredLogin(player=player_out(login.player), password_hash=login.password_hash, banned=login.banned)


def taken() -> errors.Conflict:
    """The failure of a login that is not to be had."""
    return errors.Conflict("LOGIN_TAKEN", "this login is taken: choose another")
