"""A real Envoy, from its wheel, with the bootstrap that is deployed."""

import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from string import Template
from typing import Any

import httpx
from ruamel.yaml import YAML

from services.local.parts import Child, Part
from tests.support.servers import PROJECT, free_port

BOOTSTRAP = PROJECT / "deploy" / "envoy" / "bootstrap.yaml"
CONTRACT = PROJECT / "protos" / "gen" / "maratang" / "contract.binpb"
Json = dict[str, Any]


def bootstrap(listen: int, game: int, persistence: int) -> Json:
    """The deployed bootstrap, with these ports of 127.0.0.1 in it."""
    text = Template(BOOTSTRAP.read_text(encoding="utf-8")).substitute(
        MARATANG_ADMIN_PORT=free_port(),
        MARATANG_LISTEN_HOST="127.0.0.1",
        MARATANG_LISTEN_PORT=listen,
        MARATANG_DESCRIPTORS=CONTRACT,
        MARATANG_GAME_HOST="127.0.0.1",
        MARATANG_GAME_PORT=game,
        MARATANG_PERSISTENCE_HOST="127.0.0.1",
        MARATANG_PERSISTENCE_PORT=persistence,
    )
    return YAML(typ="safe").load(text)


def connection_manager(config: Json) -> Json:
    """The part of a bootstrap that has the routes and the filters."""
    return config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]


def transcoder(config: Json) -> Json:
    """The part of a bootstrap that says what is transcoded."""
    return connection_manager(config)["http_filters"][0]["typed_config"]


@asynccontextmanager
async def running_envoy(
    game: int, persistence: int, change: Callable[[Json], None] = lambda _: None, workers: int = 1
) -> AsyncIterator[Child]:
    """Envoy while the block lasts; its `part.ports["HTTP"]` is where it serves. `change` may add to the bootstrap."""
    port = free_port()
    config = bootstrap(port, game, persistence)
    change(config)
    admin = config["admin"]["address"]["socket_address"]["port_value"]

    async def ready() -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            try:
                answer = await http.get(f"http://127.0.0.1:{admin}/ready")
            except httpx.TransportError as error:
                raise ConnectionError("not yet there") from error
            if answer.status_code != 200:
                raise ConnectionError(answer.text)

    with tempfile.TemporaryDirectory(prefix="maratang-envoy-") as name:
        file = Path(name) / "envoy.yaml"
        with file.open("w", encoding="utf-8") as out:
            YAML(typ="safe").dump(config, out)
        command = (str(Path(sys.executable).parent / "envoy"), "-c", str(file), "--disable-hot-restart", "--concurrency", str(workers))
        child = Child(Part(name="envoy", command=(*command, "-l", "error"), ready=ready, ports={"HTTP": port}), Path(name) / "envoy.log")
        await child.start()
        try:
            await child.until_ready()
            yield child
        finally:
            await child.stop()
