"""start_prod.sh and update_prod.sh before stub programs that note how they were called: what they check, and do in which order."""

import itertools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.servers import PROJECT

SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]
NEEDED = ("start_prod.sh", "docker-compose.prod.yml", ".env.prod.example", "deploy/tls.compose.yml")
WHOLE = {
    "POSTGRES_USER": "maratang",
    "POSTGRES_PASSWORD": "p@ss:w%rd/1",
    "POSTGRES_DB": "maratang",
    "VLLM_BASE_URL": "https://one.example,http://host.docker.internal:8000/v1",
    "LORA_VLLM_BASE_URL": "",
}
MADE = ("SERVICE_CREDENTIAL", "REDIS_PASSWORD", "DATABASE_APP_PASSWORD", "DATABASE_READ_PASSWORD")
# What both kinds of compose, and docker, are asked here.
STUB = """#!/bin/sh
printf '%s\\n' "$(basename "$0") $*" >> "$CALLED"
case "$(basename "$0") $*" in
"docker compose version") [ "$KIND" = "docker compose" ] || exit 1 ;;
"docker info") [ -z "${ENGINE_AWAY:-}" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; } ;;
*" ps -q "*) for last; do :; done; echo "id-$last" ;;
"docker inspect"*) echo healthy ;;
*" run "*" init_db") exit "${INIT_DB:-0}" ;;
*" exec -T gateway python"*) printf '%s' "${DEGRADED:-}" ;;
esac
"""
ONCE = 'for last; do :; done; echo "id-$last" ;;'
TWICE = 'for last; do :; done; echo "id-$last"; grep -q -- "--scale $last=2" "$CALLED" && echo "new-$last"; true ;;'


@dataclass(frozen=True, slots=True)
class Host:
    """A checkout on a host whose docker is a stub."""

    folder: Path

    def write(self, settings: dict[str, str] | str) -> None:
        text = settings if isinstance(settings, str) else "".join(f"{name}={value}\n" for name, value in settings.items())
        (self.folder / ".env.prod").write_bytes(text.encode())

    def run(self, script: str = "start_prod.sh", *arguments: str, shell: str = "dash", **environment: str) -> tuple[int, str, list[str]]:
        """The exit status, what was said, and how docker was called."""
        called = self.folder / "called"
        called.write_text("")
        given = {"PATH": f"{self.folder / 'bin'}:{os.defpath}", "CALLED": str(called), "KIND": "docker compose", "HOME": str(self.folder)}
        done = subprocess.run(
            (shell, str(self.folder / script), *arguments),
            env={**given, **environment},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return done.returncode, done.stdout + done.stderr, called.read_text().splitlines()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    shutil.copytree(PROJECT / "deploy" / "scripts", tmp_path / "deploy" / "scripts")
    (tmp_path / "bin").mkdir()
    for name in ("docker", "docker-compose"):
        (tmp_path / "bin" / name).write_text(STUB)
        (tmp_path / "bin" / name).chmod(0o755)
    host = Host(tmp_path)
    host.write(WHOLE)
    return host


def steps(called: list[str]) -> list[str]:
    """The calls that change something, without the files they name."""
    told = [line.partition("docker-compose.prod.yml ")[2] for line in called if "docker-compose.prod.yml" in line]
    return [line for line in told if not line.startswith(("ps", "exec", "logs"))]


@pytest.mark.parametrize("kind", ["docker compose", "docker-compose"])
@pytest.mark.parametrize("shell", SHELLS)
def test_it_builds_takes_down_prepares_and_starts_in_this_order(host: Host, shell: str, kind: str):
    status, said, called = host.run(shell=shell, KIND=kind)
    assert status == 0, said
    assert steps(called) == [
        "build init_db",
        "rm --stop --force",
        "up -d --no-deps db redis",
        "run --rm --no-deps -T init_db",
        "up -d --no-deps persistence llm_proxy game gateway nginx",
    ]
    composed = [line for line in called if ".env.prod" in line]
    assert all(line.startswith(f"{kind} --env-file .env.prod -f docker-compose.prod.yml ") for line in composed)
    assert f"logs: {kind} --env-file .env.prod -f docker-compose.prod.yml logs -f" in said
    assert "no conda environment deus" in said
    assert "degraded" not in said


def test_nothing_that_it_runs_removes_a_volume():
    """`down -v` is what loses everything."""
    for script in (PROJECT / "start_prod.sh", *(PROJECT / "deploy" / "scripts").glob("*.sh")):
        for line in script.read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith("#"):
                assert "volume rm" not in line
                assert "--volumes" not in line
                assert "prune" not in line
                assert " down -v" not in line


def test_what_is_missing_is_made_once_and_kept(host: Host):
    host.write({**WHOLE, "REDIS_PASSWORD": ""})
    (host.folder / ".env.prod").chmod(0o640)
    status, said, _ = host.run()
    assert status == 0
    after = (host.folder / ".env.prod").read_text()
    made = dict(line.split("=", 1) for line in after.splitlines())
    assert list(made)[: len(WHOLE) + 1] == [*WHOLE, "REDIS_PASSWORD"]
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert all(len(made[name]) == 64 for name in MADE)
    assert len({made[name] for name in MADE}) == len(MADE)
    assert f"made and written to .env.prod: {' '.join(MADE)}" in said
    assert not any(made[name] in said for name in MADE)
    assert (host.folder / ".env.prod").stat().st_mode & 0o777 == 0o640
    host.run()
    assert (host.folder / ".env.prod").read_text() == after


MISREAD = ("a'b", 'a"b', "a$b", "a\\b", "a#b", "a b", "a`b", "a\tb", '"a"')
FAULTS = [
    ({"POSTGRES_USER": None}, ["POSTGRES_USER is not set"]),
    ({"POSTGRES_PASSWORD": ""}, ["POSTGRES_PASSWORD is not set"]),
    ({"POSTGRES_DB": None}, ["POSTGRES_DB is not set"]),
    ({"VLLM_BASE_URL": None}, ["VLLM_BASE_URL is missing: name the model servers, or leave it empty (VLLM_BASE_URL=) to do without"]),
    ({"LORA_VLLM_BASE_URL": None}, ["LORA_VLLM_BASE_URL is missing"]),
    ({"POSTGRES_USER": "Mara Tang"}, ["POSTGRES_USER: a value has no space", "POSTGRES_USER: Mara Tang is not lower-case"]),
    ({"POSTGRES_USER": "maratang_app"}, ["POSTGRES_USER: maratang_app is a name that is taken"]),
    ({"POSTGRES_DB": "template1"}, ["POSTGRES_DB: template1 is a name that is taken"]),
    *(({"POSTGRES_PASSWORD": bad}, ["POSTGRES_PASSWORD: a value has no"]) for bad in MISREAD),
    ({"POSTGRES_PASSWORD": "비밀"}, ["POSTGRES_PASSWORD: a value is in ASCII"]),
    ({"VLLM_BASE_URL": "model.example:8000"}, ["VLLM_BASE_URL: model.example:8000 is not http(s)://host:port"]),
    ({"VLLM_BASE_URL": "http://a.example,ftp://b.example"}, ["VLLM_BASE_URL: ftp://b.example is not"]),
    ({"LORA_VLLM_BASE_URL": "http://127.0.0.1:8000"}, ["LORA_VLLM_BASE_URL: http://127.0.0.1:8000 would be the container itself"]),
    ({"LORA_VLLM_BASE_URL": "http://localhost:8000"}, ["http://host.docker.internal:PORT"]),
    ({"TZ": "Asia/Seol"}, ["TZ: Asia/Seol is no time zone"]),
    ({"HTTP_PORT": "http"}, ["HTTP_PORT: http is not a port"]),
    ({"TURN_BURST": "many"}, ["TURN_BURST: many is not a whole number"]),
    ({"PLAYER_TURN_BURST": "-1"}, ["PLAYER_TURN_BURST: -1 is not a whole number"]),
    ({"TURN_INTERVAL_SECONDS": "1s"}, ["TURN_INTERVAL_SECONDS: 1s is not a number of seconds"]),
    ({"PLAYER_TOKENS_PER_DAY": "1e6"}, ["PLAYER_TOKENS_PER_DAY: 1e6 is not"]),
    ({"REFLECTION": "perhaps"}, ["REFLECTION: perhaps is not true or false"]),
    ({"REDIS_MAXMEMORY": "lots"}, ["REDIS_MAXMEMORY: lots is not an amount of memory"]),
    ({"TRUSTED_PROXIES": "the balancer"}, ["TRUSTED_PROXIES: the balancer is not addresses or networks"]),
    ({"COMPOSE_PROJECT_NAME": "Mara Tang"}, ["COMPOSE_PROJECT_NAME: Mara Tang is not lower-case"]),
    ({"GAME_IDLE_SECONDS": "day", "POSTGRES_DB": ""}, ["POSTGRES_DB is not set", "GAME_IDLE_SECONDS: day is not a number of seconds"]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "faults"), FAULTS)
def test_each_wrong_or_missing_variable_is_named_and_nothing_is_touched(host: Host, changed: dict[str, str | None], faults: list[str]):
    settings = {name: value for name, value in {**WHOLE, **changed}.items() if value is not None}
    host.write(settings)
    before = (host.folder / ".env.prod").read_bytes()
    status, said, called = host.run()
    assert status == 1
    for fault in faults:
        assert fault in said
    assert "nothing was started or stopped" in said
    assert called == []
    assert (host.folder / ".env.prod").read_bytes() == before


LINES = [
    ("export POSTGRES_USER=maratang", "line 1 is not NAME=value: no space before the =, no export"),
    ("POSTGRES_USER maratang", "line 1 is not NAME=value"),
    ("POSTGRES_USER =maratang", "line 1 is not NAME=value"),
    ("POSTGRES_USER=maratang\r", "line 1 ends as on Windows"),
    ("POSTGRES_DB=twice", "POSTGRES_DB stands there twice"),
]


@pytest.mark.parametrize(("line", "fault"), LINES)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_line_that_compose_would_read_in_its_own_way_is_refused(host: Host, shell: str, line: str, fault: str):
    host.write(f"{line}\n" + "".join(f"{name}={value}\n" for name, value in WHOLE.items()))
    status, said, called = host.run(shell=shell)
    assert (status, called) == (1, [])
    assert fault in said


def test_a_name_that_nothing_knows_is_told_and_does_not_stop_the_start(host: Host):
    host.write({**WHOLE, "TURN_BRUST": "5"})
    status, said, _ = host.run()
    assert status == 0
    assert "TURN_BRUST is known to nothing here. Is it misspelt?" in said


def test_without_the_file_the_way_to_it_is_said(host: Host):
    (host.folder / ".env.prod").unlink()
    status, said, called = host.run()
    assert (status, called) == (1, [])
    assert "cp .env.prod.example .env.prod" in said


def test_an_engine_that_is_away_and_a_compose_that_is_missing_are_said(host: Host):
    status, said, called = host.run(ENGINE_AWAY="yes")
    assert status == 1
    assert "Cannot connect to the Docker daemon" in said
    assert steps(called) == []
    (host.folder / "bin" / "docker-compose").unlink()
    status, said, _ = host.run(KIND="none")
    if shutil.which("docker-compose", path=os.defpath) is None:
        assert status == 1
        assert "apt-get install docker-compose" in said


@pytest.mark.parametrize(
    ("code", "why"),
    [(65, "a scenario is faulty"), (69, "POSTGRES_PASSWORD in .env.prod is not"), (77, "may make no roles"), (78, "is wrong")],
)
def test_when_init_db_fails_nothing_else_is_started_and_the_likely_cause_is_said(host: Host, code: int, why: str):
    status, said, called = host.run(INIT_DB=str(code))
    assert status == 1
    assert f"init_db failed with status {code}" in said
    assert why in said
    assert steps(called)[-1] == "run --rm --no-deps -T init_db"


def test_what_is_degraded_is_said_and_the_start_is_a_success(host: Host):
    status, said, _ = host.run(DEGRADED="llm.base: TUNNEL_OFFLINE\n")
    assert status == 0
    assert "degraded: games go on" in said
    assert "llm.base: TUNNEL_OFFLINE" in said


def test_the_conda_environment_deus_is_activated_where_it_is(host: Host):
    conda = host.folder / "miniconda3"
    (conda / "envs" / "deus").mkdir(parents=True)
    (conda / "etc" / "profile.d").mkdir(parents=True)
    (conda / "etc" / "profile.d" / "conda.sh").write_text('conda() { echo "conda $*, undefined: $UNDEFINED"; }\n')
    for shell in SHELLS:
        status, said, _ = host.run(shell=shell)
        assert status == 0, said
        assert "conda activate deus" in said
        assert "==> conda environment deus (" in said


def test_certificates_and_the_backup_profile_bring_what_belongs_to_them(host: Host):
    folder = host.folder / "deploy" / "nginx" / "certificates"
    folder.mkdir(parents=True)
    for name in ("fullchain.pem", "privkey.pem"):
        (folder / name).write_text("")
    host.write({**WHOLE, "COMPOSE_PROFILES": "backup"})
    status, said, called = host.run()
    assert status == 0, said
    composed = [line for line in called if "docker-compose.prod.yml" in line]
    assert all("-f docker-compose.prod.yml -f deploy/tls.compose.yml " in line for line in composed)
    assert any(line.endswith("game gateway nginx backup") for line in composed)


def test_an_update_replaces_one_service_after_the_other_and_nginx_looks_to_the_new_one_first(host: Host):
    """Docker is a stub that gives a second container to whoever asks for one."""
    stub = (host.folder / "bin" / "docker").read_text()
    stub = stub.replace(ONCE, TWICE).replace('"docker inspect"*) echo healthy', '"docker inspect"*) echo 10.1.2.3')
    (host.folder / "bin" / "docker").write_text(stub)
    status, said, called = host.run("deploy/scripts/update_prod.sh")
    assert status == 0, said
    done = [line for line in called if any(word in line for word in ("--scale", "stop", "start.sh", "run --rm", "build", "tag"))]
    told = [line.partition("docker-compose.prod.yml ")[2] or line for line in done]
    rolled = [
        [f"up -d --no-deps --no-recreate --scale {name}=2 {name}", f"docker stop --time 35 id-{name}"]
        for name in ("persistence", "llm_proxy", "game")
    ]
    assert told == [
        "docker tag maratang:prod maratang:previous",
        "build init_db",
        "run --rm --no-deps -T init_db",
        *itertools.chain(*rolled),
        "up -d --no-deps --no-recreate --scale gateway=2 gateway",
        "exec -T nginx sh /etc/nginx/maratang/start.sh point 10.1.2.3:8000",
        "docker stop --time 35 id-gateway",
        "exec -T nginx sh /etc/nginx/maratang/start.sh point gateway:8000",
    ]


def test_a_new_container_that_takes_no_work_goes_again_and_the_old_one_stays(host: Host):
    stub = (host.folder / "bin" / "docker").read_text()
    (host.folder / "bin" / "docker").write_text(stub.replace(ONCE, f'{TWICE}\n"docker exec new-"*) exit 1 ;;'))
    script = host.folder / "deploy" / "scripts" / "update_prod.sh"
    script.write_text(script.read_text().replace('"$new" 120', '"$new" 2'))
    status, said, called = host.run("deploy/scripts/update_prod.sh")
    assert status == 1
    assert "the new persistence does not take work" in said
    assert "docker rm --force new-persistence" in called
    assert not [line for line in called if line.startswith("docker stop")]


def test_set_models_says_both_roles_in_one_call_and_no_credential_on_a_command_line(host: Host):
    status, said, called = host.run("deploy/scripts/set_models.sh", "the tunnel moved")
    assert status == 0, said
    (told,) = [line for line in called if "exec -T" in line]
    assert "exec -T -e COLUMNS=160 llm_proxy sh -c" in told
    text = (host.folder / "called").read_text()
    assert f"set_models the tunnel moved {WHOLE['VLLM_BASE_URL']} " in text
    assert "$SERVICE_CREDENTIAL" in text
    made = dict(line.split("=", 1) for line in (host.folder / ".env.prod").read_text().splitlines())
    assert made.get("SERVICE_CREDENTIAL", "none") not in text
