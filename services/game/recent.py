"""What was last told of each game, so that the next telling can go on from it."""

from collections import OrderedDict

_GAMES = 4096
_TELLINGS = 2


class Recent:
    """The last tellings of the games played in this process: a memory that may be lost, since nothing is decided by it."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, tuple[int, tuple[str, ...]]] = OrderedDict()

    def of(self, game_id: str, number: int) -> tuple[str, ...]:
        """The last tellings that led to the row of that number, the oldest first; none, where another row was told last.

        So what was undone is not remembered: its player may not know of it.
        """
        last, texts = self._told.get(game_id, (-1, ()))
        return texts if last == number else ()

    def add(self, game_id: str, number: int, parent: int, text: str) -> None:
        """Remembers the telling of a row."""
        self._told[game_id] = (number, (*self.of(game_id, parent), text)[-_TELLINGS:])
        self._told.move_to_end(game_id)
        while len(self._told) > _GAMES:
            self._told.popitem(last=False)
