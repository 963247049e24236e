"""PostgreSQL from a wheel: makes its data folder and says how it runs."""

import asyncio
import os
import shutil
import signal
import subprocess
from pathlib import Path

import asyncpg

from services.chassis.config import Secret
from services.local.accounts import account_for
from services.local.parts import Account, Part, PartError, launched
from services.local.wheels import postgres_program

ROLE = "maratang"
"""Who owns the database, and the database's name."""
APP_ROLE, READ_ROLE = "maratang_app", "maratang_read"
"""Who the persistence service is, and who only reads; init_db makes them."""

_CREATE_WITHIN_SECONDS = 120
# PostgreSQL's own C.UTF-8 needs no locale of the machine's.
_LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_ENVIRONMENT = {"LC_ALL": "C"}
# The last is what asyncpg raises where the connection dies at an awkward moment.
_NOT_YET = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def url(port: int, password: Secret, *, role: str = ROLE) -> str:
    """The database's address for a role, as SQLAlchemy takes it."""
    return f"postgresql+asyncpg://{role}:{password.reveal()}@127.0.0.1:{port}/{ROLE}"


def part(folder: Path, port: int, password: Secret, *, durable: bool = True) -> Part:
    """PostgreSQL on 127.0.0.1:`port` with its data in `folder`, which is made when it is not there; ready when the database is.

    `durable=False` (for tests) may lose data when the machine, not the process, dies. Raises PartError when it can't run here.
    """
    program = postgres_program("postgres")
    account = account_for(folder, program)
    data = folder / "data"
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        # TCP only: the path of a socket may not be longer than 107 bytes.
        "unix_socket_directories": "",
        "max_connections": "200",
        "timezone": "UTC",
        **({} if durable else {"fsync": "off", "full_page_writes": "off"}),
    }

    async def prepare() -> None:
        if not (data / "PG_VERSION").exists():
            await asyncio.to_thread(_create, folder, data, account, password)

    async def ready() -> None:
        await _ensure_database(port, password)

    return Part(
        name="postgres",
        command=(str(program), "-D", str(data), *(f"--{key}={value}" for key, value in settings.items())),
        prepare=prepare,
        ready=ready,
        ports={"SQL": port},
        environment=_ENVIRONMENT,
        folder=Path("/"),
        account=account,
        # SIGINT is the fast shutdown: sessions end, nothing is lost.
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGINT,
        ready_within_seconds=60,
    )


def _create(folder: Path, data: Path, account: Account | None, password: Secret) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    # Under another name until it is whole: an interrupted start must not leave half a folder behind.
    unfinished = folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    secret_file = folder / "password"
    secret_file.touch(mode=0o600)
    secret_file.write_text(password.reveal(), encoding="utf-8")
    if account is not None:
        account.owns(folder)
    command = (
        str(postgres_program("initdb")),
        "-D",
        str(unfinished),
        f"--username={ROLE}",
        f"--pwfile={secret_file}",
        "--auth=scram-sha-256",
        *_LOCALE,
    )
    try:
        done = subprocess.run(  # noqa: S603  the program is the wheel's
            launched(command, account=account, orphan_signal=signal.SIGKILL),
            check=False,
            capture_output=True,
            text=True,
            env={"PATH": os.defpath, **_ENVIRONMENT},
            cwd="/",
            timeout=_CREATE_WITHIN_SECONDS,
        )
    finally:
        secret_file.unlink()
    if done.returncode != 0:
        raise PartError(f"PostgreSQL could not make its data folder {data}:\n{done.stdout}{done.stderr}")
    unfinished.rename(data)


async def _ensure_database(port: int, password: Secret) -> None:
    try:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=port, user=ROLE, password=password.reveal(), database="postgres", ssl=False, timeout=5
        )
    except asyncpg.InvalidPasswordError:
        raise PartError(
            f"what answers on 127.0.0.1:{port} does not take the password in the data folder: is it another PostgreSQL?"
        ) from None
    except _NOT_YET as error:
        raise ConnectionError(str(error)) from error
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", ROLE) is None:
            await connection.execute(f'CREATE DATABASE "{ROLE}"')
    finally:
        await connection.close()
