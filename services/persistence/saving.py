"""Saving games: all in one transaction, and where the database refuses that, all but those it refuses."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter

from services.chassis.logs import log
from services.persistence.erasing import erased
from services.persistence.games import Outcome, SavedGame, Verdict
from services.persistence.ports import DataRefused, GameWriter

_ALARMS = {Verdict.DIVERGED, Verdict.POISON}
_log = log(__name__)


class Saving:
    """Saves batches of games through a writer, and counts what became of them."""

    def __init__(self, writer: GameWriter, registry: CollectorRegistry) -> None:
        self._writer = writer
        self._saved = Counter("maratang_saved_games", "Games that were to be written, by outcome.", ("outcome",), registry=registry)

    async def save(self, batch: Sequence[SavedGame | Outcome]) -> list[Outcome]:
        """The outcomes of a batch, in its order; what already has one (its data made no sense) is not written.

        Raises errors.Unavailable: part of the batch may be written; send it again.
        """
        written = iter(await self._write([one for one in batch if isinstance(one, SavedGame)]))
        outcomes = [next(written) if isinstance(one, SavedGame) else one for one in batch]
        for outcome in outcomes:
            self._saved.labels(outcome.verdict.value).inc()
            if outcome.verdict in _ALARMS:
                _log.error("game not saved", game=outcome.game_id, outcome=outcome.verdict.value, detail=outcome.detail)
        return outcomes

    async def _write(self, games: Sequence[SavedGame]) -> list[Outcome]:
        """Halves what is refused until the one game that spoils it stands alone."""
        if not games:
            return []
        try:
            return await self._writer.write_together(games)
        except DataRefused as refused:
            if len(games) == 1 and await self._writer.is_erased(games[0].game):
                return [erased(games[0].game)]
            if len(games) == 1:
                return [Outcome(game_id=str(games[0].game.game_id), verdict=Verdict.POISON, detail=str(refused))]
            middle = len(games) // 2
            return [*await self._write(games[:middle]), *await self._write(games[middle:])]
