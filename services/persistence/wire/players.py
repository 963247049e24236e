"""Players and sessions on the wire."""

from collections.abc import Callable
from uuid import UUID

from maratang.persistence.v1 import archive_service_pb2, player_data_service_pb2, player_pb2

from services.chassis import errors
from services.chassis.errors import Violation
from services.persistence.players import Player, PlayerChange, Session
from services.persistence.wire.fields import hash_in, invalid, time_in, time_out, uuid_in

DISPLAY_NAME_MAX = 40
"""Characters."""
LOCALES = ("ko", "en")
_JSON_NAMES = {field.name: field.json_name for field in player_pb2.Player.DESCRIPTOR.fields}


def player_out(player: Player) -> player_pb2.Player:
    """A player."""
    return player_pb2.Player(
        player_id=str(player.player_id),
        display_name=player.display_name,
        locale=player.locale,
        guest=player.guest,
        create_time=time_out(player.create_time),
    )


def session_out(session: Session) -> archive_service_pb2.StoredSession:
    """A session."""
    return archive_service_pb2.StoredSession(
        player=player_out(session.player), expire_time=time_out(session.expire_time), banned=session.banned
    )


def player_in(sent: player_pb2.Player) -> Player:
    """A player to store."""
    for field, check in _CHECKS.items():
        if fault := check(getattr(sent, field)):
            raise invalid(f"player.{_JSON_NAMES[field]}", fault)
    return Player(
        player_id=uuid_in(sent.player_id, "player.playerId"),
        display_name=sent.display_name,
        locale=sent.locale,
        guest=sent.guest,
        create_time=time_in(sent.create_time, "player.createTime"),
    )


def first_session_in(request: archive_service_pb2.CreatePlayerRequest) -> Session:
    """A new player's first session."""
    return Session(
        player=player_in(request.player),
        token_hash=hash_in(request.token_hash, "tokenHash"),
        expire_time=time_in(request.expire_time, "expireTime"),
    )


def change_in(request: player_data_service_pb2.UpdatePlayerRequest) -> PlayerChange:
    """What a player changes; without a mask: the changeable fields that say something (AIP-134).

    Raises errors.Invalid with every fault at once: a path that can't be changed, a value that can't be taken.
    """
    paths = list(request.update_mask.paths) or [field.name for field, _ in request.player.ListFields()]
    if paths == ["*"]:
        paths = list(_CHECKS)
    faults = [Violation(_json_name(path), "can't be changed: displayName and locale can") for path in paths if path not in _CHECKS]
    for path, check in _CHECKS.items():
        if path in paths and (fault := check(getattr(request.player, path))):
            faults.append(Violation(_JSON_NAMES[path], fault))
    if faults:
        raise errors.invalid(faults)
    return PlayerChange(**{path: getattr(request.player, path) for path in paths})


def no_player(player_id: UUID) -> errors.NotFound:
    """The failure of asking for a player that is not there."""
    return errors.NotFound("PLAYER_NOT_FOUND", "there is no such player", metadata={"playerId": str(player_id)})


def _json_name(path: str) -> str:
    """A mask's path as JSON writes it."""
    head, *words = path.split("_")
    return head + "".join(word.capitalize() for word in words)


def _display_name_fault(name: str) -> str:
    if len(name) > DISPLAY_NAME_MAX:
        return f"has {len(name)} characters, at most {DISPLAY_NAME_MAX} are allowed"
    return "" if name.isprintable() else "holds a character that can't be shown"


def _locale_fault(locale: str) -> str:
    return "" if locale in LOCALES else 'is neither "ko" nor "en"'


_CHECKS: dict[str, Callable[[str], str]] = {"display_name": _display_name_fault, "locale": _locale_fault}
"""The fields that a player may change, and what is wrong with a value; empty: nothing."""
