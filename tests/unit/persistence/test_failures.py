"""What the driver's errors mean."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.chassis import errors
from services.persistence.adapters.failures import translated, worth_repeating
from services.persistence.ports import DataRefused


def wrapped(error: Exception) -> DBAPIError:
    """As SQLAlchemy hands on what asyncpg raised."""
    adapted = Exception(str(error))
    adapted.__cause__ = error
    return DBAPIError("SELECT 1", {}, adapted)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.AdminShutdownError("terminating connection"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
        asyncpg.DiskFullError("could not extend file"),
        asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
        asyncpg.InvalidPasswordError("password authentication failed"),
        asyncpg.UndefinedTableError("relation does not exist"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        ConnectionRefusedError(111, "refused"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("wrap", [wrapped, lambda error: error], ids=["in a statement", "in connecting"])
def test_a_database_that_is_away_is_unavailable(error: Exception, wrap):
    meant = translated(wrap(error))

    assert isinstance(meant, errors.Unavailable)
    assert meant.reason == "DATABASE_UNAVAILABLE"


def test_a_pool_without_a_free_connection_is_unavailable():
    assert isinstance(translated(PoolTimeoutError("QueuePool limit reached")), errors.Unavailable)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CharacterNotInRepertoireError("invalid byte sequence"),
        asyncpg.ForeignKeyViolationError("violates foreign key constraint"),
        asyncpg.CheckViolationError("violates check constraint"),
        asyncpg.CardinalityViolationError("cannot affect row a second time"),
        asyncpg.ProgramLimitExceededError("index row size exceeds maximum"),
        asyncpg.DataError("value out of int32 range"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_data_that_the_database_cant_take_are_refused(error: Exception):
    assert isinstance(translated(wrapped(error)), DataRefused)


def test_a_refusal_says_the_rule_and_not_the_data():
    refused = translated(wrapped(asyncpg.UniqueViolationError('violates "turns_key"\nDETAIL:  Key (text)=(secret) exists.')))

    assert str(refused) == 'violates "turns_key"'


def test_a_defect_of_ours_stays_what_it_is():
    defect = ProgrammingError("SELEKT", {}, asyncpg.PostgresSyntaxError("syntax error"))

    assert translated(defect) is defect


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (asyncpg.DeadlockDetectedError("deadlock"), True),
        (asyncpg.SerializationError("could not serialize"), True),
        (asyncpg.UniqueViolationError("duplicate key"), False),
        (ConnectionResetError(), False),
    ],
)
def test_only_a_transaction_that_met_another_is_repeated(error: Exception, again: bool):
    assert worth_repeating(wrapped(error)) is again
