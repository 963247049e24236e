"""Passwords: hashed and checked with argon2id, a few at a time, so that signing in starves nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from services.chassis import errors

# OWASP's advice for argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_THREADS = 2
_WAITING_MOST = 32
"""How many may wait for a thread: more would wait longer than they care to."""
T = TypeVar("T")


@asynccontextmanager
async def passwords() -> AsyncIterator["Passwords"]:
    """Passwords while the block lasts."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords") as threads:
        yield Passwords(threads)


class Passwords:
    """Every method may raise Exhausted(SIGN_IN_LIMITED): too many at once."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._waiting = 0
        # Checking against it takes as long as against any: who asks for a login that nobody has can't tell.
        self._nobodys = _HASHER.hash("nobody has this password")

    async def hashed(self, password: str) -> str:
        """The hash to keep of a password."""
        return await self._run(lambda: _HASHER.hash(password))

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether a hash is of the password; None is nobody's, and takes as long."""
        return await self._run(lambda: _is_of(kept or self._nobodys, password)) and kept is not None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _WAITING_MOST:
            raise errors.Exhausted("SIGN_IN_LIMITED", "too many sign in at once: try again in a second", retry_after=timedelta(seconds=1))
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _is_of(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False
