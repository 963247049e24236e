"""A Docker engine of the tests' own, and stand-ins for the images that the deployment names: none can be fetched where the tests run."""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.local.parts import launched
from tests.support.eventually import eventually
from tests.support.nginx_programs import nginx_programs
from tests.support.servers import PROJECT

KEPT = PROJECT / "build" / "compose"
"""Images outlast a run: making them takes two minutes."""
NEEDED = {"dockerd": "docker.io", "docker-compose": "docker-compose", "debootstrap": "debootstrap", "iptables": "iptables"}
"""Program → Debian's package."""
STAND_INS = {
    "python": "python:3.11-slim-bookworm",
    "postgres": "postgres:16",
    "redis": "redis:7.2-bookworm",
    "nginx": "nginx:1.30",
}
"""Folder beside this file → the official name it goes by."""
BASE = "maratang-standin/base"
MACHINES_OWN = Path("/var/run/docker.pid")
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_STARTS_WITHIN_SECONDS = 60
log = logging.getLogger("compose")


class NoEngineError(Exception):
    """No Docker engine runs on this machine; the message says why."""


@dataclass(slots=True)
class Engine:
    """A dockerd that a test may stop and start again."""

    folder: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def socket(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    @property
    def environment(self) -> dict[str, str]:
        """What makes docker and docker-compose speak to it. The old builder needs no plugin."""
        return {"DOCKER_HOST": self.socket, "DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "1"}

    async def start(self) -> None:
        """Returns when it answers. Raises NoEngineError."""
        self.folder.mkdir(exist_ok=True)
        said = self.folder / "dockerd.log"
        command = (
            "dockerd",
            *("--host", self.socket),
            *("--data-root", str(KEPT / "docker")),
            *("--exec-root", str(self.folder / "exec")),
            *("--pidfile", str(self.folder / "pid")),
        )
        with said.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *launched(command, account=None, orphan_signal=signal.SIGTERM), stdout=out, stderr=out, start_new_session=True
            )

        async def answers() -> bool:
            if self.process is None or self.process.returncode is not None:
                raise NoEngineError("dockerd ended:\n" + "\n".join(said.read_text(errors="replace").splitlines()[-5:]))
            return await self.tried("docker", "info") == 0

        try:
            await eventually(answers, within=_STARTS_WITHIN_SECONDS)
        except TimeoutError:
            raise NoEngineError(f"dockerd did not answer within {_STARTS_WITHIN_SECONDS} s") from None

    async def stop(self) -> None:
        """As a machine that is shut down: every container ends, and is started again with the engine if it is to be kept."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    async def run(self, *command: str, within: float = 600) -> str:
        """A command with this engine; what it says. Fails with all it said when it fails."""
        status, said = await self._run(command, within)
        assert status == 0, f"{' '.join(command)}: status {status}\n{said}"
        return said

    async def tried(self, *command: str, within: float = 600) -> int:
        """A command's exit status."""
        return (await self._run(command, within))[0]

    async def _run(self, command: tuple[str, ...], within: float) -> tuple[int, str]:
        return await ran(command, environment=self.environment, within=within)


async def ran(command: tuple[str, ...], *, environment: Mapping[str, str], within: float, folder: Path | None = None) -> tuple[int, str]:
    """Runs a command to its end: its exit status, and what it said on both outputs.

    Not by the event loop: its fork runs gRPC's fork handlers, which crash the child while gRPC is at work.
    """
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        env={**os.environ, **environment},  # noqa: TID251  children inherit it
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=within,
        check=False,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def install() -> None:
    """Adds what an engine needs from Debian. Raises NoEngineError where that can't be."""
    if os.geteuid() != 0:
        raise NoEngineError("a Docker engine is started by root alone")
    if (pid := _running_already()) is not None:
        raise NoEngineError(f"a Docker engine runs here already (process {pid}): a second one would take its network rules from it")
    missing = [package for program, package in NEEDED.items() if shutil.which(program, path=_PATH) is None]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise NoEngineError(f"missing, and there is no apt-get that adds it: {' '.join(missing)}")
    log.info("apt-get install %s", " ".join(missing))
    _apt("update")
    if (said := _apt("install", "--yes", "--no-install-recommends", *missing)) is not None:
        raise NoEngineError(f"apt-get install {' '.join(missing)}:\n{said}")


def _running_already() -> int | None:
    """The process of this machine's own engine."""
    with suppress(OSError, ValueError):
        pid = int(MACHINES_OWN.read_text())
        os.kill(pid, 0)
        return pid
    return None


def _apt(*asked: str) -> str | None:
    """What it says when it fails; None: it did not."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}  # noqa: TID251  children inherit it
    done = subprocess.run(("apt-get", *asked), env=quiet, check=False, capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr[-500:]


_PATH = f"{os.defpath}:/usr/sbin:/sbin:/usr/local/bin"


@asynccontextmanager
async def running_engine() -> AsyncIterator[Engine]:
    """An engine while the block lasts. Raises NoEngineError."""
    install()
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="maratang-", ignore_cleanup_errors=True) as name:
        engine = Engine(Path(name) / "engine")
        await engine.start()
        try:
            # What a run left that was cut short.
            await engine.run("sh", "-c", "docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes")
            await engine.run("sh", "-c", "docker volume ls --quiet | xargs --no-run-if-empty docker volume rm")
            yield engine
        finally:
            await engine.stop()


async def make_stand_ins(engine: Engine) -> None:
    """The base by debootstrap, with this machine's package sources and certificates; what stands on it by the Dockerfiles beside this."""
    if await engine.tried("docker", "image", "inspect", BASE) != 0:
        log.info("debootstrap: a small Debian 12 (a minute)")
        with tempfile.TemporaryDirectory(prefix="maratang-", ignore_cleanup_errors=True) as name:
            root = Path(name) / "base"
            await engine.run("debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", str(root))
            _as_this_machine(root)
            await engine.run("sh", "-c", f"tar --directory {root} --create . | docker import - {BASE}")
    for folder, image in STAND_INS.items():
        log.info("stand-in for %s", image)
        with tempfile.TemporaryDirectory(prefix="maratang-") as name:
            await engine.run("docker", "build", "--tag", image, str(_context(folder, Path(name))))


def _context(folder: str, into: Path) -> Path:
    """What a stand-in is built of: its folder, and for nginx the program."""
    shutil.copytree(Path(__file__).parent / "standins" / folder, into / folder)
    if folder == "nginx":
        shutil.copy(nginx_programs()["wheel"], into / folder / "nginx")
    return into / folder


def _as_this_machine(root: Path) -> None:
    shutil.copy(BUNDLE, root / BUNDLE.relative_to("/"))
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    shutil.copytree("/etc/apt/sources.list.d", root / "etc/apt/sources.list.d", dirs_exist_ok=True)
    if Path("/etc/apt/sources.list").exists():
        shutil.copy("/etc/apt/sources.list", root / "etc/apt/sources.list")
    settings = Path("/etc/apt/apt.conf.d")
    for one in settings.iterdir():
        if "Acquire" in one.read_text(errors="replace"):
            shutil.copy(one, root / "etc/apt/apt.conf.d" / one.name)


async def prepare(engine: Engine) -> None:
    """Makes the stand-ins, and sees that a container reaches the packages an image is made of. Raises NoEngineError where it can't be."""
    try:
        await make_stand_ins(engine)
        await engine.run("docker", "run", "--rm", STAND_INS["python"], "sh", "-c", _REACHES_PACKAGES)
    except (AssertionError, subprocess.TimeoutExpired) as failed:
        raise NoEngineError(f"an engine runs, and no image can be made with it: {failed}") from failed


_REACHES_PACKAGES = "python3 -m venv /tmp/v && /tmp/v/bin/pip download --quiet --no-deps --dest /tmp idna"


async def _try() -> int:
    try:
        async with running_engine() as engine:
            await prepare(engine)
            return 0
    except NoEngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":  # whether the deployment can be proved here: .ci/run asks
    sys.exit(asyncio.run(_try()))
