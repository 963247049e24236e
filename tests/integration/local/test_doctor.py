"""`maratang doctor` against real stores and model servers, well and not."""

import asyncio
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.chassis.config import Secret
from services.local.doctor import env_file, host, models, ports, stores
from services.local.doctor.asking import Compose, ContainedPostgres, ContainedRedis, DirectPostgres, DirectRedis
from services.local.doctor.findings import Finding, State
from services.local.wheels import postgres_program
from services.persistence.migrating import revisions, upgrade
from tests.support.fault_server import Exchange, FaultServer
from tests.support.servers import PROJECT, free_port, missing
from tests.support.stub_vllm import stub_vllm

pytestmark = pytest.mark.anyio
GOOD = "POSTGRES_USER=maratang\nPOSTGRES_PASSWORD=geheim\nPOSTGRES_DB=maratang\n"


def faults(found: Iterable[Finding]) -> list[str]:
    return [f"{one.about}: {one.says} → {one.advice}" for one in found if one.state is not State.WELL]


@pytest.fixture
async def migrated(empty_database_url: str) -> str:
    await upgrade(Secret(empty_database_url))
    return empty_database_url


# ---- the settings


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    (folder / ".env.prod.example").write_text("POSTGRES_USER=\nPOSTGRES_PASSWORD=\nPOSTGRES_DB=\nVLLM_BASE_URL=\nSERVICE_CREDENTIAL=\n")
    file = folder / ".env.prod"
    file.write_text(text)
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("POSTGRES_DB=maratang", "POSTGRES_DB="), ["POSTGRES_DB is not set"]),
        (GOOD + "TUREN_BURST=3\n", ["TUREN_BURST is read by nobody"]),
        (GOOD + 'VLLM_BASE_URL="http://gpu:8000"\n', ["VLLM_BASE_URL holds a character that is misread"]),
        (GOOD.replace("geheim", "ge$heim"), ["POSTGRES_PASSWORD holds a character", "POSTGRES_PASSWORD is not set"]),
        (GOOD + "VLLM_BASE_URL=gpu:8000\n", ["is no URL like http"]),
        (GOOD + "VLLM_BASE_URL=http://127.0.0.1:8000\n", ["127.0.0.1:8000 is the container itself"]),
        (GOOD + "export A\n", ["line 4 is no NAME=value"]),
        (GOOD + "# a comment\n\n", []),
    ],
)
def test_what_is_wrong_with_the_settings_is_named(tmp_path: Path, text: str, says: list[str]):
    found = [one for one in faults(env_file.read(written(tmp_path, text))[1]) if "not there yet" not in one]
    assert len(found) == len(says)
    for one, said in zip(found, says, strict=True):
        assert said in one
        assert "geheim" not in one


def test_settings_that_others_can_read_and_settings_that_are_not_there(tmp_path: Path):
    assert "chmod 600" in faults(env_file.read(written(tmp_path, GOOD, 0o644))[1])[-1]
    values, found = env_file.read(tmp_path / "nowhere")
    assert not values
    assert "cp .env.prod.example" in faults(found)[0]


# ---- the host


def test_a_disk_without_room_is_named(tmp_path: Path):
    assert "GB free" in host.disk("data", tmp_path / "not" / "made" / "yet").says
    assert host.disk("data", tmp_path, least_gb=10**9).state is State.WRONG


async def test_a_port_that_another_has_is_named():
    port = free_port()
    assert (await ports.edge(port)).state is State.WELL
    assert ports.embedded({"gateway: HTTP": port}, set())[0].state is State.WELL
    taker = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with taker:
        edge = await ports.edge(port)
        (mine,) = ports.embedded({"gateway: HTTP": port}, set())
        own = ports.embedded({"gateway: HTTP": port}, {port})
    assert (edge.state, mine.state, own[0].state) == (State.WRONG, State.WRONG, State.WELL)
    assert f"process {os.getpid()}" in mine.says


# ---- the models


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with stub_vllm(adapters=("yunseul-frank",)) as server:
        yield server


def page(status: int, body: str, **headers: str):
    async def behave(exchange: Exchange) -> None:
        data = body.encode()
        exchange.head(status, {"content-type": "text/html", **headers}, len(data))
        exchange.send(data)

    return behave


async def test_model_servers_of_the_right_kind_are_well(server: FaultServer):
    assert faults(await models.look([server.url], [server.url], adapters=["yunseul-frank"])) == []


@pytest.mark.parametrize(
    ("behaviour", "says", "advice"),
    [
        (page(404, "gone", **{"ngrok-error-code": "ERR_NGROK_3200"}), "TUNNEL_OFFLINE (ERR_NGROK_3200)", "maratang backends set base URL"),
        (
            page(404, "<p>The endpoint x.ngrok-free.app is offline. ERR_NGROK_3200</p>"),
            "TUNNEL_OFFLINE (ERR_NGROK_3200)",
            "start the tunnel",
        ),
        (page(200, "<title>Welcome to nginx</title>"), "TUNNEL_INTERSTITIAL", "the model server's own"),
        (page(401, "no"), "BACKEND_AUTH", "VLLM_API_KEY"),
    ],
)
async def test_a_model_server_that_is_none_is_named_with_what_to_do(server: FaultServer, behaviour, says: str, advice: str):
    server.models = behaviour
    (found,) = faults(await models.look([server.url], []))
    assert says in found
    assert advice in found


async def test_what_no_server_has_is_named(server: FaultServer):
    nobody = f"http://127.0.0.1:{free_port()}"
    async with stub_vllm() as plain:
        assert "BACKEND_UNREACHABLE" in faults(await models.look([nobody], []))[0]
        assert "without any adapter" in faults(await models.look([], [plain.url]))[0]
        assert "no server has somebody" in faults(await models.look([], [server.url], adapters=["somebody"]))[0]
        assert "nobody serves yunseul-frank" in faults(await models.look([plain.url], [], adapters=["yunseul-frank"]))[0]
    assert "set VLLM_BASE_URL" in faults(await models.look([], []))[0]


def test_the_scenarios_say_which_adapters_they_want():
    assert "yunseul-frank" in models.adapters_of(PROJECT / "scenarios")


# ---- the stores


async def test_stores_that_keep_what_they_acknowledge_are_well(redis_url: str, migrated: str):
    assert faults(await stores.redis(DirectRedis(redis_url))) == []
    # The tests' PostgreSQL runs without fsync, and is told so.
    found = faults(await stores.postgres(DirectPostgres(migrated)))
    assert [one for one in found if "fsync is off" not in one and "full_page_writes is off" not in one] == []


async def test_a_cluster_is_looked_at_server_by_server(shared_cluster_url: str):
    live = DirectRedis(shared_cluster_url)
    assert faults(await stores.redis(live)) == []
    assert len(await live.servers("TIME")) == 3


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("appendfsync", "everysec", "--appendfsync always"),
        ("maxmemory-policy", "allkeys-lru", "--maxmemory-policy noeviction"),
        ("maxmemory", "0", "maxmemory is not set"),
        ("maxmemory", "1500000", "raise maxmemory"),
    ],
)
async def test_a_redis_that_may_lose_games_is_named(redis_url: str, name: str, value: str, says: str):
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(Redis.from_url(redis_url))
        before = (await client.config_get(name))[name]
        stack.push_async_callback(client.config_set, name, before)
        await client.config_set(name, value)
        assert any(says in one for one in faults(await stores.redis(DirectRedis(redis_url))))


async def test_a_schema_that_is_not_the_codes_is_named(empty_database_url: str):
    database = DirectPostgres(empty_database_url)
    assert any("the database is empty" in one for one in faults(await stores.postgres(database)))
    await upgrade(Secret(empty_database_url), revisions()[-2])
    assert any(f"this code wants {revisions()[-1]}" in one for one in faults(await stores.postgres(database)))


async def test_stores_that_are_not_there_are_named():
    assert "can't be asked" in faults(await stores.redis(DirectRedis(f"redis://127.0.0.1:{free_port()}/0")))[0]
    assert "can't be asked" in faults(await stores.postgres(DirectPostgres(f"postgresql://a:b@127.0.0.1:{free_port()}/c")))[0]


async def test_a_clock_that_is_off_is_named(redis_url: str, postgres_url: str):
    off = [*await stores.redis(DirectRedis(redis_url), lambda: 0.0), *await stores.postgres(DirectPostgres(postgres_url), lambda: 9e9)]
    assert len([one for one in faults(off) if "NTP" in one]) == 2


# ---- as a command


@pytest.fixture
def contained(tmp_path: Path, redis_url: str, migrated: str, monkeypatch: pytest.MonkeyPatch) -> Compose:
    """Containers by a stand-in for Docker: it runs what `exec` names on this machine, against the tests' stores."""
    client = shutil.which("redis-cli")
    if client is None:
        missing("redis-cli", "apt-get install redis-tools")
        raise AssertionError
    url = migrated.replace("+asyncpg", "").replace(" ", "%20")
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(
        "#!/bin/sh\n"
        'case "$*" in "compose version") exit 0 ;; *"exec -T "*) ;; *) exit 64 ;; esac\n'
        'while [ "$1" != -T ]; do shift; done; shift 2; program=$1; shift\n'
        f'case $program in redis-cli) exec {client} -u {redis_url} "$@" ;;\n'
        f'psql) shift 4; exec {postgres_program("psql")} "$@" "{url}" ;; esac\n'
    )
    docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{docker.parent}:{os.defpath}")
    return Compose(tmp_path, tmp_path / ".env.prod")


async def test_containers_are_asked_from_inside(contained: Compose):
    assert faults(await stores.redis(ContainedRedis(contained))) == []
    found = await stores.postgres(ContainedPostgres(contained, "maratang", "maratang"))
    assert any(one.about == "migrations" and one.state is State.WELL for one in found), found


async def test_a_host_without_docker_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no Docker on this host" in faults(await stores.redis(ContainedRedis(Compose(tmp_path, tmp_path / ".env.prod"))))[0]


async def test_the_command_says_it_all_and_fails_where_something_is_wrong(
    tmp_path: Path, redis_url: str, migrated: str, server: FaultServer
):
    file = written(tmp_path, GOOD + f"HTTP_PORT={free_port()}\nVLLM_BASE_URL={server.url}\nLORA_VLLM_BASE_URL={server.url}\n")

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.local", "doctor", "--env-file", str(file), "--redis-url", redis_url]
        return subprocess.run([*command, "--database-url", migrated], capture_output=True, text=True, timeout=60, check=False)

    done = await asyncio.to_thread(run)
    assert done.returncode == 1, done.stderr
    for said in (
        "well   llm.base",
        "no server has haeju-ally, taeho-watchful",
        "is the container itself",
        "host.docker.internal",
        "well   migrations",
        "wrong   postgres",
    ):
        assert " ".join(said.split()) in " ".join(done.stdout.split()), done.stdout
    assert "geheim" not in done.stdout
