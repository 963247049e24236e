"""Waiting until PostgreSQL has a turn, for what is kept there alone and must not outlive it."""

import asyncio

from services.chassis import errors
from services.game.loading import Loading
from services.game.stored import LiveGame
from services.game.sync import Sync

_WITHIN_SECONDS = 3.0
_ASKED_EVERY_SECONDS = 0.02


async def written(game: LiveGame, number: int, loading: Loading, sync: Sync) -> None:
    """Returns once PostgreSQL has the row. Raises Unavailable(DATABASE_UNAVAILABLE) where that takes too long."""
    sync.nudge(game.game_id)
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            while game.persisted < number:
                await asyncio.sleep(_ASKED_EVERY_SECONDS)
                game = await loading.game(game.game_id, game.owner)
    except TimeoutError:
        raise errors.Unavailable("DATABASE_UNAVAILABLE", "PostgreSQL does not have this turn yet: try again") from None
