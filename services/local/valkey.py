"""Valkey from a wheel: the Redis-compatible store, with every write on disk before it is acknowledged."""

import asyncio
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.chassis.config import Secret
from services.local.parts import Part
from services.local.wheels import valkey_program

MAXMEMORY_MB = 1024
"""Past it writes are refused: games are never evicted."""


def url(port: int, password: Secret | None = None) -> str:
    """The store's address as redis-py takes it."""
    return f"redis://{'' if password is None else f':{password.reveal()}@'}127.0.0.1:{port}/0"


def part(folder: Path, port: int, password: Secret | None = None) -> Part:
    """Valkey on 127.0.0.1:`port` with its data in `folder`; ready when it has loaded it. Raises PartError when it can't run here."""
    settings: dict[str, str] = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "always",
        "no-appendfsync-on-rewrite": "no",
        "save": "",
        "maxmemory": f"{MAXMEMORY_MB}mb",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "logfile": "",
        # A write cut short by a crash is dropped at the next start; it was never acknowledged.
        "aof-load-truncated": "yes",
    }
    configuration_file = folder / "valkey.conf"

    def write_configuration() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        configuration_file.touch(mode=0o600)
        protected = {} if password is None else {"requirepass": password.reveal()}
        configuration_file.write_text("".join(f'{key} "{value}"\n' for key, value in (settings | protected).items()), encoding="utf-8")

    async def prepare() -> None:
        await asyncio.to_thread(write_configuration)

    async def ready() -> None:
        client = Redis.from_url(url(port, password), socket_timeout=5, socket_connect_timeout=5, retry=None)
        try:
            await client.ping()
        except RedisError as error:
            raise ConnectionError(str(error)) from error
        finally:
            await client.aclose()

    return Part(
        name="valkey",
        command=(str(valkey_program()), str(configuration_file)),
        prepare=prepare,
        ready=ready,
        ports={"RESP": port},
    )
