"""The RPCs of operators: parse, call, render. What is in the contract and not here answers NOT_IMPLEMENTED."""

from maratang.persistence.v1 import admin_service_pb2 as pb
from maratang.persistence.v1.admin_service_pb2_grpc import AdminServiceServicer

from services.chassis.server_calls import Context
from services.persistence.adapters.postgres_audit import PostgresAudit
from services.persistence.adapters.postgres_statistics import PostgresStatistics
from services.persistence.wire import audit as audit_wire
from services.persistence.wire import statistics as statistics_wire


class Admin(AdminServiceServicer):
    """What an operator does with stored data."""

    def __init__(self, *, audit: PostgresAudit, statistics: PostgresStatistics) -> None:
        self._audit = audit
        self._statistics = statistics

    async def ListAuditEntries(self, request: pb.ListAuditEntriesRequest, context: Context) -> pb.ListAuditEntriesResponse:
        """Lists what was done."""
        subject, size, before = audit_wire.page_in(request)
        return audit_wire.page_out(await self._audit.page(subject, size + 1, before), size)

    async def ListModelStatistics(self, request: pb.ListModelStatisticsRequest, context: Context) -> pb.ListModelStatisticsResponse:
        """Lists how models did."""
        return statistics_wire.models_out(await self._statistics.of_models(statistics_wire.days_in(request)))
