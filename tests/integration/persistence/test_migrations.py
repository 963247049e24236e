"""The migrations lead from nothing to the schema and back, and lock nothing for long."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from subprocess import run

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.chassis import errors
from services.chassis.config import Secret
from services.persistence import migrating
from services.persistence.schema import metadata
from tests.integration.persistence import code_before

pytestmark = pytest.mark.anyio
_EVERYTHING = """
    SELECT table_name || '.' || column_name, concat_ws(' ', ordinal_position, data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT relname, array_to_string(reloptions, ',') FROM pg_class WHERE relnamespace = 'public'::regnamespace
    ORDER BY 1, 2
"""
FUNCTIONS = ("forget_audit",)
REVISIONS = migrating.revisions()
_SQUAWK = Path(sys.executable).with_name("squawk")
_ALEMBICS_OWN_TABLE = re.compile(r"CREATE TABLE alembic_version .*?;", re.DOTALL)


@pytest.fixture
async def connection(empty_database_url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(empty_database_url)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def everything(connection: AsyncConnection) -> list[tuple[str, str]]:
    """All that is in the database but alembic's own table."""
    rows = [tuple(row) for row in await connection.execute(text(_EVERYTHING)) if not row[0].startswith("alembic_version")]
    await connection.rollback()
    return rows


async def test_up_down_and_up_again_leads_to_the_same_place(empty_database_url: str, connection: AsyncConnection):
    url = Secret(empty_database_url)

    ran = await migrating.upgrade(url)
    first = await everything(connection)
    undone = await migrating.downgrade(url, "base")
    assert await everything(connection) == []
    assert await migrating.upgrade(url) == ran
    assert await everything(connection) == first

    assert ran[0] == "0001"
    assert undone == ran[::-1]
    assert await migrating.upgrade(url) == []


async def contents(connection: AsyncConnection) -> dict[str, list[str]]:
    """The rows of every table, as text."""
    tables = [name for name, _ in await everything(connection) if "." not in name and name in metadata.tables]
    rows = {name: sorted((await connection.scalars(text(f"SELECT t::text FROM {name} t"))).all()) for name in tables}
    await connection.rollback()
    return rows


@pytest.mark.parametrize("revision", code_before.STATEMENTS)
async def test_the_code_of_a_revision_works_on_the_present_schema(empty_database_url: str, connection: AsyncConnection, revision: str):
    await migrating.upgrade(Secret(empty_database_url))
    await connection.exec_driver_sql(code_before.PACK.partition(";")[0])
    await connection.exec_driver_sql(code_before.PACK.split(";")[1])

    for statement in code_before.STATEMENTS[revision]:
        done = await connection.exec_driver_sql(statement)
        assert done.rowcount > 0, statement


@pytest.mark.parametrize("revision", code_before.STATEMENTS)
async def test_what_is_stored_goes_up_down_and_up_unhurt(empty_database_url: str, connection: AsyncConnection, revision: str):
    url = Secret(empty_database_url)
    await migrating.upgrade(url, revision)
    for statement in (*code_before.PACK.split(";")[:2], *code_before.STATEMENTS[revision]):
        await connection.exec_driver_sql(statement)
    await connection.commit()
    before = await contents(connection)

    await migrating.upgrade(url)
    up = await contents(connection)
    await migrating.downgrade(url, revision)
    assert await contents(connection) == before
    await migrating.upgrade(url)
    assert await contents(connection) == up


async def test_games_that_were_stored_before_are_counted(empty_database_url: str, connection: AsyncConnection):
    url = Secret(empty_database_url)
    await migrating.upgrade(url, "0001")
    for statement in (*code_before.PACK.split(";")[:2], *code_before.STATEMENTS["0001"]):
        await connection.exec_driver_sql(statement)
    await connection.commit()

    await migrating.upgrade(url)

    stored = await contents(connection)
    assert stored["player_statistics"] == [f"({code_before.PLAYER},1,1)"]
    assert stored["player_endings"] == [f"({code_before.PLAYER},tutorial,dawn,1)"]
    assert stored["scenario_statistics"] == ["(tutorial,1,1)"]
    assert stored["scenario_endings"] == ["(tutorial,dawn,1,1)"]
    assert [one.partition(",")[0] for one in stored["ended_games"]] == [f"({code_before.GAME}"]


async def test_the_migrations_make_exactly_what_the_schema_says(empty_database_url: str, connection: AsyncConnection):
    await migrating.upgrade(Secret(empty_database_url))
    migrated = await everything(connection)

    def differences(sync: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(sync, opts={"compare_server_default": True}), metadata)

    assert await connection.run_sync(differences) == []
    await connection.rollback()
    await migrating.downgrade(Secret(empty_database_url), "base")
    await connection.run_sync(metadata.create_all)
    await connection.commit()
    assert await everything(connection) == [one for one in migrated if one[0] not in FUNCTIONS]


async def test_many_at_once_migrate_once(empty_database_url: str):
    ran = await asyncio.gather(*(migrating.upgrade(Secret(empty_database_url)) for _ in range(4)))

    assert sorted(ran, key=len, reverse=True)[1:] == [[], [], []]
    assert max(ran, key=len)


async def test_a_migration_does_not_wait_long_for_a_table(empty_database_url: str, connection: AsyncConnection, monkeypatch):
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", "100ms")
    await migrating.upgrade(Secret(empty_database_url))
    await connection.execute(text("SELECT FROM players"))

    with pytest.raises(errors.Unavailable, match="lock timeout"):
        await migrating.downgrade(Secret(empty_database_url), "base")


@pytest.mark.parametrize("revisions", [f"{down or 'base'}:{up}" for down, up in pairwise((None, *REVISIONS))])
def test_squawk_finds_no_fault_in_the_sql(tmp_path: Path, revisions: str):
    sql = tmp_path / "migrations.sql"
    sql.write_text(_ALEMBICS_OWN_TABLE.sub("", migrating.as_sql(revisions)), encoding="utf-8")

    # The contract's numbers have 32 bits; a game does not get near them.
    checked = run(
        [_SQUAWK, "--pg-version=16.0", "--exclude=prefer-bigint-over-int", sql], check=False, capture_output=True, text=True, timeout=60
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
