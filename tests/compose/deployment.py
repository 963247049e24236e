"""The deployment as an operator has it: a checkout, an .env.prod, and the commands of the guide."""

import logging
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.compose.engine import Engine, ran
from tests.support.eventually import eventually
from tests.support.fault_server import FaultServer
from tests.support.servers import PROJECT, free_port

SERVICES = ("persistence", "llm_proxy", "game", "gateway", "nginx")
LOGS = ("docker-compose", "--env-file", ".env.prod", "-f", "docker-compose.prod.yml", "logs")
"""The operator's command is fixed; `-f` is added where it is followed."""
log = logging.getLogger("compose")


@dataclass(slots=True)
class Deployment:
    """A checkout in a folder of its own, and how it is operated."""

    engine: Engine
    folder: Path
    base: FaultServer
    lora: FaultServer
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    """What .env.prod says."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env_file(self) -> Path:
        return self.folder / ".env.prod"

    def write_settings(self, **changed: str) -> None:
        """.env.prod as an operator writes it: the example's lines with these values; what start_prod.sh made stays."""
        self.settings.update(changed)
        lines = (self.env_file if self.env_file.exists() else self.folder / ".env.prod.example").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            name, is_setting, _ = line.partition("=")
            if is_setting and name in self.settings:
                lines[number] = f"{name}={self.settings[name]}"
        self.env_file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    async def command(self, *command: str, within: float = 600) -> tuple[int, str]:
        """A command in the checkout, as root, with this engine: its exit status and what it said."""
        began = time.monotonic()
        status, said = await ran(command, environment=self.engine.environment, within=within, folder=self.folder)
        log.info("%s: status %d, %.0f s", " ".join(command)[:100], status, time.monotonic() - began)
        return status, said

    async def done(self, *command: str, within: float = 600) -> str:
        """The same; fails with all it said when it fails."""
        status, said = await self.command(*command, within=within)
        assert status == 0, f"{' '.join(command)}: status {status}\n{said[-6000:]}"
        return said

    async def start(self) -> str:
        """The guide's command."""
        return await self.done(*(("sudo",) if shutil.which("sudo") else ()), "sh", "./start_prod.sh", within=900)

    async def compose(self, *command: str) -> str:
        return await self.done(*LOGS[:-1], *command)

    async def container(self, service: str) -> str:
        """The id of a service's only container."""
        found = (await self.compose("ps", "-q", service)).split()
        assert len(found) == 1, (service, found)
        return found[0]

    async def until_ready(self, *, degraded: str | None = None, within: float = 120) -> list[str]:
        """What /readyz says is degraded, once it says ready over port 80 (and names this, where something is awaited)."""
        async with httpx.AsyncClient(base_url=self.url, timeout=10, trust_env=False) as http:

            async def ready() -> dict[str, list[str]] | None:
                with suppress(httpx.HTTPError):
                    answer = await http.get("/readyz")
                    if answer.status_code == 200:
                        said = answer.json()
                        reasons = " ".join(said["degraded"])
                        if degraded is None or (degraded in reasons if degraded else not reasons):
                            return said
                return None

            said = await eventually(ready, within=within)
        return said["degraded"]

    def certify(self) -> ssl.SSLContext:
        """Puts a certificate where the guide says; a context that trusts it."""
        folder = self.folder / "deploy" / "nginx" / "certificates"
        made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost")
        made += ("-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"))
        subprocess.run(made, check=True, capture_output=True)
        return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


@asynccontextmanager
async def deployment(engine: Engine, folder: Path, base: FaultServer, lora: FaultServer) -> AsyncIterator[Deployment]:
    """A checkout of the tree as it is, with an .env.prod; what it has put into the engine is gone at the end."""
    _check_out(folder)
    on = Deployment(engine, folder, base, lora, port=80 if _free(80) else free_port())
    on.write_settings(
        POSTGRES_PASSWORD="p@ss:w%rd/" + secrets.token_urlsafe(8),
        # The stub models are on this host, as a vLLM of the operator's may be.
        VLLM_BASE_URL=f"http://host.docker.internal:{base.port}",
        LORA_VLLM_BASE_URL=f"http://host.docker.internal:{lora.port}",
        HTTP_PORT=str(on.port),
        HTTPS_PORT=str(free_port()),
        # All players of these tests come from one address, and play faster than people.
        EDGE_REQUESTS_PER_SECOND="1000",
        EDGE_STREAMS_MAX="100",
        TURN_BURST="0",
        PLAYER_TURN_BURST="0",
        PLAYER_TOKENS_PER_DAY="0",
    )
    try:
        yield on
    finally:
        await on.command(*LOGS[:-1], "down", "--volumes", "--remove-orphans")


def _check_out(folder: Path) -> None:
    """What git knows, or would know if it were told: no build, no secret, no virtual environment."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"), cwd=PROJECT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return os.geteuid() == 0 or port > 1023
