"""How many of a model's tokens each player may have a day, kept in Redis, so that it holds over all processes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, translated

_KEPT = timedelta(days=2)
Now = Callable[[], datetime]


def now_utc() -> datetime:
    """The time."""
    return datetime.now(UTC)


def keys_of(player_id: str, now: datetime) -> tuple[str, ...]:
    """Every key that may be there of a player."""
    return tuple(keys.tokens(player_id, f"{now - timedelta(days=ago):%Y-%m-%d}") for ago in range(_KEPT.days + 1))


class RedisTokens:
    """Every method may raise Unavailable(STORE_UNAVAILABLE). A day begins at midnight of UTC."""

    def __init__(self, client: Redis, a_day: int, now: Now = now_utc) -> None:
        """`a_day`: 0: as many as one likes."""
        self._client = client
        self._a_day = a_day
        self._now = now

    async def check(self, game_id: str) -> None:
        """Raises Exhausted(TOKEN_BUDGET_SPENT), with the time of the reset, where the game's player has had the tokens of the day."""
        if self._a_day == 0:
            return
        now = self._now()
        with translated():
            owner = await self._owner(game_id)
            had = await self._client.get(keys.tokens(owner, f"{now:%Y-%m-%d}")) if owner else None
        if had is not None and int(had) >= self._a_day:
            reset = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            raise errors.Exhausted(
                "TOKEN_BUDGET_SPENT",
                "the player's tokens of the day are used up",
                metadata={"resetTime": f"{reset:%Y-%m-%dT%H:%M:%SZ}"},
                retry_after=reset - now,
            )

    async def spend(self, game_id: str, tokens: int) -> None:
        """Counts tokens that the game's player has had."""
        if self._a_day == 0 or tokens <= 0:
            return
        with translated():
            owner = await self._owner(game_id)
            if not owner:
                return
            key = keys.tokens(owner, f"{self._now():%Y-%m-%d}")
            async with self._client.pipeline(transaction=False) as both:
                both.incrby(key, tokens)
                both.expire(key, _KEPT)
                await both.execute()

    async def _owner(self, game_id: str) -> str:
        """The player whose game it is; empty: the game is not here any more."""
        owner = await self._client.hget(keys.game(game_id), "owner")
        return owner.decode() if isinstance(owner, bytes) else ""
