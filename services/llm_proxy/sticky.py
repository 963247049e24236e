"""Conversations that fell to the base model stay there for a while, so that a voice does not change to and fro."""

from collections import OrderedDict

SECONDS = 30.0
MOST = 10_000


class Fallen:
    """Which conversations have fallen from their adapter, and until when. Time is an argument."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()

    def note(self, conversation_id: str, adapter: str, now: float) -> None:
        """A conversation has fallen; one without an id is none."""
        if not conversation_id:
            return
        self._until[conversation_id, adapter] = now + SECONDS
        self._until.move_to_end((conversation_id, adapter))
        while len(self._until) > MOST:
            self._until.popitem(last=False)

    def stays(self, conversation_id: str, adapter: str, now: float) -> bool:
        """Whether it stays with the base model."""
        return now < self._until.get((conversation_id, adapter), 0.0)
