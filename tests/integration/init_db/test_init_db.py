"""`python -m services.init_db` on a real PostgreSQL."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from services.persistence import migrating
from tests.support.servers import PROJECT, ROLE_PASSWORD, Server, as_role, free_port
from tests.support.small_pack import small_files

pytestmark = pytest.mark.anyio


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    """A folder with two packs, `other` and `small`."""
    for scenario_id in ("other", "small"):
        for name, text in small_files().items():
            file = tmp_path / "scenarios" / scenario_id / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("id: small\n", f"id: {scenario_id}\n"), encoding="utf-8")
    return tmp_path / "scenarios"


async def init_db(url: str, scenarios: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services.init_db"],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={"DATABASE_URL": url, "SCENARIOS": str(scenarios), "PYTHONUTF8": "1", **settings},
        timeout=60,
    )


async def query(url: str, sql: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def published(url: str) -> dict[object, object]:
    """Scenario id → pack hash."""
    return {row[0]: row[1] for row in await query(url, "SELECT scenario_id, pack_hash FROM scenarios")}


async def test_it_migrates_and_publishes_and_says_so(empty_database_url: str, scenarios: Path):
    done = await init_db(empty_database_url, scenarios)

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "packs checked: 2",
        f"migrations run: {', '.join(migrating.revisions())}",
        "rights given: maratang_app, maratang_read",
    ]
    assert [line.partition(" (")[0] for line in lines[3:]] == ["published: other 1.0.0", "published: small 1.0.0"]
    assert set(await published(empty_database_url)) == {"other", "small"}


async def test_a_second_time_it_changes_nothing(empty_database_url: str, scenarios: Path):
    await init_db(empty_database_url, scenarios)
    everything = "SELECT p::text, s::text FROM packs p JOIN scenarios s USING (pack_hash) ORDER BY 1"
    before = await query(empty_database_url, everything)

    done = await init_db(empty_database_url, scenarios)

    assert done.returncode == 0
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "packs checked",
        "migrations",
        "rights given",
        "unchanged",
        "unchanged",
    ]
    assert await query(empty_database_url, everything) == before


async def test_several_at_once_do_it_once(empty_database_url: str, scenarios: Path):
    done = await asyncio.gather(*(init_db(empty_database_url, scenarios) for _ in range(3)))

    assert [one.returncode for one in done] == [0, 0, 0]
    assert "".join(one.stdout for one in done).count("migrations run") == 1
    assert "".join(one.stdout for one in done).count("published") == 2


async def test_a_changed_pack_takes_the_place_of_the_old_one_which_stays(empty_database_url: str, scenarios: Path):
    await init_db(empty_database_url, scenarios)
    old = await published(empty_database_url)
    pack = scenarios / "small" / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.0.1"), encoding="utf-8")

    done = await init_db(empty_database_url, scenarios)

    assert "published: small 1.0.1" in done.stdout
    assert "unchanged: other 1.0.0" in done.stdout
    new = await published(empty_database_url)
    assert new["other"] == old["other"]
    assert new["small"] != old["small"]
    assert len(await query(empty_database_url, "SELECT FROM packs WHERE scenario_id = 'small'")) == 2


async def test_bad_packs_are_named_with_all_their_faults_and_nothing_is_changed(empty_database_url: str, scenarios: Path):
    (scenarios / "small" / "items.yaml").write_text("coin: {in: nowhere}\nbell: {in: nowhere}\n", encoding="utf-8")
    (scenarios / "other" / "endings.yaml").write_text("[", encoding="utf-8")
    (scenarios / "third").mkdir()
    (scenarios / "third" / "pack.yaml").write_bytes(b"\xff")

    done = await init_db(empty_database_url, scenarios)

    assert done.returncode == 65
    assert f"{scenarios}/small/items.yaml:1:" in done.stderr
    assert f"{scenarios}/small/items.yaml:2:" in done.stderr
    assert f"{scenarios}/other/endings.yaml:1:" in done.stderr
    assert f"{scenarios}/third" in done.stderr
    assert await query(empty_database_url, "SELECT FROM pg_tables WHERE schemaname = 'public'") == []


async def test_two_packs_of_one_id_and_no_pack_at_all_are_faults(empty_database_url: str, scenarios: Path, tmp_path: Path):
    pack = scenarios / "other" / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("id: other", "id: small"), encoding="utf-8")

    twice = await init_db(empty_database_url, scenarios)
    nothing = await init_db(empty_database_url, tmp_path)
    nowhere = await init_db(empty_database_url, tmp_path / "nowhere")

    assert [one.returncode for one in (twice, nothing, nowhere)] == [65, 65, 65]
    assert "'small'" in twice.stderr
    assert "no folder" in nothing.stderr
    assert "no such folder" in nowhere.stderr


async def test_the_service_can_sign_in_with_the_password_it_was_given(empty_database_url: str, scenarios: Path):
    given = {"DATABASE_APP_PASSWORD": ROLE_PASSWORD.reveal(), "DATABASE_READ_PASSWORD": ROLE_PASSWORD.reveal()}

    done = await init_db(empty_database_url, scenarios, **given)

    assert done.returncode == 0, done.stderr
    for role in ("maratang_app", "maratang_read"):
        assert await query(as_role(empty_database_url, role), "SELECT current_user::text") == [(role,)]


async def test_a_password_that_postgresql_would_change_is_a_fault_that_does_not_repeat_it(empty_database_url: str, scenarios: Path):
    done = await init_db(empty_database_url, scenarios, DATABASE_APP_PASSWORD="비밀번호")

    assert (done.returncode, done.stdout) == (78, "")
    assert "DATABASE_APP_PASSWORD: holds a character" in done.stderr
    assert "비밀" not in done.stderr


async def test_the_projects_own_scenarios_are_published(empty_database_url: str):
    done = await init_db(empty_database_url, PROJECT / "scenarios")

    assert done.returncode == 0, done.stderr
    assert "tutorial" in await published(empty_database_url)


async def test_it_waits_for_postgresql_and_says_so(postgres_server: Server, scenarios: Path):
    await postgres_server.stop()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.init_db",
        cwd=PROJECT,
        env={"DATABASE_URL": postgres_server.url, "SCENARIOS": str(scenarios), "DATABASE_WAIT_SECONDS": "60"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while not (await process.stdout.readline()).startswith(b"waiting for PostgreSQL"):
            pass
        await postgres_server.start()
        rest = await process.stdout.read()
        assert await process.wait() == 0

    assert b"published: small" in rest


async def test_a_postgresql_that_never_comes_is_named_and_nothing_secret_with_it(scenarios: Path):
    url = f"postgresql+asyncpg://maratang:hush@127.0.0.1:{free_port()}/maratang"

    done = await init_db(url, scenarios, DATABASE_WAIT_SECONDS="0.5")

    assert done.returncode == 69
    assert "PostgreSQL did not answer" in done.stderr
    assert "hush" not in done.stdout + done.stderr


async def test_a_wrong_configuration_is_named_at_once(tmp_path: Path):
    done = await init_db("mysql://maratang:hush@localhost/maratang", tmp_path, DATABASE_WAIT_SECONDS="soon")

    assert done.returncode == 78
    assert "DATABASE_WAIT_SECONDS" in done.stderr
    assert "hush" not in done.stderr
