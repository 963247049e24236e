"""How many streams a player has open at this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from services.chassis import errors

_RETRY_AFTER = timedelta(seconds=1)


class OpenStreams:
    """Counts streams by player; 0: as many as you like."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: Counter[str] = Counter()

    @contextmanager
    def one(self, player_id: str) -> Iterator[None]:
        """A stream while the block lasts. Raises Exhausted(TOO_MANY_AT_ONCE)."""
        if self._most and self._of[player_id] >= self._most:
            raise errors.Exhausted(
                "TOO_MANY_AT_ONCE",
                f"a player may have {self._most} streams open at once: end one first",
                metadata={"most": str(self._most)},
                retry_after=_RETRY_AFTER,
            )
        self._of[player_id] += 1
        try:
            yield
        finally:
            self._of[player_id] -= 1
            if not self._of[player_id]:
                del self._of[player_id]
