"""How much may be tried again: extra attempts are a share of the work, so that trouble at a server is not multiplied."""

SHARE = 0.2
LEAST_AT_ONCE = 3
RESERVE = 10.0
"""What may be tried again out of the blue; more has to be earned by requests."""
RESERVE_PER_SECOND = 1.0
"""How fast the reserve comes back where requests are too few to earn it."""


class RetryBudget:
    """Counts extra attempts. Time is an argument, in seconds."""

    __slots__ = ("_credit", "_credited_at", "extra")

    def __init__(self, now: float) -> None:
        self.extra = 0
        """Extra attempts under way."""
        self._credit = RESERVE
        self._credited_at = now

    def earn(self) -> None:
        """A request came: a share of an extra attempt is earned."""
        self._credit = min(self._credit + SHARE, RESERVE)

    def left(self, now: float) -> float:
        """How many extra attempts may still be made, 0 or more."""
        self._refill(now)
        return self._credit

    def take(self, now: float, active: int) -> bool:
        """Takes an extra attempt, if one is left and not too many are under way; `active`: generations under way."""
        self._refill(now)
        if self._credit < 1.0 or self.extra >= max(LEAST_AT_ONCE, SHARE * active):
            return False
        self._credit -= 1.0
        self.extra += 1
        return True

    def give_back(self) -> None:
        """An extra attempt has ended."""
        self.extra -= 1

    def _refill(self, now: float) -> None:
        self._credit = min(RESERVE, self._credit + max(0.0, now - self._credited_at) * RESERVE_PER_SECOND)
        self._credited_at = now
