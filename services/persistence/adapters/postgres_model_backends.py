"""Where the roles of model servers point, in PostgreSQL."""

from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters import postgres_audit
from services.persistence.adapters.database import Database
from services.persistence.audit import Deed
from services.persistence.model_backends import ModelBackend, Pointing
from services.persistence.schema import model_backends

METHOD = "SetBackend"


class PostgresModelBackends:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[ModelBackend]:
        """What is set, by name."""
        wanted = select(model_backends).order_by(model_backends.c.name)
        return [_backend(row) for row in await self._database.read(lambda connection: connection.execute(wanted))]

    async def point(self, new: Pointing) -> ModelBackend:
        """Sets a role's URLs and says so in the audit, whose number is the revision. A request that came before changes nothing."""

        async def point(connection: AsyncConnection) -> ModelBackend:
            # The same role waits; none waits for a role that has no row yet, and then the later one of two counts, as it would anyway.
            of_role = select(model_backends).where(model_backends.c.name == new.name).with_for_update()
            before = (await connection.execute(of_role)).one_or_none()
            deed = Deed(
                actor=new.actor,
                method=METHOD,
                subject=f"llm.{new.name}",
                reason=new.reason,
                before=None if before is None else _backend(before).plain,
                after={"urls": list(new.urls)},
                request_id=new.request_id,
            )
            entry, is_new = await postgres_audit.record(connection, deed)
            if not is_new and before is not None:
                return _backend(before)
            setting = insert(model_backends).values(
                name=new.name,
                urls=list(new.urls),
                environment_urls=list(new.environment_urls),
                revision=entry.audit_id,
                reason=new.reason,
            )
            upsert = setting.on_conflict_do_update(
                index_elements=[model_backends.c.name],
                set_={name: setting.excluded[name] for name in ("urls", "environment_urls", "revision", "reason")}
                | {"update_time": func.now()},
            )
            return _backend((await connection.execute(upsert.returning(*model_backends.c))).one())

        return await self._database.write(point)


def _backend(row: Row[*tuple[Any, ...]]) -> ModelBackend:  # Any: a row's columns
    return ModelBackend(
        name=row.name,
        urls=tuple(row.urls),
        environment_urls=tuple(row.environment_urls),
        revision=row.revision,
        reason=row.reason,
        update_time=row.update_time,
    )
