"""Connections to PostgreSQL: a pool, units of work that a cancelled call can't tear, and errors that callers know."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from services.chassis.config import Secret
from services.chassis.logs import log
from services.persistence.adapters.failures import TROUBLE, translated, worth_repeating

CONNECT_SECONDS = 3.0
WAIT_FOR_CONNECTION_SECONDS = 3.0
COMMAND_SECONDS = 5.0
"""How long the driver waits for a statement's answer, whatever became of the server."""
_SESSION = {
    "application_name": "maratang",
    "timezone": "UTC",
    # Before the driver gives up, so that the server has given up too.
    "statement_timeout": "4000",
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "10000",
    # Every statement here is a few index look-ups: compiling one costs more than running it.
    "jit": "off",
}
_ATTEMPTS = 3
T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
_log = log(__name__)


def check_url(url: Secret) -> URL:
    """The URL, made for asyncpg. Raises ValueError, which does not repeat it: it may hold a password."""
    try:
        parsed = make_url(url.reveal())
    except ArgumentError:
        raise ValueError("is no URL of the form postgresql+asyncpg://user:password@host:port/database") from None
    if parsed.drivername not in ("postgresql", "postgresql+asyncpg"):
        raise ValueError(f"{parsed.drivername}:// is not postgresql+asyncpg://")
    return parsed.set(drivername="postgresql+asyncpg")


@asynccontextmanager
async def connected(url: Secret, *, pool_size: int = 8) -> AsyncIterator["Database"]:
    """A database while the block lasts. It connects when it is first needed: PostgreSQL may be away, now and at any time."""
    engine = create_async_engine(
        check_url(url),
        pool_size=pool_size,
        max_overflow=2,
        pool_timeout=WAIT_FOR_CONNECTION_SECONDS,
        pool_recycle=1800,
        pool_use_lifo=True,
        # What a player wrote is not for the log.
        hide_parameters=True,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS, "server_settings": _SESSION},
    )
    event.listen(engine.sync_engine, "checkout", _renew_closed)
    database = Database(engine)
    try:
        yield database
    finally:
        await database.settle()
        await engine.dispose()


def _renew_closed(connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Has a connection that died with its server renewed before a statement finds out, and all its fellows.

    The driver knows it without asking the server, which would cost each unit of work three round trips more.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


class Database:
    """Runs units of work.

    Each runs as a task of its own: a caller that goes away neither stops it half way nor spoils its connection; it ends by itself, for
    every wait in it is bounded. Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE), and DataRefused.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # No BEGIN and COMMIT around a single SELECT.
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._under_way: set[asyncio.Task[Any]] = set()  # Any: each unit of work has a result of its own

    async def read(self, work: Work[T]) -> T:
        """What `work` reads, each statement for itself."""
        return await self._untorn(self._read(work))

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, its writing committed; on any error nothing is written. It may run more than once."""
        return await self._untorn(self._write(work))

    async def ping(self) -> None:
        """Raises errors.Unavailable unless PostgreSQL answers and has been migrated."""
        await self.read(lambda connection: connection.execute(text("SELECT FROM alembic_version")))

    async def settle(self) -> None:
        """Waits for the work under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _read(self, work: Work[T]) -> T:
        try:
            async with self._reading.connect() as connection:
                return await work(connection)
        except TROUBLE as error:
            raise translated(error) from error

    async def _write(self, work: Work[T]) -> T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._engine.begin() as connection:
                    return await work(connection)
            except TROUBLE as error:
                if attempt == _ATTEMPTS or not worth_repeating(error):
                    raise translated(error) from error
                _log.info("transaction repeated", attempt=attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _untorn(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; if nobody did, it is not news
