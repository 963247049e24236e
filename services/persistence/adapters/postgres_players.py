"""Players and their sessions in PostgreSQL. Expiry is by PostgreSQL's clock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Label, Row, delete, false, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database
from services.persistence.players import Player, PlayerChange, Session
from services.persistence.schema import bans, players, sessions


class PostgresPlayers:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, session: Session) -> Player:
        """Stores a new player with a first session, and returns the player as stored; the same player twice is one player."""
        new = session.player

        async def create(connection: AsyncConnection) -> Player:
            await connection.execute(
                insert(players)
                .values(
                    player_id=new.player_id,
                    display_name=new.display_name,
                    locale=new.locale,
                    guest=new.guest,
                    create_time=new.create_time,
                )
                .on_conflict_do_nothing(index_elements=[players.c.player_id])
            )
            await connection.execute(
                insert(sessions)
                .values(token_hash=session.token_hash, player_id=new.player_id, expire_time=session.expire_time)
                .on_conflict_do_nothing(index_elements=[sessions.c.token_hash])
            )
            return player_of((await connection.execute(select(players).where(players.c.player_id == new.player_id))).one())

        return await self._database.write(create)

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session of a token, unless it has expired."""
        found = (
            select(players, sessions.c.expire_time, is_banned())
            .select_from(sessions)
            .join(players, players.c.player_id == sessions.c.player_id)
            .outerjoin(bans, bans.c.player_id == players.c.player_id)
            .where(sessions.c.token_hash == token_hash, sessions.c.expire_time > func.now())
        )
        row = (await self._database.read(lambda connection: connection.execute(found))).one_or_none()
        if row is None:
            return None
        return Session(player=player_of(row), token_hash=token_hash, expire_time=row.expire_time, banned=row.banned)

    async def extend_session(self, token_hash: bytes, expire_time: datetime) -> None:
        """Moves a session's expiry forward, never back."""
        later = update(sessions).where(sessions.c.token_hash == token_hash, sessions.c.expire_time < expire_time)
        await self._database.write(lambda connection: connection.execute(later.values(expire_time=expire_time)))

    async def delete_session(self, token_hash: bytes) -> None:
        """Ends a session, if it is there."""
        gone = delete(sessions).where(sessions.c.token_hash == token_hash)
        await self._database.write(lambda connection: connection.execute(gone))

    async def find(self, player_id: UUID) -> Player | None:
        """A player."""
        wanted = select(players).where(players.c.player_id == player_id)
        row = (await self._database.read(lambda connection: connection.execute(wanted))).one_or_none()
        return None if row is None else player_of(row)

    async def change(self, player_id: UUID, change: PlayerChange) -> Player | None:
        """Changes a player, and returns the player as stored then; None: there is none."""
        values = {name: value for name in ("display_name", "locale") if (value := getattr(change, name)) is not None}
        if not values:
            return await self.find(player_id)
        changed = update(players).where(players.c.player_id == player_id).values(values).returning(players)
        row = (await self._database.write(lambda connection: connection.execute(changed))).one_or_none()
        return None if row is None else player_of(row)


def is_banned() -> Label[bool]:
    """Whether the player is banned, as `banned`, in a statement that has `bans` joined, if need be with nothing."""
    return func.coalesce(bans.c.banned, false(), type_=Boolean).label("banned")


def player_of(row: Row[*tuple[Any, ...]]) -> Player:  # Any: a row's columns
    """The player in a row that has the columns of `players`."""
    return Player(player_id=row.player_id, display_name=row.display_name, locale=row.locale, guest=row.guest, create_time=row.create_time)
