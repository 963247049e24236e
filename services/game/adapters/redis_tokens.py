"""How many of a model's tokens each player may have a day, kept in Redis, so that it holds over all processes."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, translated

_KEPT = timedelta(days=2)
_GATHERED_SECONDS = 0.05
"""How long what was spent may wait, so that one visit to Redis counts it with what others spend."""
_TRUSTED = timedelta(seconds=30)
"""For how long a count that was read is as good as a new one, where more is left than `_MARGIN`."""
_MARGIN = 250_000
"""More than a player can spend in that time, wherever they play: 100 turns of three calls."""
_COUNTS_KEPT = 10_000
_NONE = (0, datetime.min.replace(tzinfo=UTC))
"""A count of nothing, read long ago."""
_log = log(__name__)
Now = Callable[[], datetime]


def now_utc() -> datetime:
    """The time."""
    return datetime.now(UTC)


def keys_of(player_id: str, now: datetime) -> tuple[str, ...]:
    """Every key that may be there of a player."""
    return tuple(_key(player_id, now - timedelta(days=ago)) for ago in range(_KEPT.days + 1))


def _key(player_id: str, now: datetime) -> str:
    return keys.tokens(player_id, now.date().isoformat())


class RedisTokens:
    """The count of each player's tokens. A day begins at midnight of UTC.

    What is spent here is checked against at once, and other processes know of it a moment later.
    """

    def __init__(self, client: Redis, a_day: int, now: Now = now_utc) -> None:
        """`a_day`: 0: as many as one likes."""
        self._client = client
        self._a_day = a_day
        self._now = now
        self._spent: dict[str, int] = {}
        self._being_counted: Mapping[str, int] = {}
        self._counts: OrderedDict[str, tuple[int, datetime]] = OrderedDict()
        self._counting = asyncio.Lock()
        self._wake = asyncio.Event()

    async def check(self, player_id: str) -> None:
        """Raises Exhausted(TOKEN_BUDGET_SPENT), with the time of the reset, where the player has had the tokens of the day.

        May raise Unavailable(STORE_UNAVAILABLE).
        """
        if self._a_day == 0:
            return
        now = self._now()
        key = _key(player_id, now)
        if not self._has_plenty(key, now) and await self._had(key) >= self._a_day:
            reset = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            raise errors.Exhausted(
                "TOKEN_BUDGET_SPENT",
                "the player's tokens of the day are used up",
                metadata={"resetTime": f"{reset:%Y-%m-%dT%H:%M:%SZ}"},
                retry_after=reset - now,
            )

    def spend(self, player_id: str, tokens: int) -> None:
        """Has tokens counted that the player has had: `run` does it in a moment."""
        if self._a_day == 0 or tokens <= 0:
            return
        key = _key(player_id, self._now())
        self._spent[key] = self._spent.get(key, 0) + tokens
        self._wake.set()

    async def run(self) -> None:
        """Counts what is spent, for ever."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHERED_SECONDS)
            self._wake.clear()
            # Who ends this ends it between two counts: what is half counted can't be counted again.
            await asyncio.shield(self.drain())

    async def drain(self) -> None:
        """Counts what was spent until now. What Redis does not take is lost, and said so: counted once more it might count twice."""
        async with self._counting:
            self._being_counted, self._spent = self._spent, {}
            try:
                if self._being_counted:
                    await self._count(self._being_counted)
            except errors.Unavailable as failed:
                _log.warning("tokens not counted", reason=failed.reason, tokens=sum(self._being_counted.values()))
            finally:
                self._being_counted = {}

    def _has_plenty(self, key: str, now: datetime) -> bool:
        count, read = self._counts.get(key, (self._a_day, now))
        spent = count + self._spent.get(key, 0) + self._being_counted.get(key, 0)
        return spent + _MARGIN < self._a_day and now - read < _TRUSTED

    async def _had(self, key: str) -> int:
        if key in self._being_counted:
            async with self._counting:
                pass
        if spent := self._spent.pop(key, 0):
            return (await self._count({key: spent}))[0]
        with translated():
            had = int(await self._client.get(key) or 0)
        self._remember(key, had)
        return had

    async def _count(self, spent: Mapping[str, int]) -> list[int]:
        """Adds tokens to counts, and gives these. A count is forgotten in time from when it was begun."""
        begun = [key for key in spent if self._counts.get(key, _NONE)[0] == 0]
        with translated():
            async with self._client.pipeline(transaction=False) as pipe:
                for key, tokens in spent.items():
                    pipe.incrby(key, tokens)
                for key in begun:
                    pipe.expire(key, _KEPT)
                answers: list[int] = await pipe.execute()
            counts = dict(zip(spent, answers, strict=False))
            # Redis has lost those, and counts them anew.
            for key in [key for key, count in counts.items() if count == spent[key] and key not in begun]:
                await self._client.expire(key, _KEPT)
        for key, count in counts.items():
            self._remember(key, count)
        return list(counts.values())

    def _remember(self, key: str, count: int) -> None:
        self._counts[key] = (count, self._now())
        self._counts.move_to_end(key)
        if len(self._counts) > _COUNTS_KEPT:
            self._counts.popitem(last=False)
