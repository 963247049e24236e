"""What the driver's errors mean to a caller."""

from datetime import timedelta

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.chassis import errors
from services.persistence.ports import DataRefused

_DRIVER_LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What asyncpg raises of a connection that is gone; the second where it goes at an awkward moment."""
TROUBLE = (SQLAlchemyError, asyncpg.PostgresError, *_DRIVER_LOST)
"""All that SQLAlchemy, asyncpg and the sockets under them raise; TimeoutError is an OSError."""

_AGAIN = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
}
_AWAY = {
    "08",  # connection exception
    "28",  # authorization: the password is changing, or wrong
    "3D",  # the database is not there yet
    "53",  # resources: too many connections, disk full, out of memory
    "55",  # a lock was not to be had in time
    "57",  # shut down, starting up, statement timeout
    "58",  # the server's own disk
}
_REFUSED = {
    "21",  # cardinality
    "22",  # data exception: a NUL, a number out of range
    "23",  # a constraint
    "54",  # a limit of PostgreSQL's own
}
_RETRY_AFTER = timedelta(seconds=1)
_NO_TABLE = "42P01"
_READ_ONLY = "25006"


def worth_repeating(error: BaseException) -> bool:
    """Whether the same transaction may succeed at once: it met another one, and PostgreSQL undid it whole."""
    return _sqlstate(error) in _AGAIN


def translated(error: Exception) -> Exception:
    """What an error of TROUBLE means: Unavailable, DataRefused, or the error itself, which is then a defect of ours."""
    state = _sqlstate(error)
    if state is None:
        return _away(error) if _lost_connection(error) else error
    if state[:2] in _REFUSED:
        return DataRefused(_words(error))
    if state == _NO_TABLE:
        return errors.Unavailable("DATABASE_UNAVAILABLE", "the database has no tables yet: run init_db")
    if state[:2] in _AWAY or state in _AGAIN or state == _READ_ONLY:
        return _away(error)
    return error


def _away(error: Exception) -> errors.Unavailable:
    return errors.Unavailable("DATABASE_UNAVAILABLE", f"PostgreSQL did not answer: {_words(error)}", retry_after=_RETRY_AFTER)


def _lost_connection(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(_driver_error(error), _DRIVER_LOST)
    return isinstance(error, (*_DRIVER_LOST, PoolTimeoutError))


def _driver_error(error: BaseException) -> BaseException:
    """What asyncpg or the socket raised, under what SQLAlchemy made of it."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    return error if error.__cause__ is None else error.__cause__


def _sqlstate(error: BaseException) -> str | None:
    state = getattr(_driver_error(error), "sqlstate", None)
    return state if isinstance(state, str) else None


def _words(error: BaseException) -> str:
    """PostgreSQL's own first line: it names the rule that was broken and never the data."""
    cause = _driver_error(error)
    return (str(cause).partition("\n")[0] or type(cause).__name__)[:200]
