"""What has been kept long enough is deleted, batch by batch, and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import grpc
import pytest
from maratang.persistence.v1 import admin_service_pb2, admin_service_pb2_grpc
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub
from prometheus_client import CollectorRegistry

from services.chassis.config import Secret
from services.persistence.adapters import postgres_retention
from services.persistence.adapters.database import Database, connected
from services.persistence.adapters.postgres_audit import PostgresAudit
from services.persistence.adapters.postgres_retention import PostgresRetention
from services.persistence.retention import Deleted, Kept, Retention
from services.persistence.rights import APP
from tests.integration.persistence.sent import create_player, game, row, save, sent
from tests.support.servers import as_role

pytestmark = pytest.mark.anyio
NOTHING = Kept(texts=None, guests=None, audit=None, model_calls=None)
MINUTE = timedelta(minutes=1)
TOLD = {"told_by": "base", "model": "m", "checks": [{"name": "c", "passed": True}]}
FACTS = "SELECT number, record::text, rule_hash, state_hash FROM turns WHERE game_id = $1 ORDER BY 1"


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The clock is PostgreSQL's: what is to be old is made so."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with connected(Secret(as_role(database_url, APP))) as database:
        yield database


@pytest.fixture
def retention(database: Database) -> Callable[[Kept], Retention]:
    def made(kept: Kept) -> Retention:
        return Retention(PostgresRetention(database), PostgresAudit(database), kept, CollectorRegistry(), every=MINUTE)

    return made


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_retention, "BATCH", 3)
    monkeypatch.setattr(postgres_retention, "_GAMES_AT_ONCE", 2)


async def ended(archive: ArchiveServiceStub, owner: asyncpg.Connection, player_id: str, *, days: int) -> str:
    """A game that ended so many days ago."""
    game_id = str(uuid4())
    telling = json.dumps(
        {"text": "비밀", "lines": [{"text": "비밀"}], "told_by": "base", "model": "m", "checks": [{"name": "c", "passed": True}]}
    )
    rows = [row(game_id, number, told=True, telling_json=telling, ending_id="dawn" if number == 2 else "") for number in range(3)]
    over = game(game_id, player_id, 2, status=pb.GameSnapshot.ENDED, ending_id="dawn")
    assert await save(archive, sent(over, *rows)) == ["SAVED"]
    await owner.execute("UPDATE ended_games SET end_time = now() - make_interval(days => $2) WHERE game_id = $1", game_id, days)
    return game_id


async def texts(owner: asyncpg.Connection, game_id: str) -> list[tuple[str, str]]:
    """What was written and told."""
    found = await owner.fetch("SELECT text, telling ->> 'text' AS told FROM turns WHERE game_id = $1 ORDER BY number", game_id)
    return [(one["text"], one["told"]) for one in found]


@pytest.mark.usefixtures("small_batches")
async def test_the_texts_of_games_that_ended_long_ago_go_and_the_facts_stay(archive, owner, player_id: str, retention):
    old = [await ended(archive, owner, player_id, days=31) for _ in range(5)]
    young = await ended(archive, owner, player_id, days=29)
    before = await owner.fetch(FACTS, old[0])

    kept = Kept(texts=timedelta(days=30), guests=None, audit=None, model_calls=None)
    deleted = await retention(kept).round(within=MINUTE)

    assert deleted.texts == 5
    for one in old:
        assert await texts(owner, one) == [("", "")] * 3
    assert (await texts(owner, young))[1] == ("문을 연다", "비밀")
    assert await owner.fetch(FACTS, old[0]) == before
    stripped = await owner.fetchval("SELECT telling::text FROM turns WHERE game_id = $1 AND number = 1", old[0])
    assert json.loads(stripped) == {"text": "", **TOLD}
    assert (await retention(kept).round(within=MINUTE)).texts == 0, "they are not deleted again"


async def test_a_game_that_was_taken_up_again_keeps_its_texts(archive, owner, player_id: str, retention):
    game_id = await ended(archive, owner, player_id, days=31)
    assert await save(archive, sent(game(game_id, player_id, 3), row(game_id, 3, jump=True, parent=1, depth=1))) == ["SAVED"]

    await retention(Kept(texts=timedelta(days=30), guests=None, audit=None, model_calls=None)).round(within=MINUTE)

    assert (await texts(owner, game_id))[1] == ("문을 연다", "비밀")


@pytest.mark.usefixtures("small_batches")
async def test_guests_go_who_neither_play_nor_come(archive: ArchiveServiceStub, owner: asyncpg.Connection, retention):
    async def guest(*, days: int, sessions: str, plays: bool = False, registered: bool = False) -> UUID:
        player_id = str(uuid4())
        await create_player(archive, player_id)
        await owner.execute("UPDATE sessions SET expire_time = now() + $2::text::interval WHERE player_id = $1", player_id, sessions)
        if plays:
            game_id = str(uuid4())
            await save(archive, sent(game(game_id, player_id, 0), row(game_id, 0)))
        new = "UPDATE players SET create_time = now() - make_interval(days => $2), guest = $3 WHERE player_id = $1"
        await owner.execute(new, player_id, days, not registered)
        return UUID(player_id)

    stay = [
        await guest(days=31, sessions="1 day"),
        await guest(days=29, sessions="-1 day"),
        await guest(days=31, sessions="-1 day", plays=True),
        await guest(days=31, sessions="-1 day", registered=True),
    ]
    go = [await guest(days=31, sessions="-1 day") for _ in range(7)]

    deleted = await retention(Kept(texts=None, guests=timedelta(days=30), audit=None, model_calls=None)).round(within=MINUTE)

    left = {one["player_id"] for one in await owner.fetch("SELECT player_id FROM players WHERE player_id = ANY($1)", [*stay, *go])}
    assert left == set(stay)
    assert deleted.guests >= 7
    assert deleted.sessions >= 2, "expired ones of those who stay"


@pytest.mark.usefixtures("small_batches")
async def test_calls_and_the_audit_go_by_age_and_sums_stay(archive: ArchiveServiceStub, owner: asyncpg.Connection, retention):
    for days in (1, 20, 40, 50, 60, 70):
        await owner.execute(
            """INSERT INTO model_calls (call_id, purpose, outcome, prompt_tokens, completion_tokens, duration_ms, create_time)
            VALUES (gen_random_uuid(), 'TELLING', 'OK', 1, 1, 1, now() - make_interval(days => $1))""",
            days,
        )
        await owner.execute(
            "INSERT INTO audit (actor, method, subject, create_time) VALUES ('a', 'Old', $1, now() - make_interval(days => $2))",
            str(days),
            days,
        )
    sums = await owner.fetch("SELECT * FROM model_statistics ORDER BY 1, 2, 3, 4, 5")

    kept = Kept(texts=None, guests=None, audit=timedelta(days=1), model_calls=timedelta(days=30))
    deleted = await retention(kept).round(within=MINUTE)

    assert (deleted.model_calls, deleted.audit_entries) == (4, 4)
    assert await owner.fetchval("SELECT count(*) FROM model_calls WHERE create_time < now() - interval '30 days'") == 0
    assert [one["subject"] for one in await owner.fetch("SELECT subject FROM audit WHERE method = 'Old' ORDER BY 1")] == ["1", "20"]
    assert await owner.fetch("SELECT * FROM model_statistics ORDER BY 1, 2, 3, 4, 5") == sums
    done = await owner.fetchval("SELECT after FROM audit WHERE actor = 'retention' ORDER BY audit_id DESC LIMIT 1")
    assert json.loads(done) == {"audit_entries": 4, "model_calls": 4}


async def test_what_is_kept_for_ever_is_kept_and_nothing_done_leaves_no_entry(owner: asyncpg.Connection, retention):
    await retention(NOTHING).round(within=MINUTE)
    before = await owner.fetchval("SELECT count(*) FROM audit")

    assert await retention(NOTHING).round(within=MINUTE) == Deleted()
    assert await owner.fetchval("SELECT count(*) FROM audit") == before


@pytest.mark.usefixtures("small_batches")
async def test_many_processes_at_once_delete_each_thing_once(archive, owner, player_id: str, retention):
    old = [await ended(archive, owner, player_id, days=31) for _ in range(6)]
    kept = Kept(texts=timedelta(days=30), guests=None, audit=None, model_calls=None)

    deleted = await asyncio.gather(*(retention(kept).round(within=MINUTE) for _ in range(3)))

    assert sum(one.texts for one in deleted) == 6
    assert all([await texts(owner, one) == [("", "")] * 3 for one in old])


async def test_an_operator_can_have_it_run(internal: grpc.aio.Channel, owner: asyncpg.Connection, archive: ArchiveServiceStub):
    player_id = str(uuid4())
    await create_player(archive, player_id)
    await owner.execute("UPDATE sessions SET expire_time = now() - interval '1 day' WHERE player_id = $1", player_id)

    answer = await admin_service_pb2_grpc.AdminServiceStub(internal).RunRetention(admin_service_pb2.RunRetentionRequest())

    assert answer.guests >= 1
    assert await owner.fetchval("SELECT count(*) FROM players WHERE player_id = $1", player_id) == 0
