"""What the database's roles may do, and above all what they may not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from services.chassis import errors
from services.chassis.config import Secret
from services.local import postgres
from services.persistence import migrating, rights
from services.persistence.rights import APP, READ
from services.persistence.schema import metadata
from tests.support.servers import ROLE_PASSWORD, as_role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def url(empty_database_url: str) -> str:
    """A database of one test's own, migrated, whose roles have their rights."""
    await migrating.upgrade(Secret(empty_database_url))
    await rights.grant(Secret(empty_database_url), app=ROLE_PASSWORD, read=ROLE_PASSWORD)
    return empty_database_url


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with connection(as_role(database_url, APP)) as opened:
        yield opened


@pytest.fixture
async def reader(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with connection(as_role(database_url, READ)) as opened:
        yield opened


DENIED = asyncpg.InsufficientPrivilegeError


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id integer)",
        "CREATE TEMPORARY TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "ALTER TABLE turns ADD COLUMN mine integer",
        "DROP TABLE turns",
        "TRUNCATE audit",
        "CREATE ROLE friend",
        "CREATE DATABASE mine",
        "UPDATE alembic_version SET version_num = '0001'",
        "DELETE FROM turns",
        "UPDATE turns SET record = '{}'",
        "UPDATE turns SET number = 0",
        "UPDATE games SET player_id = game_id",
        "UPDATE games SET seed = ''",
        "UPDATE players SET create_time = now()",
        "UPDATE sessions SET player_id = player_id",
        "INSERT INTO packs (pack_hash, scenario_id, version, files, entry) VALUES ('a', 'b', 'c', '{}', '{}')",
        "UPDATE packs SET files = '{}'",
        "INSERT INTO scenarios (scenario_id, pack_hash) VALUES ('a', 'b')",
        "DELETE FROM audit",
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM player_statistics",
        "SELECT * FROM pg_authid",
        "COPY players TO PROGRAM 'cat'",
    ],
)
async def test_the_service_may_not(app: asyncpg.Connection, statement: str):
    with pytest.raises(DENIED):
        await app.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO players (player_id, display_name, locale, guest, create_time) VALUES (gen_random_uuid(), '', 'ko', true, now())",
        "UPDATE players SET locale = 'en'",
        "DELETE FROM games",
        "INSERT INTO audit (actor, method, subject) VALUES ('a', 'b', 'c')",
        "CREATE TABLE mine (id integer)",
        "SELECT forget_audit(now(), 1)",
        "SET default_transaction_read_only = off; DELETE FROM audit",
    ],
)
async def test_a_reader_changes_nothing(reader: asyncpg.Connection, statement: str):
    with pytest.raises((DENIED, asyncpg.ReadOnlySQLTransactionError)):
        await reader.execute(statement)


async def test_a_reader_reads_everything_but_what_one_signs_in_with(reader: asyncpg.Connection):
    for table in metadata.tables:
        if table not in {"sessions", "logins"}:
            await reader.fetch(f"SELECT * FROM {table}")
    await reader.fetch("SELECT player_id, expire_time, create_time FROM sessions")
    await reader.fetch("SELECT player_id, login, create_time FROM logins")
    for secret in ("token_hash FROM sessions", "password_hash FROM logins"):
        with pytest.raises(DENIED):
            await reader.fetch(f"SELECT {secret}")


async def test_every_table_has_its_rights_written_down(app: asyncpg.Connection):
    for table in [*metadata.tables, "alembic_version"]:
        await app.fetch(f"SELECT count(*) FROM {table}")


async def test_nobody_else_comes_in(database_url: str):
    async with connection(database_url) as owner:
        await owner.execute(f"DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN PASSWORD '{ROLE_PASSWORD.reveal()}'")
        try:
            with pytest.raises(DENIED):
                await asyncpg.connect(as_role(database_url, "stranger").replace("+asyncpg", ""))
        finally:
            await owner.execute("DROP ROLE stranger")


async def test_the_audit_of_the_last_month_is_out_of_the_services_reach(url: str):
    new = "INSERT INTO audit (actor, method, subject, create_time) VALUES ('a', 'b', $1, now() - make_interval(days => $2))"
    async with connection(url) as owner, connection(as_role(url, APP)) as app:
        for days in (0, 29, 31, 400):
            await owner.execute(new, str(days), days)

        assert await app.fetchval("SELECT forget_audit('infinity', 1)") == 1
        assert await app.fetchval("SELECT forget_audit('infinity', 100)") == 1
        assert [row["subject"] for row in await app.fetch("SELECT subject FROM audit ORDER BY audit_id")] == ["0", "29"]


async def test_rights_given_again_are_the_same_and_rights_given_by_hand_are_gone(url: str):
    rights_of = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    async with connection(url) as owner, connection(as_role(url, APP)) as app:
        before = await owner.fetch(rights_of)
        await owner.execute(f"GRANT ALL ON turns TO {APP}; GRANT UPDATE (actor) ON audit TO {APP}")

        await rights.grant(Secret(url), app=None, read=None)

        assert await owner.fetch(rights_of) == before
        with pytest.raises(DENIED):
            await app.execute("UPDATE audit SET actor = 'nobody'")


async def test_a_password_is_kept_as_a_verifier_and_lets_in(database_url: str):
    async with connection(database_url) as owner:
        kept = await owner.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = $1", APP)
    assert kept.startswith("SCRAM-SHA-256$4096:")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(as_role(database_url, APP).replace("+asyncpg", "").replace(ROLE_PASSWORD.reveal(), "wrong"))


async def test_an_owner_who_may_make_no_roles_is_told_what_to_do(database_url: str):
    async with connection(database_url) as owner:
        await owner.execute(
            f"""DROP ROLE IF EXISTS landlord; CREATE ROLE landlord LOGIN PASSWORD '{ROLE_PASSWORD.reveal()}';
            DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO landlord', current_database()); END $$"""
        )
        try:
            with pytest.raises(rights.RolesNotMade, match=APP):
                await rights.grant(Secret(as_role(database_url, "landlord")), app=ROLE_PASSWORD, read=None)
        finally:
            await owner.execute("DROP OWNED BY landlord; DROP ROLE landlord")


async def test_a_database_that_is_away_is_unavailable():
    with pytest.raises(errors.Unavailable):
        await rights.grant(Secret("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/none"), app=None, read=None)


def test_the_embedded_shape_names_the_same_roles():
    assert (postgres.APP_ROLE, postgres.READ_ROLE) == (APP, READ)
