"""Bans in PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters import postgres_audit
from services.persistence.adapters.database import Database
from services.persistence.audit import Deed
from services.persistence.players import Ban
from services.persistence.schema import bans, players


class PostgresBans:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(self, ban: Ban, deed: Deed) -> bool:
        """Bans a player or lifts the ban, and keeps the deed; the same request again changes nothing. False: there is no such player."""

        async def change(connection: AsyncConnection) -> bool:
            # Held against whoever erases them.
            held = select(players.c.player_id).where(players.c.player_id == ban.player_id).with_for_update(key_share=True, read=True)
            if (await connection.execute(held)).first() is None:
                return False
            _, is_new = await postgres_audit.record(connection, deed)
            if is_new:
                changed = insert(bans).values(player_id=ban.player_id, banned=ban.banned)
                stored = {"banned": changed.excluded.banned, "change_time": func.now()}
                await connection.execute(changed.on_conflict_do_update(index_elements=[bans.c.player_id], set_=stored))
            return True

        return await self._database.write(change)

    async def changed(self, within: timedelta, limit: int) -> Sequence[Ban]:
        """Whose bans were made or lifted of late, those changed last first."""
        wanted = select(bans.c.player_id, bans.c.banned).where(bans.c.change_time > func.now() - within)
        rows = await self._database.read(lambda connection: connection.execute(wanted.order_by(bans.c.change_time.desc()).limit(limit)))
        return [Ban(player_id=UUID(str(row.player_id)), banned=row.banned) for row in rows]
