"""Flagging a text: kept for operators, once PostgreSQL has the turn that is meant."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from services.game.adapters.archive import Archive
from services.game.loading import Loading
from services.game.refusals import no_such_turn
from services.game.sync import Sync
from services.game.written import written


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it is kept."""

    report_id: str
    number: int
    create_time: datetime


class Reporting:
    """Keeps reports."""

    def __init__(self, loading: Loading, sync: Sync, archive: Archive) -> None:
        self._loading = loading
        self._sync = sync
        self._archive = archive

    async def create(self, owner: str, game_id: str, number: int, reason: str, note: str, key: str) -> Report:
        """Flags the text of a turn of the owner's; the same key again is the same report.

        Raises NotFound(GAME_NOT_FOUND, TURN_NOT_FOUND), Unavailable.
        """
        game = await self._loading.game(game_id, owner)
        if not 0 <= number <= game.number:
            raise no_such_turn(game_id, number)
        await written(game, number, self._loading, self._sync)
        digest = hashlib.blake2b(f"{game_id}/report/{key}".encode(), digest_size=16).digest()
        report_id = str(uuid.UUID(bytes=digest, version=4) if key else uuid.uuid4())
        create_time = await self._archive.create_report(report_id, game_id, number, reason, note)
        return Report(report_id=report_id, number=number, create_time=create_time)
