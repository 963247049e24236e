"""The RPCs of the player's own data: parse, call, render."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from uuid import UUID

from google.api import httpbody_pb2
from maratang.persistence.v1 import player_data_service_pb2, player_pb2
from maratang.persistence.v1.player_data_service_pb2_grpc import PlayerDataServiceServicer

from services.chassis.context import caller
from services.chassis.server_calls import Context
from services.persistence.adapters.postgres_export import PostgresExport
from services.persistence.adapters.postgres_players import PostgresPlayers
from services.persistence.adapters.postgres_statistics import PostgresStatistics
from services.persistence.wire import players as player_wire
from services.persistence.wire import statistics as statistics_wire

_PART_BYTES = 1024 * 1024


class PlayerData(PlayerDataServiceServicer):
    """The player's own data."""

    def __init__(self, players: PostgresPlayers, statistics: PostgresStatistics, export: PostgresExport) -> None:
        self._players = players
        self._export = export
        self._statistics = statistics

    async def GetPlayer(self, request: player_data_service_pb2.GetPlayerRequest, context: Context) -> player_pb2.Player:
        """Reads the caller."""
        player_id = UUID(caller().player_id)
        player = await self._players.find(player_id)
        if player is None:
            raise player_wire.no_player(player_id)
        return player_wire.player_out(player)

    async def UpdatePlayer(self, request: player_data_service_pb2.UpdatePlayerRequest, context: Context) -> player_pb2.Player:
        """Changes the caller."""
        player_id = UUID(caller().player_id)
        player = await self._players.change(player_id, player_wire.change_in(request))
        if player is None:
            raise player_wire.no_player(player_id)
        return player_wire.player_out(player)

    async def GetPlayerStatistics(
        self, request: player_data_service_pb2.GetPlayerStatisticsRequest, context: Context
    ) -> player_data_service_pb2.PlayerStatistics:
        """The caller's games in numbers."""
        return statistics_wire.player_out(*await self._statistics.of_player(UUID(caller().player_id)))

    async def ExportPlayer(
        self, request: player_data_service_pb2.ExportPlayerRequest, context: Context
    ) -> AsyncGenerator[httpbody_pb2.HttpBody]:
        """Everything that is kept of the caller, in parts."""
        player_id = UUID(caller().player_id)
        document = await self._export.of_player(player_id)
        if document is None:
            raise player_wire.no_player(player_id)
        for part in _parts(document):
            yield httpbody_pb2.HttpBody(content_type="application/json", data=part)


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts that messages can carry."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        while len(gathered) >= _PART_BYTES:
            yield bytes(gathered[:_PART_BYTES])
            del gathered[:_PART_BYTES]
    if gathered:
        yield bytes(gathered)
