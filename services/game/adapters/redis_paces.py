"""How often something may be asked for, kept in Redis, so that it holds over all processes."""

import hashlib
from datetime import timedelta

from services.game.adapters.redis_connection import Redis, translated
from services.game.adapters.redis_games import Answer, Rate
from services.game.adapters.scripts import script

_REQUESTS_KEPT = 32
"""How many requests are remembered, so that one that is repeated costs nothing."""


class RedisPaces:
    """Every method may raise Unavailable(STORE_UNAVAILABLE)."""

    def __init__(self, client: Redis, rate: Rate) -> None:
        self._rate = rate
        self._pace = script(client, "pace")

    async def wait(self, key: str, request: str) -> timedelta:
        """How long who is counted under the key must wait before asking; zero: not at all, and then this request has been counted, once."""
        if self._rate.burst == 0:
            return timedelta(0)
        hashed = hashlib.blake2b(request.encode(), digest_size=8).hexdigest()
        with translated():
            got: Answer = await self._pace(keys=[key], args=[hashed, self._rate.interval_ms, self._rate.burst, _REQUESTS_KEPT])
        return timedelta(milliseconds=int(got[1])) if got[0] == b"LIMITED" else timedelta(0)
