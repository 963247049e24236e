"""backup.sh, restore.sh and drill.sh before real PostgreSQL: the embedded 18, and Debian's 15 where it is installed; 16 lies between."""

import asyncio
import itertools
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis.app import Address, serving
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.local.accounts import account_for
from services.local.parts import Child, Part, launched
from services.local.probes import takes_connections
from services.local.wheels import postgres_program
from services.persistence import migrating, rights
from services.persistence.adapters.database import connected
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.config import PersistenceConfig
from services.persistence.wiring import bind
from tests.compose.engine import ran
from tests.integration.persistence.sent import CREDENTIAL, PACK, create_player, game, row, save, sent
from tests.support.servers import PROJECT, ROLE_PASSWORD, as_role, free_port, fresh_database

pytestmark = pytest.mark.anyio
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
SERVERS = ["embedded", *(["debian"] if DEBIAN else [])]


@dataclass(frozen=True, slots=True)
class Database:
    """A database with the schema and games, and the scripts as an operator runs them beside it."""

    url: str
    programs: Path
    folder: Path

    async def script(self, name: str, *arguments: str, database: str | None = None, **more: str) -> tuple[int, str]:
        at = urlsplit(self.url)
        environment = {
            "PGHOST": str(at.hostname),
            "PGPORT": str(at.port),
            "PGUSER": str(at.username),
            "PGPASSWORD": str(at.password or ""),
            "PGDATABASE": database or at.path.lstrip("/"),
            "PGBIN": str(self.programs),
            "BACKUP_FOLDER": str(self.folder / "backups"),
            "BACKUP_KEEP_DAYS": "14",
            **more,
        }
        return await ran(("sh", str(PROJECT / "deploy" / "scripts" / f"{name}.sh"), *arguments), environment=environment, within=100)

    async def backup(self) -> Path:
        before = set((self.folder / "backups").glob("*.dump"))
        status, said = await self.script("backup")
        assert status == 0, (status, said)
        (made,) = set((self.folder / "backups").glob("*.dump")) - before
        return made


async def query(url: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


@asynccontextmanager
async def debians(folder: Path) -> AsyncIterator[str]:
    """Debian's PostgreSQL on fresh data; its address."""
    programs, port = DEBIAN[-1].parent, free_port()
    data = folder / "debian"
    data.mkdir(mode=0o700)
    account = account_for(folder, programs / "postgres")
    if account is not None:
        account.owns(data)
    made = launched(
        (str(programs / "initdb"), "-D", str(data), "-U", "maratang", "-A", "trust", "-E", "UTF8", "--no-locale"),
        account=account,
        orphan_signal=None,
    )
    await asyncio.to_thread(subprocess.run, made, check=True, capture_output=True, cwd="/")
    command = (
        str(programs / "postgres"),
        "-D",
        str(data),
        "-p",
        str(port),
        "-k",
        "",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    )

    async def ready() -> None:
        await takes_connections(port)
        try:
            await (await asyncpg.connect(f"postgresql://maratang@127.0.0.1:{port}/postgres")).close()
        except asyncpg.CannotConnectNowError as error:
            raise ConnectionError from error

    child = Child(
        Part(name="debian", command=command, ready=ready, account=account, folder=Path("/"), ready_within_seconds=60), folder / "debian.log"
    )
    await child.start()
    try:
        await child.until_ready()
        yield f"postgresql+asyncpg://maratang@127.0.0.1:{port}/postgres"
    finally:
        await child.kill()


@pytest.fixture(scope="module", params=SERVERS)
async def server(
    request: pytest.FixtureRequest, postgres_server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, Path]]:
    """A server's address, and its programs."""
    if request.param == "embedded":
        yield postgres_server_url, postgres_program("pg_dump").parent
        return
    async with debians(tmp_path_factory.mktemp("debian")) as url:
        yield url, DEBIAN[-1].parent


@pytest.fixture(scope="module")
async def database(server: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    url, programs = server
    async with fresh_database(url) as own:
        await migrating.upgrade(Secret(own))
        await rights.grant(Secret(own), app=ROLE_PASSWORD, read=ROLE_PASSWORD)
        async with connected(Secret(own)) as connection:
            await PostgresScenarios(connection).publish([PACK])
        folder = tmp_path_factory.mktemp("backups")
        (folder / "backups").mkdir()
        yield Database(own, programs, folder)


@pytest.fixture(scope="module")
async def archive(database: Database) -> AsyncIterator[ArchiveServiceStub]:
    """Where game sends what is to be REPLICATED."""
    config = PersistenceConfig(service_credential=CREDENTIAL, listen_internal="", database_url=Secret(as_role(database.url, rights.APP)))
    async with (
        serving(bind(config), Address(public="127.0.0.1:0", internal="127.0.0.1:0"), grace=0.2) as ports,
        connect(f"127.0.0.1:{ports.internal}", credential=CREDENTIAL) as channel,
    ):
        yield ArchiveServiceStub(channel)


async def test_a_backup_under_load_is_restored_with_every_turn_that_was_replicated_before_it(
    database: Database, archive: ArchiveServiceStub
):
    player = (await create_player(archive, str(uuid4()))).player_id
    stored: list[tuple[str, int]] = []
    stop, enough = asyncio.Event(), asyncio.Event()

    async def play() -> None:
        for _ in itertools.count():
            game_id = str(uuid4())
            for number in range(10):
                if stop.is_set():
                    return
                assert await save(archive, sent(game(game_id, player, number), row(game_id, number, told=True))) == ["SAVED"]
                stored.append((game_id, number))
                if len(stored) > 200:
                    enough.set()

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(play())
        await enough.wait()
        known = list(stored)
        made = await database.backup()
        at_its_end = len(stored)
        stop.set()
    assert at_its_end > len(known), "there was no load"

    status, said = await database.script("drill")
    assert status == 0, said
    assert f"schema: {migrating.revisions()[-1]}, as the running database's" in said
    assert "restored in " in said
    assert "the drill passed" in said
    assert await query(database.url, "SELECT datname FROM pg_database WHERE datname LIKE 'drill%'") == []

    async with fresh_database(database.url) as empty:
        status, said = await database.script("restore", str(made), database=urlsplit(empty).path[1:])
        assert status == 0, said
        found = {
            (str(one["game_id"]), one["number"])
            for one in await query(empty, "SELECT game_id, number FROM turns WHERE telling IS NOT NULL")
        }
        assert set(known) <= found
        await migrating.upgrade(Secret(empty))
        await rights.grant(Secret(empty), app=ROLE_PASSWORD, read=ROLE_PASSWORD)
        as_app = await query(as_role(empty, rights.APP), "SELECT count(*) FROM turns")
        assert as_app[0]["count"] == len(found)


async def test_a_database_that_holds_something_is_not_restored_over(database: Database):
    made = await database.backup()
    before = await query(database.url, "SELECT count(*) FROM turns")
    status, said = await database.script("restore", str(made))
    assert (status, "a backup is restored into an empty one. Nothing was changed." in said) == (1, True), said
    assert await query(database.url, "SELECT count(*) FROM turns") == before


def damaged(made: Path, kind: str, folder: Path) -> Path:
    """A copy of a backup with which something is wrong."""
    copy = folder / made.name
    for suffix in ("", ".rows", ".sha256"):
        shutil.copy(f"{made}{suffix}", f"{copy}{suffix}")
    body = copy.read_bytes()
    match kind:
        case "a bit":
            copy.write_bytes(body[:-20] + bytes([body[-20] ^ 1]) + body[-19:])
        case "its end":
            copy.write_bytes(body[: len(body) // 2])
        case "counts":
            Path(f"{copy}.rows").write_text("rows|alembic_version|1|1\n")
        case "sums":
            Path(f"{copy}.sha256").unlink()
    return copy


def recount(copy: Path) -> None:
    """Has a backup say that its snapshot held another number of scenarios, with sums to match."""
    rows = Path(f"{copy}.rows")
    lines = rows.read_text().splitlines(keepends=True)
    rows.write_text("".join("rows|scenarios|2|7\n" if "|scenarios|" in line else line for line in lines))
    summed = subprocess.run(("sha256sum", copy.name, rows.name), cwd=copy.parent, check=True, capture_output=True)
    Path(f"{copy}.sha256").write_bytes(summed.stdout)


@pytest.mark.parametrize("kind", ["a bit", "its end", "counts", "sums"])
async def test_a_damaged_backup_is_refused_before_anything_is_restored(database: Database, tmp_path: Path, kind: str):
    made = (sorted((database.folder / "backups").glob("*.dump")) or [await database.backup()])[-1]
    copy = damaged(made, kind, tmp_path)
    async with fresh_database(database.url) as empty:
        for script in ("restore", "drill"):
            status, said = await database.script(script, str(copy), database=urlsplit(empty).path[1:])
            assert status == 1, said
            assert "checksum" in said or "is missing" in said
        assert await query(empty, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []


async def test_a_restore_that_differs_from_its_snapshot_is_told(database: Database, tmp_path: Path):
    """As if a row had been lost on the way; the sums are right, for they were made of the wrong counts."""
    made = (sorted((database.folder / "backups").glob("*.dump")) or [await database.backup()])[-1]
    copy = damaged(made, "nothing", tmp_path)
    recount(copy)
    status, said = await database.script("drill", str(copy))
    assert status == 1
    assert "differs from what the backup's snapshot held" in said
    assert "< rows|scenarios|2|7" in said
    assert await query(database.url, "SELECT datname FROM pg_database WHERE datname LIKE 'drill%'") == []


async def test_an_older_schema_is_told_by_the_drill(database: Database, server: tuple[str, Path]):
    made = await database.backup()
    async with fresh_database(server[0]) as newer:
        await migrating.upgrade(Secret(newer), migrating.revisions()[-2])
        status, said = await database.script("drill", str(made), database=urlsplit(newer).path[1:])
        assert status == 0, said
        assert f"schema: {migrating.revisions()[-1]}; the running database's is {migrating.revisions()[-2]}" in said


async def test_what_is_no_database_of_ours_leaves_no_backup(database: Database, server: tuple[str, Path]):
    before = sorted((database.folder / "backups").iterdir())
    async with fresh_database(server[0]) as other:
        status, said = await database.script("backup", database=urlsplit(other).path[1:])
    assert status == 1
    assert "no backup was made" in said
    status, said = await database.script("backup", PGPORT=str(free_port()))
    assert status == 1
    assert "no backup was made" in said
    assert sorted((database.folder / "backups").iterdir()) == before


async def test_backups_are_kept_for_so_many_days_and_the_newest_for_ever(database: Database):
    folder = database.folder / "backups"
    made = await database.backup()
    old = folder / "maratang-20200101T000000Z.dump"
    for suffix in ("", ".rows", ".sha256"):
        shutil.copy(f"{made}{suffix}", f"{old}{suffix}")
        os.utime(f"{old}{suffix}", (0, 0))
        os.utime(f"{made}{suffix}", (0, 0))
    newest = await database.backup()
    assert [one for one in (old, made, newest) if one.exists()] == [newest]
    assert {one.name for one in folder.iterdir() if newest.name not in one.name} == {
        one.name for one in folder.iterdir() if one.stat().st_mtime > 1 and newest.name not in one.name
    }
    assert newest.stat().st_mode & 0o077 == 0, "it holds what players wrote"
