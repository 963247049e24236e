"""What the use cases need of the world."""

from collections.abc import Sequence
from typing import Protocol

from services.persistence.games import Game, Outcome, SavedGame


class DataRefused(Exception):  # noqa: N818  it says what became of the data
    """The database takes these data in no way, whatever is tried; retrying the same is no use."""


class GameWriter(Protocol):
    """Writes games."""

    async def write_together(self, games: Sequence[SavedGame]) -> list[Outcome]:
        """Writes games in one transaction; their outcomes, in the order asked.

        Raises DataRefused, and then nothing is written; errors.Unavailable, and then it may be.
        """
        ...

    async def is_erased(self, game: Game) -> bool:
        """Whether the game or its player was erased. Raises errors.Unavailable."""
        ...
