"""How quick a model is: what was seen of its tokens lately, and how long to wait for the next one."""

from collections import deque

from services.llm_proxy.timers import Timers

SAMPLES = 128
WARM = 20
"""From how many first tokens on they say something."""
WARM_GAPS = 50
FIRST_TOKEN_TIMES = 3.0
FIRST_TOKEN_BOUNDS = (2.0, 15.0)
BETWEEN_TOKENS_TIMES = 20.0
BETWEEN_TOKENS_BOUNDS = (2.0, 10.0)


class Pace:
    """Seconds to first tokens and from token to token, the latest ones of each; and the limits that follow from them.

    Until enough were seen, the limits are those of the configuration; these also widen the bounds, for a server known to be slow (or a
    test known to be quick).
    """

    __slots__ = ("_cold", "_first_tokens", "_gaps", "_sorted")

    def __init__(self, cold: Timers) -> None:
        self._cold = cold
        self._first_tokens: deque[float] = deque(maxlen=SAMPLES)
        self._gaps: deque[float] = deque(maxlen=2 * SAMPLES)
        self._sorted: list[float] = []

    def first_token(self, seconds: float) -> None:
        """A first token took so long."""
        self._first_tokens.append(seconds)
        self._sorted = []

    def gap(self, seconds: float) -> None:
        """A next token took so long."""
        self._gaps.append(seconds)

    def first_token_at(self, share: float) -> float | None:
        """The seconds that this share of the first tokens did not exceed; None while there are none."""
        if not self._sorted:
            self._sorted = sorted(self._first_tokens)
        return _at(self._sorted, share)

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
        p95 = _at(sorted(self._gaps), 0.95) if len(self._gaps) >= WARM_GAPS else None
        return cold if p95 is None else _clamped(BETWEEN_TOKENS_TIMES * p95, BETWEEN_TOKENS_BOUNDS, cold)


def _at(values: list[float], share: float) -> float | None:
    return values[min(int(len(values) * share), len(values) - 1)] if values else None


def _clamped(seconds: float, bounds: tuple[float, float], cold: float) -> float:
    least, most = bounds
    return min(max(seconds, min(least, cold)), max(most, cold))
