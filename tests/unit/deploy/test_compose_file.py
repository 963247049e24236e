"""What the deployment on one host may never lose: who is reached from where, who may write, and that every variable is known both ways."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
from ruamel.yaml import YAML

from services.chassis.answering import Asked
from services.chassis.app import GRACE_SECONDS
from services.game.config import GameConfig
from services.gateway.calls import PING_SECONDS
from services.gateway.config import GatewayConfig
from services.gateway.exchange import BODY_SECONDS
from services.gateway.http_server import KEEP_ALIVE_SECONDS
from services.gateway.metadata import MAX_SECONDS
from services.gateway.wiring import LAST_SECONDS
from services.init_db.config import InitDbConfig
from services.llm_proxy.config import LlmProxyConfig
from services.persistence.config import PersistenceConfig
from tests.support.servers import PROJECT

COMPOSE: Mapping[str, Any] = YAML(typ="safe").load((PROJECT / "docker-compose.prod.yml").read_text(encoding="utf-8"))
TLS: Mapping[str, Any] = YAML(typ="safe").load((PROJECT / "deploy" / "tls.compose.yml").read_text(encoding="utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
CONFIGS: dict[str, tuple[type, ...]] = {
    "gateway": (GatewayConfig, Asked),
    "game": (GameConfig, Asked),
    "llm_proxy": (LlmProxyConfig, Asked),
    "persistence": (PersistenceConfig, Asked),
    "init_db": (InitDbConfig,),
}
IN_THE_IMAGE = {"SCENARIOS"}
"""Settings whose default is right in the image."""
FOR_PROOFS = {"MARATANG_FAILPOINTS"}
PUT_TOGETHER = {
    "DATABASE_URL": {"DATABASE_HOST", "DATABASE_USER", "DATABASE_PASSWORD", "DATABASE_NAME"},
    "REDIS_URL": {"REDIS_HOST", "REDIS_PASSWORD"},
}
"""What deploy/entrypoint.sh makes, and of what."""
NOT_OURS = {"TZ"}
ABSENT = {"gateway": {"LISTEN_PUBLIC"}, "llm_proxy": {"LISTEN_PUBLIC"}}
"""Ports that a service does not have."""
EXAMPLE = (PROJECT / ".env.prod.example").read_text(encoding="utf-8")
SETTING = re.compile(r"^([A-Za-z_]+)=(.*)$", re.MULTILINE)
SCRIPTS = "".join(
    path.read_text(encoding="utf-8") for path in (PROJECT / "start_prod.sh", *sorted((PROJECT / "deploy" / "scripts").glob("*.sh")))
)
READ_BY_COMPOSE = {"COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES"}
"""Compose's own."""


def reads(service: str) -> set[str]:
    """The variables that a service's code reads."""
    return {field.metadata["env"] for config in CONFIGS[service] for field in fields(config)}


def interpolated(tree: object) -> set[str]:
    """The variables of .env.prod that a part of a compose file names."""
    return set(re.findall(r"\$\{([A-Z_]+)", str(tree).replace("$$", "")))


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_has_a_name_and_every_one_has_its_rights_taken(service: str):
    one = SERVICES[service]
    assert "container_name" not in one, "a second container of this name could not be started beside it"
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["networks"] == ["maratang_net"]
    assert "privileged" not in one
    assert not [volume for volume in one.get("volumes", ()) if "docker.sock" in volume]
    assert one["restart"] == ("no" if service == "init_db" else "unless-stopped")
    assert one["logging"]["options"]["max-size"], "logs must not fill the disk"
    assert one["environment"]["TZ"] == "${TZ:-Asia/Seoul}"


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "init_db"])
def test_every_container_that_stays_says_whether_it_is_well(service: str):
    check = SERVICES[service]["healthcheck"]
    assert {"test", "interval", "timeout", "retries", "start_period"} == set(check), "compose 1.29 knows no start_interval"
    assert "localhost" not in str(check)


def test_only_nginx_publishes_ports():
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["nginx"]
    assert SERVICES["nginx"]["ports"] == ["${HTTP_PORT:-80}:80"]
    assert {"services": {"nginx": {"ports": ["${HTTPS_PORT:-443}:443"], "volumes": TLS["services"]["nginx"]["volumes"]}}} == TLS
    assert not [name for name, one in SERVICES.items() if one.get("network_mode")]


def test_every_image_is_of_a_version():
    images = {name: one["image"] for name, one in SERVICES.items()}
    assert images["db"] == images["backup"] == "postgres:16", "pg_dump must not be older than its server"
    assert {images[name] for name in CONFIGS} == {"${MARATANG_IMAGE:-maratang:prod}"}
    dockerfile = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^ARG PYTHON_IMAGE=(.+)$", dockerfile, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON_IMAGE}"}
    for image in (*bases, *(images[name] for name in ("db", "redis", "nginx"))):
        _, _, tag = image.partition(":")
        assert re.match(r"\d+", tag), image


def test_the_image_runs_as_nobody_special_and_takes_only_what_its_lock_names():
    dockerfile = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    last = dockerfile.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)", last, re.MULTILINE) == ["10001:10001"]
    assert "pip" not in last
    assert "apt" not in dockerfile
    for line in dockerfile.replace("\\\n", " ").splitlines():
        for command in line.split("&&"):
            if " install " in command:
                assert "--require-hashes --only-binary :all:" in " ".join(command.split()) or "--no-index" in command, command
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    assert not [line for line in ignored if line.startswith("!") and (".env" in line or "test" in line or ".git" in line)]


def test_data_is_kept_in_named_volumes():
    assert set(COMPOSE["volumes"]) == {"postgres_data", "redis_data"}
    assert "postgres_data:/var/lib/postgresql/data" in SERVICES["db"]["volumes"], "where PostgreSQL 16's image has it"
    assert "redis_data:/data" in SERVICES["redis"]["volumes"]
    redis = " ".join(SERVICES["redis"]["command"])
    for needed in ("--appendonly yes", "--appendfsync always", "--no-appendfsync-on-rewrite no", "--maxmemory-policy noeviction"):
        assert needed in redis


def test_the_database_is_asked_over_tcp_whether_it_is_there():
    """On an empty volume the socket answers while the database is still being made."""
    assert "pg_isready --quiet --host 127.0.0.1" in SERVICES["db"]["healthcheck"]["test"][1]
    assert SERVICES["persistence"]["depends_on"] == {"init_db": {"condition": "service_completed_successfully"}}
    assert SERVICES["init_db"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert "restart" not in str([one.get("depends_on") for one in SERVICES.values()])


@pytest.mark.parametrize("service", CONFIGS)
def test_every_variable_a_service_reads_is_set_and_no_other(service: str):
    given = set(SERVICES[service]["environment"]) - NOT_OURS
    wanted = reads(service) - IN_THE_IMAGE - FOR_PROOFS - ABSENT.get(service, set())
    for whole, parts in PUT_TOGETHER.items():
        if whole in wanted:
            wanted = wanted - {whole} | parts
    assert given == wanted


def test_who_signs_in_to_the_database_has_no_more_rights_than_needed():
    assert SERVICES["persistence"]["environment"]["DATABASE_USER"] == "maratang_app"
    holders = {name for name, one in SERVICES.items() if "POSTGRES_PASSWORD" in interpolated(one)}
    assert holders == {"db", "init_db", "backup"}
    assert {name for name, one in SERVICES.items() if "VLLM_API_KEY" in interpolated(one)} == {"llm_proxy"}


def test_every_variable_of_the_example_is_read_and_every_one_read_is_in_it():
    known = [name for name, _ in SETTING.findall(EXAMPLE)]
    assert sorted(known) == sorted(set(known))
    composed = interpolated((SERVICES, TLS)) | READ_BY_COMPOSE
    by_scripts = set(re.findall(r"\$\(setting ([A-Z][A-Z_]+)", SCRIPTS))
    assert by_scripts - composed == set()
    assert set(known) == composed


def test_every_variable_of_the_example_has_its_sentence():
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if SETTING.match(line):
            assert lines[number - 1].startswith("# "), line
            assert not lines[number - 1].startswith("# ----"), line


def test_defaults_that_the_example_tells_are_those_of_the_code():
    """`…; 20.` in the sentence, and the field's default."""
    defaults = {field.metadata["env"]: field.default for service in CONFIGS for config in CONFIGS[service] for field in fields(config)}
    sentences = re.findall(r"((?:^# .+\n)+)^([A-Z_]+)=$", EXAMPLE, re.MULTILINE)
    told = 0
    for sentence, name in sentences:
        default = defaults.get(name)
        said = re.search(r"; ([\d.]+)[.,]", sentence.replace("\n# ", " "))
        if said is None or not hasattr(default, "__sub__"):
            continue
        seconds = getattr(default, "total_seconds", None)
        assert float(said[1].rstrip(".")) == (seconds() if seconds else default), name
        told += 1
    assert told > 15


def test_env_prod_is_in_no_commit_and_in_no_image():
    assert ".env.prod" in (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ] == [
        "services",
        "protos/gen/maratang",
    ]


def nginx_seconds(file: str, directive: str) -> list[int]:
    text = (PROJECT / "deploy" / "nginx" / file).read_text(encoding="utf-8")
    return [int(found) for found in re.findall(rf"^\s*{directive} (\d+)s;", text, re.MULTILINE)]


def test_who_waits_outside_waits_longer_than_who_works_inside():
    unary, stream = nginx_seconds("server.conf", "proxy_read_timeout")
    assert unary > MAX_SECONDS[False]
    assert stream >= 3 * PING_SECONDS
    assert nginx_seconds("nginx.conf", "worker_shutdown_timeout")[0] > MAX_SECONDS[True]
    assert nginx_seconds("nginx.conf", "client_body_timeout")[0] >= BODY_SECONDS
    grace = {name: int(SERVICES[name]["stop_grace_period"].removesuffix("s")) for name in ("gateway", "game", "llm_proxy", "persistence")}
    assert min(grace.values()) > GRACE_SECONDS + KEEP_ALIVE_SECONDS + LAST_SECONDS
    update = (PROJECT / "deploy" / "scripts" / "update_prod.sh").read_text(encoding="utf-8")
    assert {int(found) for found in re.findall(r"docker stop --time (\d+)", update)} == set(grace.values())
