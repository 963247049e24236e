"""Writings on the wire."""

from uuid import UUID

import orjson
from maratang.persistence.v1 import writing_service_pb2 as pb

from services.chassis import errors
from services.persistence.wire.fields import invalid, time_out, uuid_or_none
from services.persistence.wire.games import game_id_in
from services.persistence.writings import Writing, WritingKind

_PLACE_MOST = 999
_BODY_BYTES_MOST = 64 * 1024


def writing_in(request: pb.KeepWritingRequest) -> Writing:
    """The writing to keep."""
    sent = request.writing
    if sent.number < 0:
        raise invalid("writing.number", "is negative")
    if not 0 <= sent.place <= _PLACE_MOST:
        raise invalid("writing.place", f"is {sent.place}, not 0 to {_PLACE_MOST}")
    return Writing(
        game_id=game_id_in(request.game_id), kind=_kind_in(sent.kind), number=sent.number, place=sent.place, body=_body_in(sent.body)
    )


def kept(new: Writing, stored: Writing | None) -> Writing:
    """What is stored. Raises errors.NotFound(GAME_NOT_FOUND)."""
    if stored is None:
        raise errors.NotFound("GAME_NOT_FOUND", "there is no such game", metadata={"gameId": str(new.game_id)})
    return stored


def of_game_in(request: pb.ListWritingsRequest) -> tuple[UUID | None, WritingKind, int | None]:
    """Whose writings are asked for (None: of no game that can be), of which kind, and of which row (None: of all)."""
    return uuid_or_none(request.game_id), _kind_in(request.kind), request.number if request.HasField("number") else None


def writing_out(writing: Writing) -> pb.Writing:
    """A writing."""
    return pb.Writing(
        kind=pb.Writing.Kind.Value(writing.kind.value),
        number=writing.number,
        place=writing.place,
        body=writing.body.encode(),
        create_time=time_out(writing.create_time) if writing.create_time else None,
    )


def _kind_in(kind: pb.Writing.Kind.ValueType) -> WritingKind:
    try:
        return WritingKind(pb.Writing.Kind.Name(kind))
    except ValueError:
        raise invalid("kind", "is not TELLING or CHRONICLE") from None


def _body_in(body: bytes) -> str:
    if len(body) > _BODY_BYTES_MOST:
        raise invalid("writing.body", f"has {len(body)} bytes, at most {_BODY_BYTES_MOST} are allowed")
    try:
        is_object = isinstance(orjson.loads(body), dict)
    except orjson.JSONDecodeError:
        is_object = False
    if not is_object or b"\\u0000" in body:
        raise invalid("writing.body", "is no JSON object, or holds a NUL")
    return body.decode()
