"""The RPCs of writings: parse, call, render."""

from typing import Any, TypeAlias

import grpc
from maratang.persistence.v1 import writing_service_pb2 as pb
from maratang.persistence.v1.writing_service_pb2_grpc import WritingServiceServicer

from services.chassis.context import note
from services.persistence.adapters.postgres_writings import PostgresWritings
from services.persistence.wire import writings as wire

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # Any: no RPC here looks at it


class Writings(WritingServiceServicer):
    """Further tellings of turns, and chronicles."""

    def __init__(self, writings: PostgresWritings) -> None:
        self._writings = writings

    async def KeepWriting(self, request: pb.KeepWritingRequest, context: Context) -> pb.Writing:
        """Keeps a writing."""
        note(game=request.game_id)
        new = wire.writing_in(request)
        return wire.writing_out(wire.kept(new, await self._writings.keep(new)))

    async def ListWritings(self, request: pb.ListWritingsRequest, context: Context) -> pb.ListWritingsResponse:
        """Lists a game's writings of a kind."""
        note(game=request.game_id)
        game_id, kind, number = wire.of_game_in(request)
        found = [] if game_id is None else await self._writings.of_game(game_id, kind, number)
        return pb.ListWritingsResponse(writings=[wire.writing_out(one) for one in found])
