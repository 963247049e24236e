"""Every statement of every call finds its rows by an index, whatever has gathered; and turns can be partitioned under the code."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from maratang.persistence.v1 import archive_service_pb2 as pb
from sqlalchemy import event

from services.chassis.config import Secret
from services.persistence import migrating, rights
from services.persistence.adapters.database import Database, connected
from services.persistence.adapters.postgres_audit import PostgresAudit
from services.persistence.adapters.postgres_bans import PostgresBans
from services.persistence.adapters.postgres_bookmarks import PostgresBookmarks
from services.persistence.adapters.postgres_erasures import PostgresErasures
from services.persistence.adapters.postgres_export import PostgresExport
from services.persistence.adapters.postgres_games import PostgresGames
from services.persistence.adapters.postgres_logins import PostgresLogins
from services.persistence.adapters.postgres_players import PostgresPlayers
from services.persistence.adapters.postgres_reports import PostgresReports
from services.persistence.adapters.postgres_retention import PostgresRetention
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.adapters.postgres_statistics import PostgresStatistics
from services.persistence.adapters.postgres_writings import PostgresWritings
from services.persistence.audit import Deed
from services.persistence.bookmarks import BookmarkKind
from services.persistence.games import SavedGame, Status, Verdict
from services.persistence.players import Ban
from services.persistence.rights import APP
from services.persistence.wire.games import batch_in
from services.persistence.writings import Writing, WritingKind
from tests.integration.persistence.sent import PACK, game, row, sent
from tests.support.servers import ROLE_PASSWORD, as_role, fresh_database

pytestmark = pytest.mark.anyio
MINA, HERS = UUID("00000000-0000-4000-8000-000000000007"), UUID("00000000-0000-4000-9000-000000000007")
GATHERED = """
INSERT INTO players SELECT player(n), '', 'ko', n % 2 = 0, now() - make_interval(days => n % 90) FROM generate_series(1, 2000) n;
INSERT INTO sessions (token_hash, player_id, expire_time)
  SELECT sha256(n::text::bytea), player(n), now() + make_interval(days => n % 30 - 2) FROM generate_series(1, 2000) n;
INSERT INTO logins (player_id, login, password_hash) SELECT player(n), 'login ' || n, '' FROM generate_series(1, 2000, 2) n;
INSERT INTO bans SELECT player(n), n % 4 = 1, now() - make_interval(days => n % 90) FROM generate_series(1, 2000, 2) n;
INSERT INTO games SELECT game(n), player(n % 2000 + 1), 'tutorial', '{pack}', 'ko', 's', 'asked', 0, 9, 'main', 9,
  CASE n % 3 WHEN 0 THEN 'ENDED' ELSE 'ACTIVE' END, NULL, '', sha256(''), now(), now() - make_interval(hours => n)
  FROM generate_series(1, 4000) n;
UPDATE games SET player_id = player(7) WHERE game_id = game(7);
INSERT INTO turns (game_id, number, parent, branch_id, depth, revision, request_id, action_hash, text, record, rule_hash, state_hash,
  telling, create_time)
  SELECT game(n), t, nullif(t - 1, -1), 'main', t, 2, 'key ' || t, '', '', '{{}}', sha256(''), sha256(''), '{{}}', now()
  FROM generate_series(1, 4000) n, generate_series(0, 9) t;
INSERT INTO tellings SELECT game(n), t, 1, 'BASE', 'm', '[]', true, 1, now() FROM generate_series(1, 4000) n, generate_series(1, 9) t;
INSERT INTO judgements SELECT game(n), 1, 1, 'p', '[]', 'l', 1, now() FROM generate_series(1, 4000) n;
INSERT INTO model_calls SELECT gen_random_uuid(), game(n), t, 'TELLING', 'base', 'm', 'OK', 1, 1, 1, 1, now() - make_interval(hours => n)
  FROM generate_series(1, 4000) n, generate_series(1, 9) t;
INSERT INTO bookmarks SELECT game(n), 'SAVE', 'b', '', 1, now() FROM generate_series(1, 4000) n;
INSERT INTO writings SELECT game(n), 'TELLING', 1, 0, '{{}}', now() FROM generate_series(1, 4000) n;
INSERT INTO reports SELECT gen_random_uuid(), game(n), 1, 'WRONG', NULL, now() - make_interval(hours => n), CASE n % 2 WHEN 0 THEN now() END
  FROM generate_series(1, 4000) n;
INSERT INTO ended_games SELECT game(n), now() - make_interval(hours => n) FROM generate_series(1, 4000) n;
INSERT INTO player_statistics SELECT player(n), 1, 1 FROM generate_series(1, 2000) n;
INSERT INTO player_endings SELECT player(n), 'tutorial', 'dawn', 1 FROM generate_series(1, 2000) n;
INSERT INTO audit (actor, method, subject, create_time) SELECT 'a', 'm', n::text, now() - make_interval(hours => n)
  FROM generate_series(1, 4000) n;
INSERT INTO tombstones SELECT sha256(n::text::bytea), now() - make_interval(hours => n) FROM generate_series(1, 4000) n;
INSERT INTO erasures SELECT game(n), 'GAME', now() - make_interval(hours => n), 1 FROM generate_series(1, 4000) n;
ANALYZE;
"""
SMALL = {"packs", "scenarios", "scenario_statistics", "scenario_endings", "model_statistics", "model_backends", "alembic_version"}
"""Tables whose rows are counted in tens, however many play."""
DEED = Deed(actor="a", method="m", subject="s")
OLD = timedelta(days=1)


@pytest.fixture(scope="module")
async def gathered_url(postgres_server_url: str) -> AsyncIterator[str]:
    """A database in which much has gathered."""
    async with fresh_database(postgres_server_url) as url:
        await migrating.upgrade(Secret(url))
        await rights.grant(Secret(url), app=ROLE_PASSWORD, read=None)
        async with connected(Secret(url)) as database:
            await PostgresScenarios(database).publish([PACK])
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        for name, group in (("player", "8000"), ("game", "9000")):
            await connection.execute(
                f"""CREATE FUNCTION pg_temp.{name}(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
                AS $$ SELECT ('00000000-0000-4000-{group}-' || lpad(to_hex(n), 12, '0'))::uuid $$"""
            )
        told = GATHERED.format(pack=PACK.scenario.pack_hash)
        for name in ("player", "game"):
            told = told.replace(f" {name}(", f" pg_temp.{name}(")
        await connection.execute(told)
        await connection.close()
        yield url


@pytest.fixture
async def database(gathered_url: str) -> AsyncIterator[Database]:
    async with connected(Secret(as_role(gathered_url, APP)), pool_size=1) as database:
        yield database


def saved(number: int) -> list[SavedGame]:
    """Two games to store: one with its next turn, one that is new."""
    known, new = str(HERS), str(uuid4())
    batch = batch_in(
        pb.SaveGamesRequest(
            games=[
                sent(game(known, str(MINA), number), row(known, number, request_id=f"new {number}", ending_id="dawn")),
                sent(game(new, str(MINA), 0), row(new, 0)),
            ]
        )
    )
    return [one for one in batch if isinstance(one, SavedGame)]


CALLS: dict[str, Callable[[Database], Awaitable[object]]] = {
    "SaveGames": lambda db: PostgresGames(db).write_together(saved(10)),
    "LoadGame": lambda db: PostgresGames(db).load(HERS),
    "GetLogRow by number": lambda db: PostgresGames(db).row_by_number(HERS, 3),
    "GetLogRow by key": lambda db: PostgresGames(db).row_by_key(HERS, "key 3"),
    "ListLogRows": lambda db: PostgresGames(db).rows_after(HERS, -1, 200),
    "ListStoredGames": lambda db: PostgresGames(db).of_player(MINA, Status.ENDED, 21, (datetime.now(UTC), HERS)),
    "FindSession": lambda db: PostgresPlayers(db).find_session(bytes(32)),
    "ExtendSession": lambda db: PostgresPlayers(db).extend_session(bytes(32), datetime.now(UTC)),
    "DeleteSession": lambda db: PostgresPlayers(db).delete_session(bytes(32)),
    "GetPlayer": lambda db: PostgresPlayers(db).find(MINA),
    "ListBanChanges": lambda db: PostgresBans(db).changed(timedelta(days=1), 1000),
    "BanPlayer": lambda db: PostgresBans(db).change(Ban(player_id=MINA, banned=True), DEED),
    "FindLogin": lambda db: PostgresLogins(db).find("login 7"),
    "ListBookmarks": lambda db: PostgresBookmarks(db).of_game(HERS, BookmarkKind.SAVE),
    "KeepWriting": lambda db: PostgresWritings(db).keep(Writing(game_id=HERS, kind=WritingKind.TELLING, number=1, place=1, body="{}")),
    "ListWritings": lambda db: PostgresWritings(db).of_game(HERS, WritingKind.TELLING, None),
    "GetPlayerStatistics": lambda db: PostgresStatistics(db).of_player(MINA),
    "ExportPlayer": lambda db: PostgresExport(db).of_player(MINA),
    "ListAuditEntries": lambda db: PostgresAudit(db).page("7", 21, 4000),
    "RecordAudit": lambda db: PostgresAudit(db).record(DEED),
    "ListOpenReports": lambda db: PostgresReports(db).open(21, (datetime.now(UTC) - OLD, HERS)),
    "ListErasures": lambda db: PostgresErasures(db).pending(200),
    "FinishErasures": lambda db: PostgresErasures(db).finish([HERS]),
    "EraseGame": lambda db: PostgresErasures(db).erase_game(MINA, uuid4(), 1, DEED),
    "texts": lambda db: PostgresRetention(db).texts(timedelta(days=160)),
    "guests": lambda db: PostgresRetention(db).guests(timedelta(days=88)),
    "sessions": lambda db: PostgresRetention(db).sessions(OLD),
    "calls": lambda db: PostgresRetention(db).model_calls(timedelta(days=160)),
    "tombstones": lambda db: PostgresRetention(db).tombstones(timedelta(days=160)),
    "ErasePlayer": lambda db: PostgresErasures(db).erase_player(MINA, DEED),
}
"""The last one takes away what the others look for."""


def scanned(plan: Any) -> set[str]:
    """The tables that a plan reads from end to end."""
    if isinstance(plan, list):
        return {table for one in plan for table in scanned(one)}
    if not isinstance(plan, dict):
        return set()
    own = {plan["Relation Name"]} if plan.get("Node Type") == "Seq Scan" else set()
    return own | {table for one in plan.values() for table in scanned(one)}


@pytest.mark.parametrize("call", CALLS)
async def test_no_statement_reads_a_large_table_from_end_to_end(database: Database, gathered_url: str, call: str):
    said: list[tuple[str, tuple[object, ...]]] = []
    engine = database._engine.sync_engine  # noqa: SLF001  what is said to PostgreSQL is known to nobody else

    def note(_connection, _cursor, statement, parameters, _context, executemany) -> None:
        said.append((statement, parameters[0] if executemany else parameters))

    event.listen(engine, "before_cursor_execute", note)
    await CALLS[call](database)

    asked = [(statement, parameters) for statement, parameters in said if not statement.startswith("SET ")]
    assert asked
    connection = await asyncpg.connect(gathered_url.replace("+asyncpg", ""))
    try:
        for statement, parameters in asked:
            plan = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *parameters))
            assert scanned(plan) <= SMALL, statement
    finally:
        await connection.close()


PARTED = """
ALTER TABLE turns RENAME TO turns_whole;
CREATE TABLE turns (LIKE turns_whole INCLUDING ALL) PARTITION BY HASH (game_id);
CREATE TABLE turns_0 PARTITION OF turns FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE turns_1 PARTITION OF turns FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE turns ADD FOREIGN KEY (game_id) REFERENCES games ON DELETE CASCADE;
INSERT INTO turns SELECT * FROM turns_whole;
DROP TABLE turns_whole;
"""


async def test_turns_can_be_partitioned_under_the_code(gathered_url: str):
    owner = await asyncpg.connect(gathered_url.replace("+asyncpg", ""))
    await owner.execute(PARTED)
    before = await owner.fetchval("SELECT count(*) FROM turns")
    await rights.grant(Secret(gathered_url), app=ROLE_PASSWORD, read=None)
    player_id, game_id = UUID("00000000-0000-4000-8000-000000000009"), str(uuid4())
    async with connected(Secret(as_role(gathered_url, APP))) as database:
        games = PostgresGames(database)
        told = [row(game_id, number, told=True) for number in range(4)]
        for rows in (told[:2], told, told):
            batch = batch_in(pb.SaveGamesRequest(games=[sent(game(game_id, str(player_id), rows[-1].number), *rows)]))
            outcomes = await games.write_together([one for one in batch if isinstance(one, SavedGame)])
            assert [one.verdict for one in outcomes] == [Verdict.SAVED]
        loaded = await games.load(UUID(game_id))
        assert loaded is not None
        assert [one.number for one in loaded[1]] == [0, 1, 2, 3]
        found = await games.row_by_key(UUID(game_id), "key 2")
        assert found is not None
        assert found.number == 2
        assert await owner.fetchval("SELECT count(*) FROM turns") == before + 4
        assert min([await owner.fetchval(f"SELECT count(*) FROM turns_{one}") for one in (0, 1)]) > before / 3
        assert await PostgresErasures(database).erase_player(player_id, DEED)
    assert await owner.fetchval("SELECT count(*) FROM turns WHERE game_id = $1", game_id) == 0
    await owner.close()
