"""COPY within a unit of work: stores rows that are known to be new in half the time that INSERT takes."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import COMMAND_SECONDS


async def copy(connection: AsyncConnection, table: Table, things: Sequence[object]) -> None:
    """Stores things whose attributes are named as the table's columns are. One that is stored already fails the transaction."""
    if not things:
        return
    names = [one.name for one in table.c]
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None, "a unit of work has a connection"
    record = attrgetter(*names)
    records = [record(thing) for thing in things]
    await driver.copy_records_to_table(table.name, records=records, columns=names, timeout=COMMAND_SECONDS)
