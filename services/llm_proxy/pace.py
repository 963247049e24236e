"""How quick a model is: what was seen of its tokens lately, and how long to wait for the next one."""

from collections import deque

from services.llm_proxy.timers import Timers

SAMPLES = 128
WARM = 20
"""From how many first tokens on they say something."""
WARM_GAPS = 50
NEW_SHARE = 1 / 16
"""How much of what was seen must be new before it is looked at again."""
FIRST_TOKEN_TIMES = 3.0
FIRST_TOKEN_BOUNDS = (2.0, 15.0)
BETWEEN_TOKENS_TIMES = 20.0
BETWEEN_TOKENS_BOUNDS = (2.0, 10.0)


class Pace:
    """Seconds to first tokens and from token to token, the latest ones of each; and the limits that follow from them.

    Until enough were seen, the limits are those of the configuration; these also widen the bounds, for a server known to be slow (or a
    test known to be quick).
    """

    __slots__ = ("_cold", "_first_tokens", "_gaps")

    def __init__(self, cold: Timers) -> None:
        self._cold = cold
        self._first_tokens = _Latest(SAMPLES)
        self._gaps = _Latest(2 * SAMPLES)

    def first_token(self, seconds: float) -> None:
        """A first token took so long."""
        self._first_tokens.add(seconds)

    def gap(self, seconds: float) -> None:
        """A next token took so long."""
        self._gaps.add(seconds)

    def first_token_at(self, share: float) -> float | None:
        """The seconds that this share of the first tokens did not exceed; None while there are none."""
        return self._first_tokens.at(share)

    @property
    def usual(self) -> float | None:
        """The median of the first tokens, once there are enough."""
        return self.first_token_at(0.5) if len(self._first_tokens) >= WARM else None

    @property
    def first_token_limit(self) -> float:
        """How long to wait for a first token."""
        cold = self._cold.first_token.total_seconds()
        p95 = self.first_token_at(0.95) if len(self._first_tokens) >= WARM else None
        return cold if p95 is None else _clamped(FIRST_TOKEN_TIMES * p95, FIRST_TOKEN_BOUNDS, cold)

    @property
    def between_tokens_limit(self) -> float:
        """How long to wait for a next token."""
        cold = self._cold.between_tokens.total_seconds()
        p95 = self._gaps.at(0.95) if len(self._gaps) >= WARM_GAPS else None
        return cold if p95 is None else _clamped(BETWEEN_TOKENS_TIMES * p95, BETWEEN_TOKENS_BOUNDS, cold)


class _Latest:
    """The latest of many durations. They are put in order again when a share of them is new: with each of them would cost every text."""

    __slots__ = ("_new", "_ordered", "_seconds")

    def __init__(self, most: int) -> None:
        self._seconds: deque[float] = deque(maxlen=most)
        self._ordered: list[float] = []
        self._new = 0

    def __len__(self) -> int:
        return len(self._seconds)

    def add(self, seconds: float) -> None:
        """One more; where there are `most`, the oldest goes."""
        self._seconds.append(seconds)
        self._new += 1

    def at(self, share: float) -> float | None:
        """The seconds that this share of them did not exceed; None while there are none."""
        if self._new and self._new >= NEW_SHARE * len(self._seconds):
            self._ordered, self._new = sorted(self._seconds), 0
        ordered = self._ordered
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None


def _clamped(seconds: float, bounds: tuple[float, float], cold: float) -> float:
    least, most = bounds
    return min(max(seconds, min(least, cold)), max(most, cold))
