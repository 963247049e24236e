"""The scripts under scripts/, each with what they have in common behind its first line."""

import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import Any

from redis.exceptions import NoScriptError

from services.game.adapters.redis_connection import Redis

_FOLDER = resources.files(__package__) / "scripts"


def text(name: str) -> str:
    """A script as a server is taught it."""
    flags, _, rest = (_FOLDER / f"{name}.lua").read_text().partition("\n")
    shared = (_FOLDER / "shared.lua").read_text()
    return f"{flags}\n{shared}{rest}"


def sha(script: str) -> str:
    """What a server that knows the script calls it."""
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


class Script:
    """A script to call; a server that does not know it yet is taught it."""

    def __init__(self, client: Redis, text: str) -> None:
        self._client = client
        self._text = text
        self._sha = sha(text)

    async def __call__(self, keys: Sequence[str], args: Sequence[str | bytes | int] = ()) -> Any:  # Any: each script says what it answers
        """What it answers."""
        words = ("EVALSHA", self._sha, len(keys), *keys, *args)
        try:
            return await self._client.execute_command(*words)
        except NoScriptError:
            await self._client.script_load(self._text)
            return await self._client.execute_command(*words)


def script(client: Redis, name: str) -> Script:
    """The script of this name, for a client."""
    return Script(client, text(name))
