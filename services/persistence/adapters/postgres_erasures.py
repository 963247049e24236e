"""Erasing games and players in PostgreSQL, and what is left to do of it elsewhere.

An erasure holds the player's row for itself, and every store of a game holds it in part: so a game is stored before it, and found by it, or
after it, and refused by its tombstone.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters import postgres_audit
from services.persistence.adapters.database import Database
from services.persistence.audit import Deed
from services.persistence.erasing import Erasure, Kind, buried_as, game_hash, player_hash
from services.persistence.schema import erasures, games, players, tombstones

_GAMES_AT_ONCE = 50
"""So many games, with all that belongs to them, are deleted within a statement's time."""


class PostgresErasures:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase_game(self, player_id: UUID, game_id: UUID, live_number: int | None, deed: Deed) -> bool:
        """Deletes a player's game and all that belongs to it; False: the player has no such game, and had none.

        `live_number`: of its last turn where it is live, for then it need not be stored here. The deed is kept under what the game is
        buried as; erasing twice is one deed.
        """
        subject = game_hash(player_id, game_id)

        async def erase(connection: AsyncConnection) -> bool:
            await _hold(connection, player_id)
            row = (await connection.execute(select(games.c.player_id, games.c.number).where(games.c.game_id == game_id))).one_or_none()
            if row is not None and row.player_id != player_id:
                return False
            if row is None and await _is_buried(connection, subject):
                return True
            if row is None and live_number is None:
                return False
            await _bury(connection, subject)
            await connection.execute(delete(games).where(games.c.game_id == game_id))
            number = max(-1 if row is None else row.number, -1 if live_number is None else live_number)
            await _leave(connection, [(game_id, Kind.GAME, number)])
            await postgres_audit.record(connection, replace(deed, subject=buried_as(subject)))
            return True

        return await self._database.write(erase)

    async def erase_player(self, player_id: UUID, deed: Deed) -> bool:
        """Deletes a player and all that is kept of one; False: there is no such player, and was none. The deed is kept as above."""
        subject = player_hash(player_id)

        async def erase(connection: AsyncConnection) -> bool:
            if not await _hold(connection, player_id):
                return await _is_buried(connection, subject)
            await _bury(connection, subject)
            owned = (await connection.execute(select(games.c.game_id, games.c.number).where(games.c.player_id == player_id))).all()
            for first in range(0, len(owned), _GAMES_AT_ONCE):
                some = [row.game_id for row in owned[first : first + _GAMES_AT_ONCE]]
                await connection.execute(delete(games).where(games.c.game_id.in_(some)))
            await connection.execute(delete(players).where(players.c.player_id == player_id))
            left = [(row.game_id, Kind.GAME, row.number) for row in owned]
            await _leave(connection, [(player_id, Kind.PLAYER, None), *left])
            await postgres_audit.record(connection, replace(deed, subject=buried_as(subject)))
            return True

        return await self._database.write(erase)

    async def pending(self, limit: int) -> list[Erasure]:
        """What is erased here and has yet to go from the live store, the oldest first."""
        wanted = select(erasures).order_by(erasures.c.create_time).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(wanted))
        return [Erasure(subject_id=row.subject_id, kind=Kind(row.kind), create_time=row.create_time, number=row.number) for row in rows]

    async def finish(self, subject_ids: Sequence[UUID]) -> None:
        """Forgets erasures that are done there too."""
        done = delete(erasures).where(erasures.c.subject_id.in_(subject_ids))
        await self._database.write(lambda connection: connection.execute(done))


async def _hold(connection: AsyncConnection, player_id: UUID) -> bool:
    """Holds a player against whoever stores something of theirs; False: there is no such player."""
    held = select(players.c.player_id).where(players.c.player_id == player_id).with_for_update()
    return (await connection.execute(held)).first() is not None


async def _is_buried(connection: AsyncConnection, subject_hash: bytes) -> bool:
    found = await connection.execute(select(tombstones.c.subject_hash).where(tombstones.c.subject_hash == subject_hash))
    return found.first() is not None


async def _bury(connection: AsyncConnection, subject_hash: bytes) -> None:
    await connection.execute(insert(tombstones).values(subject_hash=subject_hash).on_conflict_do_nothing())


async def _leave(connection: AsyncConnection, subjects: Sequence[tuple[UUID, Kind, int | None]]) -> None:
    rows = [{"subject_id": subject_id, "kind": kind.value, "number": number} for subject_id, kind, number in subjects]
    await connection.execute(insert(erasures).on_conflict_do_nothing(), rows)
