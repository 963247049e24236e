"""What was last told of each game, so that the next telling can go on from it."""

from collections import OrderedDict

_GAMES = 4096
_TELLINGS = 2


class Recent:
    """The last tellings of the games played in this process: a memory that may be lost, since nothing is decided by it."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def of(self, game_id: str) -> tuple[str, ...]:
        """The game's last tellings, the oldest first."""
        return self._texts.get(game_id, ())

    def add(self, game_id: str, text: str) -> None:
        """Remembers a telling."""
        self._texts[game_id] = (*self.of(game_id), text)[-_TELLINGS:]
        self._texts.move_to_end(game_id)
        while len(self._texts) > _GAMES:
            self._texts.popitem(last=False)
