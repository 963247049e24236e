"""Bans on the wire."""

from collections.abc import Sequence
from datetime import timedelta

from maratang.persistence.v1 import admin_service_pb2, archive_service_pb2

from services.chassis import errors
from services.persistence.audit import Deed
from services.persistence.players import Ban
from services.persistence.wire.audit import reason_in
from services.persistence.wire.fields import invalid, request_id_in, uuid_in

_LEAST, _MOST = timedelta(seconds=1), timedelta(days=7)


def ban_in(request: admin_service_pb2.BanPlayerRequest, operator: str) -> tuple[Ban, Deed]:
    """Who is to be banned or not, and the deed."""
    ban = Ban(player_id=uuid_in(request.player_id, "playerId"), banned=request.banned)
    deed = Deed(
        actor=operator,
        method="BanPlayer",
        subject=request.player_id,
        reason=reason_in(request.reason),
        after={"banned": request.banned},
        request_id=request_id_in(request.request_id),
    )
    return ban, deed


def within_in(request: archive_service_pb2.ListBanChangesRequest) -> timedelta:
    """How long ago bans may have changed."""
    within: timedelta = request.within.ToTimedelta()
    if not _LEAST <= within <= _MOST:
        raise invalid("within", "is not from 1 second to 7 days")
    return within


def changes_out(changed: Sequence[Ban]) -> archive_service_pb2.ListBanChangesResponse:
    """Whose bans changed."""
    return archive_service_pb2.ListBanChangesResponse(
        changes=[archive_service_pb2.BanChange(player_id=str(one.player_id), banned=one.banned) for one in changed]
    )


def banned() -> errors.Denied:
    """The failure of whoever is banned."""
    return errors.Denied("PLAYER_BANNED", "this player is banned: ask the operator")
