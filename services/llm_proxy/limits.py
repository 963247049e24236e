"""How many generations a server may have at a time: found by trying, as it says nothing of it itself."""

START = 16
LEAST = 2
DECREASE = 0.8
PAUSE_SECONDS = 1.0
"""Between two decreases, and between two increases once it has been decreased."""
USED_SHARE = 0.8
SLOWER = 2.0
"""A first token may take this many times the usual before the limit no longer grows."""
PROMPT_SECONDS = 0.5
"""A first token that comes within this is prompt, whatever is usual."""


class Limit:
    """Grows while the server keeps its pace, quickly at first; shrinks when it refuses or falls silent. Time is an argument."""

    __slots__ = ("_changed_at", "_most", "_probing", "value")

    def __init__(self, most: int, start: int = START) -> None:
        self.value = max(LEAST, min(start, most))
        self._most = max(LEAST, most)
        self._probing = True
        """Whether it has never been too much yet: until then each first token may raise it."""
        self._changed_at = float("-inf")

    def first_token(self, now: float, *, in_flight: int, took: float, usual: float | None) -> bool:
        """A first token came: whether the limit grew. `usual`: the median of the lately seen ones, in seconds, None while there are few."""
        if self.value >= self._most or in_flight < USED_SHARE * self.value:
            return False
        if usual is not None and took > max(PROMPT_SECONDS, SLOWER * usual):
            return False
        if not self._probing and now - self._changed_at < PAUSE_SECONDS:
            return False
        self._changed_at = now
        self.value += 1
        return True

    def overload(self, now: float) -> None:
        """The server refused for want of room, or was silent too long."""
        if not self._probing and now - self._changed_at < PAUSE_SECONDS:
            return
        self._probing = False
        self._changed_at = now
        self.value = max(LEAST, int(self.value * DECREASE))
