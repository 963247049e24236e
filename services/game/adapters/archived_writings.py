"""What is written of games beside their logs, through the persistence service."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson
from maratang.persistence.v1 import writing_service_pb2 as pb

from services.game.stored import Plain

if TYPE_CHECKING:  # the asyncio stub is a type only: at run time one class serves both
    from maratang.persistence.v1.writing_service_pb2_grpc import WritingServiceAsyncStub


class WritingKind(StrEnum):
    """What can be written: a further telling of a turn, or a paragraph of a chronicle."""

    TELLING = "TELLING"
    CHRONICLE = "CHRONICLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Something written of a row, in its place among those of the row."""

    number: int
    place: int
    body: Plain


class ArchivedWritings:
    """Every method may raise Unavailable (DATABASE_UNAVAILABLE or SERVICE_UNAVAILABLE) or OutOfTime."""

    def __init__(self, stub: "WritingServiceAsyncStub") -> None:
        self._stub = stub

    async def keep(self, game_id: str, kind: WritingKind, number: int, place: int, body: Plain) -> Writing:
        """What is kept in that place: this, or what was there before. Raises NotFound(GAME_NOT_FOUND)."""
        sent = pb.Writing(kind=_wire(kind), number=number, place=place, body=orjson.dumps(body))
        return _writing(await self._stub.KeepWriting(pb.KeepWritingRequest(game_id=game_id, writing=sent)))

    async def of_row(self, game_id: str, kind: WritingKind, number: int) -> list[Writing]:
        """What is written of a row, by place."""
        found = await self._stub.ListWritings(pb.ListWritingsRequest(game_id=game_id, kind=_wire(kind), number=number))
        return [_writing(one) for one in found.writings]

    async def newest(self, game_id: str, kind: WritingKind) -> Mapping[int, Plain]:
        """What was last written of each row of a game of which anything is."""
        found = await self._stub.ListWritings(pb.ListWritingsRequest(game_id=game_id, kind=_wire(kind)))
        return {one.number: orjson.loads(one.body) for one in found.writings}


def _wire(kind: WritingKind) -> pb.Writing.Kind.ValueType:
    return pb.Writing.Kind.Value(kind.value)


def _writing(stored: pb.Writing) -> Writing:
    return Writing(number=stored.number, place=stored.place, body=orjson.loads(stored.body))
