"""Erasures on the wire."""

from collections.abc import Sequence
from uuid import UUID

from maratang.persistence.v1 import admin_service_pb2
from maratang.persistence.v1 import archive_service_pb2 as pb

from services.persistence.audit import Deed
from services.persistence.erasing import Erasure
from services.persistence.wire.audit import reason_in
from services.persistence.wire.fields import invalid, page_size_in, request_id_in, time_out, uuid_in
from services.persistence.wire.games import game_id_in

_DEFAULT, _MOST = 200, 1000
_NOBODY = ""
"""The adapter says in the audit what was erased: its id is not to be there."""


def game_in(request: pb.EraseGameRequest) -> tuple[UUID, UUID, int | None, Deed]:
    """Whose game, which, the number it has live, and the deed. Raises errors.NotFound(GAME_NOT_FOUND) for what is no game's id."""
    request_id_in(request.request_id)
    number = request.live_number if request.HasField("live_number") else None
    return (
        uuid_in(request.player_id, "playerId"),
        game_id_in(request.game_id),
        number,
        Deed(actor="player", method="EraseGame", subject=_NOBODY),
    )


def player_in(request: pb.EraseStoredPlayerRequest) -> tuple[UUID, Deed]:
    """Which player, and the deed."""
    request_id_in(request.request_id)
    return uuid_in(request.player_id, "playerId"), Deed(actor="player", method="ErasePlayer", subject=_NOBODY)


def by_operator_in(request: admin_service_pb2.ErasePlayerRequest, operator: str) -> tuple[UUID, Deed]:
    """Which player, and the deed."""
    deed = Deed(
        actor=operator,
        method="ErasePlayer",
        subject=_NOBODY,
        reason=reason_in(request.reason),
        request_id=request_id_in(request.request_id),
    )
    return uuid_in(request.player_id, "playerId"), deed


def pending_in(request: pb.ListErasuresRequest) -> int:
    """How many to list."""
    return page_size_in(request.page_size, default=_DEFAULT, most=_MOST)


def pending_out(found: Sequence[Erasure]) -> pb.ListErasuresResponse:
    """What is to be done."""
    return pb.ListErasuresResponse(
        erasures=[
            pb.Erasure(
                subject_id=str(one.subject_id),
                kind=pb.Erasure.Kind.Value(one.kind.value),
                create_time=time_out(one.create_time),
                number=one.number or 0,
            )
            for one in found
        ]
    )


def finished_in(request: pb.FinishErasuresRequest) -> list[UUID]:
    """What is done."""
    if len(request.subject_ids) > _MOST:
        raise invalid("subjectIds", f"has {len(request.subject_ids)} ids, at most {_MOST} are allowed")
    return [uuid_in(one, "subjectIds") for one in request.subject_ids]
