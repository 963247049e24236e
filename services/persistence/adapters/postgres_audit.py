"""The audit in PostgreSQL. Entries are written in the transaction of what they tell of, and never changed."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database
from services.persistence.audit import AuditEntry, Deed
from services.persistence.schema import audit


async def record(connection: AsyncConnection, deed: Deed) -> tuple[AuditEntry, bool]:
    """Keeps a deed: its entry, and whether it is new. The same method and request id again is one entry, the first."""
    new = (
        insert(audit)
        .values(
            actor=deed.actor,
            method=deed.method,
            subject=deed.subject,
            reason=deed.reason,
            before=deed.before,
            after=deed.after,
            request_id=deed.request_id,
        )
        .on_conflict_do_nothing(index_elements=[audit.c.method, audit.c.request_id])
        .returning(audit)
    )
    if (row := (await connection.execute(new)).one_or_none()) is not None:
        return _entry(row), True
    kept = select(audit).where(audit.c.method == deed.method, audit.c.request_id == deed.request_id)
    return _entry((await connection.execute(kept)).one()), False


class PostgresAudit:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, deed: Deed) -> tuple[AuditEntry, bool]:
        """Keeps a deed that was done elsewhere: its entry, and whether it is new."""
        return await self._database.write(lambda connection: record(connection, deed))

    async def page(self, subject: str | None, limit: int, before: int | None) -> list[AuditEntry]:
        """Entries, the newest first; of one subject only, where one is given; `before` is the last one already seen."""
        wanted = select(audit).order_by(audit.c.audit_id.desc()).limit(limit)
        if subject is not None:
            wanted = wanted.where(audit.c.subject == subject)
        if before is not None:
            wanted = wanted.where(audit.c.audit_id < before)
        return [_entry(row) for row in await self._database.read(lambda connection: connection.execute(wanted))]


def _entry(row: Row[*tuple[Any, ...]]) -> AuditEntry:  # Any: a row's columns
    deed = Deed(
        actor=row.actor,
        method=row.method,
        subject=row.subject,
        reason=row.reason,
        before=row.before,
        after=row.after,
        request_id=row.request_id,
    )
    return AuditEntry(audit_id=row.audit_id, create_time=row.create_time, deed=deed)
