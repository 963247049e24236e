"""A game in PostgreSQL, as plain Python."""

from collections.abc import Sequence
from dataclasses import replace

from services.chassis import errors
from services.game.adapters.archive import Saved
from services.game.stored import TOLD, LiveGame, Row
from tests.integration.game.live_games import a_game


class ModelArchive:
    """The game in PostgreSQL, with the methods of `Archive` that loading and sync need."""

    def __init__(self, game: LiveGame, opening: Row) -> None:
        self.game = game
        self.rows = {0: opening}
        self.away = False
        self.erased = False

    def _ask(self) -> None:
        if self.away:
            raise errors.Unavailable("DATABASE_UNAVAILABLE", "away")
        if self.erased:
            raise errors.NotFound("GAME_NOT_FOUND", "it was erased")

    async def save(self, games: Sequence[tuple[LiveGame, Sequence[Row]]]) -> list[Saved]:
        if not self.erased:
            self._ask()
        return [Saved(game_id=game.game_id, outcome=self._saved(game, rows), detail="") for game, rows in games]

    def _saved(self, game: LiveGame, rows: Sequence[Row]) -> str:
        if self.erased:
            return "ERASED"
        if game.epoch < self.game.epoch:
            return "STALE"
        if any(row.number in self.rows and self.rows[row.number].rule_hash != row.rule_hash for row in rows):
            return "DIVERGED"
        if game.number < self.game.number:
            return "STALE"
        new = [row.number for row in rows if row.number > self.game.number]
        if new != list(range(self.game.number + 1, game.number + 1)):
            return "GAP"
        for row in rows:
            if row.number not in self.rows or self.rows[row.number].revision < row.revision:
                self.rows[row.number] = row
        self.game = game
        return "SAVED"

    async def load(self, game_id: str) -> tuple[LiveGame, list[Row]]:
        self._ask()
        self.game = replace(self.game, epoch=self.game.epoch + 1)
        return replace(self.game, persisted=self.game.number), [self.rows[number] for number in sorted(self.rows)][-32:]

    async def rows_after(self, game_id: str, number: int) -> list[Row]:
        self._ask()
        return [self.rows[one] for one in sorted(self.rows) if one > number]


def beginning(game_id: str) -> tuple[LiveGame, Row]:
    """A new game that PostgreSQL has, and its opening."""
    game = a_game(game_id=game_id)
    opening = Row(
        game_id=game_id, number=0, parent=-1, branch_id="main", depth=0, revision=TOLD, key="", action_hash="", text="", record={},
        state_hash=game.state_hash, telling={"text": ""}, created_ms=1,
    )  # fmt: skip
    return game, opening
