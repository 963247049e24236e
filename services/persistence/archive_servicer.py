"""The RPCs of what the game service keeps: parse, call, render."""

from google.protobuf.empty_pb2 import Empty
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import player_pb2, scenario_service_pb2
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceServicer

from services.chassis import errors
from services.chassis.context import note
from services.chassis.server_calls import Context
from services.persistence.adapters.postgres_audit import PostgresAudit
from services.persistence.adapters.postgres_bans import PostgresBans
from services.persistence.adapters.postgres_erasures import PostgresErasures
from services.persistence.adapters.postgres_games import PostgresGames
from services.persistence.adapters.postgres_players import PostgresPlayers
from services.persistence.adapters.postgres_reports import PostgresReports
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.adapters.postgres_traces import PostgresModelCalls
from services.persistence.saving import Saving
from services.persistence.scenario_servicer import published
from services.persistence.wire import audit as audit_wire
from services.persistence.wire import bans as ban_wire
from services.persistence.wire import erasures as erasure_wire
from services.persistence.wire import fields
from services.persistence.wire import games as game_wire
from services.persistence.wire import players as player_wire
from services.persistence.wire import reports as report_wire
from services.persistence.wire import scenarios as scenario_wire
from services.persistence.wire import traces as trace_wire

BAN_CHANGES_MOST = 1000


class Archive(ArchiveServiceServicer):
    """What the game service keeps in PostgreSQL."""

    def __init__(
        self,
        *,
        players: PostgresPlayers,
        scenarios: PostgresScenarios,
        games: PostgresGames,
        saving: Saving,
        audit: PostgresAudit,
        model_calls: PostgresModelCalls,
        erasures: PostgresErasures,
        reports: PostgresReports,
        bans: PostgresBans,
    ) -> None:
        self._bans = bans
        self._players = players
        self._audit = audit
        self._model_calls = model_calls
        self._erasures = erasures
        self._reports = reports
        self._scenarios = scenarios
        self._games = games
        self._saving = saving

    async def CreatePlayer(self, request: pb.CreatePlayerRequest, context: Context) -> player_pb2.Player:
        """Stores a new player with a first session."""
        return player_wire.player_out(await self._players.create(player_wire.first_session_in(request)))

    async def FindSession(self, request: pb.FindSessionRequest, context: Context) -> pb.StoredSession:
        """Finds a session that has not expired."""
        session = await self._players.find_session(fields.hash_in(request.token_hash, "tokenHash"))
        if session is None:
            raise errors.Unauthenticated("INVALID_TOKEN", "the token is unknown, expired or revoked: sign in again")
        return player_wire.session_out(session)

    async def ListBanChanges(self, request: pb.ListBanChangesRequest, context: Context) -> pb.ListBanChangesResponse:
        """Lists whose bans changed of late."""
        return ban_wire.changes_out(await self._bans.changed(ban_wire.within_in(request), BAN_CHANGES_MOST))

    async def ExtendSession(self, request: pb.ExtendSessionRequest, context: Context) -> Empty:
        """Moves a session's expiry."""
        token_hash = fields.hash_in(request.token_hash, "tokenHash")
        await self._players.extend_session(token_hash, fields.time_in(request.expire_time, "expireTime"))
        return Empty()

    async def DeleteSession(self, request: pb.DeleteSessionRequest, context: Context) -> Empty:
        """Ends a session."""
        await self._players.delete_session(fields.hash_in(request.token_hash, "tokenHash"))
        return Empty()

    async def SaveGames(self, request: pb.SaveGamesRequest, context: Context) -> pb.SaveGamesResponse:
        """Writes games and rows of their logs."""
        note(games=len(request.games), rows=sum(len(saved.rows) for saved in request.games))
        return game_wire.outcomes_out(await self._saving.save(game_wire.batch_in(request)))

    async def RecordModelCalls(self, request: pb.RecordModelCallsRequest, context: Context) -> Empty:
        """Stores calls of models that came to no turn."""
        await self._model_calls.record(trace_wire.calls_in(request))
        return Empty()

    async def LoadGame(self, request: pb.LoadGameRequest, context: Context) -> pb.LoadedGame:
        """Raises a game's epoch and reads what is needed to play it on."""
        loaded = await self._games.load(game_wire.game_id_in(request.game_id))
        if loaded is None:
            raise game_wire.no_game(request.game_id)
        return game_wire.loaded_out(*loaded)

    async def GetLogRow(self, request: pb.GetLogRowRequest, context: Context) -> pb.LogRow:
        """Reads one row of a game's log."""
        game_id, by = game_wire.row_asked_in(request)
        row = await (self._games.row_by_number(game_id, by) if isinstance(by, int) else self._games.row_by_key(game_id, by))
        if row is None:
            raise game_wire.no_row(request)
        return game_wire.row_out(row)

    async def ListLogRows(self, request: pb.ListLogRowsRequest, context: Context) -> pb.ListLogRowsResponse:
        """Reads a game's log in the order of the numbers."""
        rows = await self._games.rows_after(*game_wire.log_page_in(request))
        if rows is None:
            raise game_wire.no_game(request.game_id)
        return pb.ListLogRowsResponse(rows=[game_wire.row_out(row) for row in rows])

    async def ListStoredGames(self, request: pb.ListStoredGamesRequest, context: Context) -> pb.ListStoredGamesResponse:
        """Lists a player's games."""
        player_id, status, size, before = game_wire.games_page_in(request)
        return game_wire.games_page_out(await self._games.of_player(player_id, status, size + 1, before), size)

    async def GetPack(self, request: pb.GetPackRequest, context: Context) -> pb.StoredPack:
        """Reads a pack's files."""
        pack = await self._scenarios.pack(fields.key_in(request.pack_hash, "packHash"))
        if pack is None:
            raise scenario_wire.no_pack(request.pack_hash)
        return scenario_wire.pack_out(pack)

    async def GetPublishedScenario(self, request: pb.GetPublishedScenarioRequest, context: Context) -> scenario_service_pb2.Scenario:
        """Reads a scenario as it is published now."""
        return await published(self._scenarios, request.scenario_id)

    async def RecordAudit(self, request: pb.RecordAuditRequest, context: Context) -> pb.RecordAuditResponse:
        """Keeps an entry of the audit."""
        entry, new = await self._audit.record(audit_wire.deed_in(request.entry))
        return pb.RecordAuditResponse(entry=audit_wire.entry_out(entry), repeated_request=not new)

    async def CreateReport(self, request: pb.StoreReportRequest, context: Context) -> pb.StoredReport:
        """Stores a report."""
        create_time = await self._reports.create(report_wire.report_in(request))
        if create_time is None:
            raise report_wire.no_turn(request)
        return pb.StoredReport(report_id=request.report_id, create_time=fields.time_out(create_time))

    async def EraseGame(self, request: pb.EraseGameRequest, context: Context) -> Empty:
        """Deletes a game."""
        if not await self._erasures.erase_game(*erasure_wire.game_in(request)):
            raise game_wire.no_game(request.game_id)
        return Empty()

    async def EraseStoredPlayer(self, request: pb.EraseStoredPlayerRequest, context: Context) -> Empty:
        """Deletes a player; one who is not there is deleted."""
        await self._erasures.erase_player(*erasure_wire.player_in(request))
        return Empty()

    async def ListErasures(self, request: pb.ListErasuresRequest, context: Context) -> pb.ListErasuresResponse:
        """Lists what has yet to go from the live store."""
        return erasure_wire.pending_out(await self._erasures.pending(erasure_wire.pending_in(request)))

    async def FinishErasures(self, request: pb.FinishErasuresRequest, context: Context) -> Empty:
        """Forgets erasures that are done."""
        await self._erasures.finish(erasure_wire.finished_in(request))
        return Empty()
