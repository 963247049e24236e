"""Where the games played here stand, so that a turn need not read anew what the one before it wrote."""

from collections import OrderedDict

from services.game.rules import codec
from services.game.rules.state import State
from services.game.stored import decompress

_GAMES = 1024
"""Of how many games the state is kept; one has some 15 KB."""


class States:
    """States by the bytes that they are stored as. Those bytes alone say where a game stands: what is kept of others is not used."""

    def __init__(self, most: int = _GAMES) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[bytes, State]] = OrderedDict()

    def of(self, game_id: str, stored: bytes) -> State:
        """The state of a game that is stored so."""
        kept = self._kept.get(game_id)
        if kept is not None and kept[0] == stored:
            return kept[1]
        state = codec.decode(decompress(stored))
        self.keep(game_id, stored, state)
        return state

    def keep(self, game_id: str, stored: bytes, state: State) -> None:
        """Keeps the state of a game with the bytes that it is stored as."""
        self._kept[game_id] = (stored, state)
        self._kept.move_to_end(game_id)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
