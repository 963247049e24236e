"""The RPCs of operators: parse, call, render."""

from dataclasses import asdict
from datetime import timedelta

from google.protobuf.empty_pb2 import Empty
from maratang.persistence.v1 import admin_service_pb2 as pb
from maratang.persistence.v1 import scenario_service_pb2
from maratang.persistence.v1.admin_service_pb2_grpc import AdminServiceServicer

from services.chassis.context import operator
from services.chassis.server_calls import Context
from services.persistence.adapters.postgres_audit import PostgresAudit
from services.persistence.adapters.postgres_bans import PostgresBans
from services.persistence.adapters.postgres_erasures import PostgresErasures
from services.persistence.adapters.postgres_reports import PostgresReports
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.adapters.postgres_statistics import PostgresStatistics
from services.persistence.retention import Retention
from services.persistence.wire import audit as audit_wire
from services.persistence.wire import bans as ban_wire
from services.persistence.wire import erasures as erasure_wire
from services.persistence.wire import players as player_wire
from services.persistence.wire import reports as report_wire
from services.persistence.wire import scenarios as scenario_wire
from services.persistence.wire import statistics as statistics_wire

_ROUND = timedelta(seconds=5)


class Admin(AdminServiceServicer):
    """What an operator does with stored data."""

    def __init__(
        self,
        *,
        audit: PostgresAudit,
        statistics: PostgresStatistics,
        erasures: PostgresErasures,
        reports: PostgresReports,
        retention: Retention,
        scenarios: PostgresScenarios,
        bans: PostgresBans,
    ) -> None:
        self._bans = bans
        self._scenarios = scenarios
        self._retention = retention
        self._audit = audit
        self._reports = reports
        self._erasures = erasures
        self._statistics = statistics

    async def PublishPack(self, request: pb.PublishPackRequest, context: Context) -> scenario_service_pb2.Scenario:
        """Publishes a stored pack, or rolls a scenario back to it."""
        scenario = await self._scenarios.pin(*scenario_wire.pinned_in(request, operator()))
        if scenario is None:
            raise scenario_wire.no_pack(request.pack_hash)
        return scenario_wire.scenario_out(scenario)

    async def BanPlayer(self, request: pb.BanPlayerRequest, context: Context) -> Empty:
        """Bans a player, or lifts the ban."""
        ban, deed = ban_wire.ban_in(request, operator())
        if not await self._bans.change(ban, deed):
            raise player_wire.no_player(ban.player_id)
        return Empty()

    async def ErasePlayer(self, request: pb.ErasePlayerRequest, context: Context) -> Empty:
        """Deletes all that is kept of a player."""
        player_id, deed = erasure_wire.by_operator_in(request, operator())
        if not await self._erasures.erase_player(player_id, deed):
            raise player_wire.no_player(player_id)
        return Empty()

    async def ListAuditEntries(self, request: pb.ListAuditEntriesRequest, context: Context) -> pb.ListAuditEntriesResponse:
        """Lists what was done."""
        subject, size, before = audit_wire.page_in(request)
        return audit_wire.page_out(await self._audit.page(subject, size + 1, before), size)

    async def ListModelStatistics(self, request: pb.ListModelStatisticsRequest, context: Context) -> pb.ListModelStatisticsResponse:
        """Lists how models did."""
        return statistics_wire.models_out(await self._statistics.of_models(statistics_wire.days_in(request)))

    async def ListOpenReports(self, request: pb.ListOpenReportsRequest, context: Context) -> pb.ListOpenReportsResponse:
        """Lists the reports that nobody has dealt with."""
        size, after = report_wire.page_in(request)
        return report_wire.page_out(await self._reports.open(size + 1, after), size)

    async def CloseReport(self, request: pb.CloseReportRequest, context: Context) -> Empty:
        """Marks a report as dealt with."""
        if not await self._reports.close(*report_wire.closed_in(request, operator())):
            raise report_wire.no_report(request.report_id)
        return Empty()

    async def RunRetention(self, request: pb.RunRetentionRequest, context: Context) -> pb.RunRetentionResponse:
        """Deletes what has been kept long enough, as much as a call has time for."""
        return pb.RunRetentionResponse(**asdict(await self._retention.round(within=_ROUND)))
