"""Reports in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters import postgres_audit
from services.persistence.adapters.database import Database
from services.persistence.audit import Deed
from services.persistence.reports import OpenReport, Report
from services.persistence.schema import reports, turns


class PostgresReports:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, report: Report) -> datetime | None:
        """Stores a report, and returns when it was stored first; None: the turn is not stored. The same id twice is one report."""
        of_turn = select(turns.c.number).where(turns.c.game_id == report.game_id, turns.c.number == report.number)
        new = insert(reports).values(
            report_id=report.report_id, game_id=report.game_id, number=report.number, reason=report.reason, note=report.note
        )
        known = select(reports.c.create_time).where(reports.c.report_id == report.report_id)

        async def create(connection: AsyncConnection) -> datetime | None:
            if (await connection.execute(of_turn)).first() is None:
                return None
            await connection.execute(new.on_conflict_do_nothing(index_elements=[reports.c.report_id]))
            return await connection.scalar(known)

        return await self._database.write(create)

    async def open(self, limit: int, after: tuple[datetime, UUID] | None) -> list[OpenReport]:
        """Reports that nobody has dealt with, the oldest first, beginning behind `after`."""
        told = func.json_extract_path_text(turns.c.telling, "text").label("told")
        wanted = (
            select(reports, told)
            .outerjoin(turns, and_(turns.c.game_id == reports.c.game_id, turns.c.number == reports.c.number))
            .where(reports.c.close_time.is_(None))
            .order_by(reports.c.create_time, reports.c.report_id)
            .limit(limit)
        )
        if after is not None:
            wanted = wanted.where(tuple_(reports.c.create_time, reports.c.report_id) > after)
        rows = await self._database.read(lambda connection: connection.execute(wanted))
        return [
            OpenReport(
                report=Report(report_id=row.report_id, game_id=row.game_id, number=row.number, reason=row.reason, note=row.note),
                text=row.told,
                create_time=row.create_time,
            )
            for row in rows
        ]

    async def close(self, report_id: UUID, deed: Deed) -> bool:
        """Marks a report as dealt with, and keeps the deed; False: there is no such report. One that is closed stays as it is."""

        async def close(connection: AsyncConnection) -> bool:
            locked = select(reports.c.close_time).where(reports.c.report_id == report_id).with_for_update()
            row = (await connection.execute(locked)).one_or_none()
            if row is None:
                return False
            if row.close_time is None:
                await connection.execute(update(reports).where(reports.c.report_id == report_id).values(close_time=func.now()))
                await postgres_audit.record(connection, deed)
            return True

        return await self._database.write(close)
