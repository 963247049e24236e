"""Logins in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database
from services.persistence.adapters.postgres_players import is_banned, player_of
from services.persistence.logins import Login, LoginTaken, Registration
from services.persistence.players import Player
from services.persistence.schema import bans, logins, players, sessions


class PostgresLogins:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, new: Registration) -> Player:
        """Gives the player the login and the session; the player as stored then. Raises LoginTaken, and then nothing is stored."""
        player = new.session.player

        async def keep(connection: AsyncConnection) -> Player:
            known = insert(players).values(
                player_id=player.player_id,
                display_name=player.display_name,
                locale=player.locale,
                guest=False,
                create_time=player.create_time,
            )
            name = case((known.excluded.display_name == "", players.c.display_name), else_=known.excluded.display_name)
            upgraded = known.on_conflict_do_update(index_elements=[players.c.player_id], set_={"guest": False, "display_name": name})
            row = (await connection.execute(upgraded.returning(*players.c))).one()
            kept = insert(logins).values(player_id=player.player_id, login=new.login, password_hash=new.password_hash)
            if (await connection.execute(kept.on_conflict_do_nothing().returning(logins.c.player_id))).first() is None:
                raise LoginTaken
            await _open(connection, player.player_id, new.session.token_hash, new.session.expire_time)
            return player_of(row)

        return await self._database.write(keep)

    async def find(self, login: str) -> Login | None:
        """A login."""
        wanted = (
            select(players, logins.c.password_hash, is_banned())
            .select_from(logins)
            .join(players, players.c.player_id == logins.c.player_id)
            .outerjoin(bans, bans.c.player_id == players.c.player_id)
            .where(logins.c.login == login)
        )
        row = (await self._database.read(lambda connection: connection.execute(wanted))).one_or_none()
        return None if row is None else Login(login=login, player=player_of(row), password_hash=row.password_hash, banned=row.banned)

    async def open_session(self, player_id: UUID, token_hash: bytes, expire_time: datetime) -> bool:
        """Opens a session; False: there is no such player."""

        async def open_session(connection: AsyncConnection) -> bool:
            locked = select(players.c.player_id).where(players.c.player_id == player_id).with_for_update(key_share=True, read=True)
            if (await connection.execute(locked)).first() is None:
                return False
            await _open(connection, player_id, token_hash, expire_time)
            return True

        return await self._database.write(open_session)


async def _open(connection: AsyncConnection, player_id: UUID, token_hash: bytes, expire_time: datetime) -> None:
    opened = insert(sessions).values(token_hash=token_hash, player_id=player_id, expire_time=expire_time)
    await connection.execute(opened.on_conflict_do_nothing(index_elements=[sessions.c.token_hash]))
