"""Takes the database's schema to a revision, one process at a time."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.chassis.config import Secret
from services.persistence.adapters.database import CONNECT_SECONDS, check_url
from services.persistence.adapters.failures import TROUBLE, translated

LOCK_TIMEOUT = "4s"
"""How long a migration may wait for a table: those who come behind it wait as long."""
STATEMENT_TIMEOUT = "10min"
OTHER_MIGRATION_SECONDS = 900.0
"""How long to wait for another process that migrates."""
_ASK_AGAIN_SECONDS = 0.1
_ADVISORY_LOCK = int.from_bytes(b"maratang")


async def upgrade(url: Secret, revision: str = "head") -> list[str]:
    """Takes the schema up to `revision`; the revisions that were run, in their order.

    Raises errors.Unavailable(DATABASE_UNAVAILABLE); what was run until then stays, each migration being a transaction of its own.
    """
    return await _migrate(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: Secret, revision: str) -> list[str]:
    """Takes the schema down to `revision` ("base": nothing is left); the revisions that were undone, in their order. Raises as upgrade."""
    return await _migrate(url, lambda config: command.downgrade(config, revision))


async def reach(url: Secret) -> None:
    """Raises errors.Unavailable(DATABASE_UNAVAILABLE) unless PostgreSQL can be connected to."""
    engine = _engine(url)
    try:
        async with engine.connect():
            pass
    except TROUBLE as error:
        raise translated(error) from error
    finally:
        await engine.dispose()


def revisions() -> list[str]:
    """Every revision, the first first."""
    return [one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def as_sql(revisions: str) -> str:
    """The SQL of an upgrade, "base:head", to be read or linted."""
    written = io.StringIO()
    command.upgrade(_config(written), revisions, sql=True)
    return written.getvalue()


async def _migrate(url: Secret, run: Callable[[Config], None]) -> list[str]:
    ran: list[str] = []

    def note(*, step: MigrationInfo, **_: object) -> None:
        ran.extend(step.up_revision_ids)

    def migrate(connection: Connection) -> None:
        config = _config()
        config.attributes.update(connection=connection, note=note)
        run(config)

    async with alone(url) as connection:
        await connection.run_sync(migrate)
    return ran


def _config(written: io.StringIO | None = None) -> Config:
    config = Config(output_buffer=written)
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["settings"] = [f"SET lock_timeout = '{LOCK_TIMEOUT}'", f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"]
    return config


def _engine(url: Secret) -> AsyncEngine:
    return create_async_engine(check_url(url), poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})


@asynccontextmanager
async def alone(url: Secret) -> AsyncIterator[AsyncConnection]:
    """A connection of the only process that changes the schema or its rights; the lock goes with the connection, however it ends.

    Raises errors.Unavailable(DATABASE_UNAVAILABLE), also for what fails in the block for want of PostgreSQL.
    """
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            async with asyncio.timeout(OTHER_MIGRATION_SECONDS):
                # Asked again and again, not waited for: an index made concurrently waits for every statement that began before it.
                while not await connection.scalar(select(func.pg_try_advisory_lock(_ADVISORY_LOCK))):
                    await connection.rollback()
                    await asyncio.sleep(_ASK_AGAIN_SECONDS)
            await connection.commit()
            yield connection
    except TROUBLE as error:
        raise translated(error) from error
    finally:
        await engine.dispose()
