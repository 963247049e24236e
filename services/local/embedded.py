"""The system in its embedded shape: which parts there are, what each is told, what it waits for."""

import sys
from functools import partial

from services.local import llama, postgres, valkey
from services.local.config import LocalConfig
from services.local.credentials import Credentials
from services.local.parts import Part
from services.local.probes import answers_ok, takes_connections

# Above MARATANG_PORT, where the gateway's HTTP is.
GATEWAY_INTERNAL, GATEWAY_METRICS = 1, 5
GAME_PUBLIC, GAME_INTERNAL, GAME_METRICS = 10, 11, 15
LLM_PROXY_INTERNAL, LLM_PROXY_METRICS = 20, 25
PERSISTENCE_PUBLIC, PERSISTENCE_INTERNAL, PERSISTENCE_METRICS = 30, 31, 35
POSTGRES, VALKEY, LLAMA = 40, 41, 42

SERVICES = ("persistence", "llm_proxy", "game", "gateway")


def parts(config: LocalConfig, credentials: Credentials, *, with_small_model: bool) -> tuple[Part, ...]:
    """Every part, those that others wait for first. Raises PartError when one can't run here."""
    home = config.home
    database, store = config.port + POSTGRES, config.port + VALKEY
    prepared = {
        "DATABASE_URL": postgres.url(database, credentials.postgres),
        "DATABASE_APP_PASSWORD": credentials.postgres_app.reveal(),
        "DATABASE_READ_PASSWORD": credentials.postgres_read.reveal(),
    }
    models = [llama.part(home / "models", config.port + LLAMA)] if with_small_model else []
    return (
        postgres.part(home / "postgres", database, credentials.postgres),
        valkey.part(home / "valkey", store, credentials.valkey),
        *models,
        Part(
            name="init_db",
            command=_module("services.init_db"),
            environment={**prepared, "SCENARIOS": str(config.scenarios)},
            after=("postgres",),
            ready_within_seconds=300,
        ),
        _service(
            config,
            credentials,
            "persistence",
            {"gRPC": PERSISTENCE_PUBLIC, "internal gRPC": PERSISTENCE_INTERNAL, "metrics": PERSISTENCE_METRICS},
            {"DATABASE_URL": postgres.url(database, credentials.postgres_app, role=postgres.APP_ROLE)},
            after=("init_db",),
        ),
        _service(
            config,
            credentials,
            "llm_proxy",
            {"internal gRPC": LLM_PROXY_INTERNAL, "metrics": LLM_PROXY_METRICS},
            # llama.cpp sends its headers with the first token.
            {
                "PERSISTENCE_ADDRESS_INTERNAL": _at(config.port + PERSISTENCE_INTERNAL),
                **(
                    {"VLLM_BASE_URL": llama.url(config.port + LLAMA), "HEADERS_SECONDS": "15", "FIRST_TOKEN_SECONDS": "15"}
                    if with_small_model
                    else {}
                ),
            },
        ),
        _service(
            config,
            credentials,
            "game",
            {"gRPC": GAME_PUBLIC, "internal gRPC": GAME_INTERNAL, "metrics": GAME_METRICS},
            {
                "REDIS_URL": valkey.url(store, credentials.valkey),
                "PERSISTENCE_ADDRESS_INTERNAL": _at(config.port + PERSISTENCE_INTERNAL),
                "LLM_PROXY_ADDRESS": _at(config.port + LLM_PROXY_INTERNAL),
            },
            after=("valkey", "persistence", "llm_proxy"),
        ),
        _service(
            config,
            credentials,
            "gateway",
            {"HTTP": 0, "internal gRPC": GATEWAY_INTERNAL, "metrics": GATEWAY_METRICS},
            {
                "LISTEN_HTTP": _at(config.port),
                "GAME_ADDRESS": _at(config.port + GAME_PUBLIC),
                "PERSISTENCE_ADDRESS": _at(config.port + PERSISTENCE_PUBLIC),
                "LLM_PROXY_ADDRESS": _at(config.port + LLM_PROXY_INTERNAL),
            },
            after=("game",),
        ),
    )


def _service(
    config: LocalConfig,
    credentials: Credentials,
    name: str,
    offsets: dict[str, int],
    environment: dict[str, str],
    after: tuple[str, ...] = (),
) -> Part:
    ports = {what: config.port + offset for what, offset in offsets.items()}
    listen = {"LISTEN_INTERNAL": _at(ports["internal gRPC"]), "LISTEN_METRICS": _at(ports["metrics"])}
    if "gRPC" in ports:
        listen["LISTEN_PUBLIC"] = _at(ports["gRPC"])
    ready = partial(answers_ok, ports["HTTP"], "/readyz") if "HTTP" in ports else partial(takes_connections, ports["internal gRPC"])
    return Part(
        name=name,
        command=_module(f"services.{name}"),
        environment={"SERVICE_CREDENTIAL": credentials.service.reveal(), **listen, **environment},
        ready=ready,
        after=after,
        ports=ports,
        ready_within_seconds=60,
    )


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)


def _at(port: int) -> str:
    return f"127.0.0.1:{port}"
