"""The scripts under scripts/, each with what they have in common behind its first line."""

from importlib import resources

from redis.commands.core import AsyncScript

from services.game.adapters.redis_connection import Redis

_FOLDER = resources.files(__package__) / "scripts"


def script(client: Redis, name: str) -> AsyncScript:
    """A script to call; a server that does not know it yet is taught it."""
    flags, _, rest = (_FOLDER / f"{name}.lua").read_text().partition("\n")
    shared = (_FOLDER / "shared.lua").read_text()
    return AsyncScript(client, f"{flags}\n{shared}{rest}")
