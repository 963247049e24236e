"""Writings in PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, cast, literal, select
from sqlalchemy.dialects.postgresql import JSON, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database
from services.persistence.schema import games, writings
from services.persistence.writings import WRITINGS_MOST, Writing, WritingKind

_COLUMNS = (*(column for column in writings.c if column.name != "body"), cast(writings.c.body, Text).label("body"))


class PostgresWritings:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, new: Writing) -> Writing | None:
        """What is kept in the writing's place, which is the new one where there was none; None: there is no such game."""

        async def keep(connection: AsyncConnection) -> Writing | None:
            # Locked, so that the game can't be erased meanwhile.
            locked = select(games.c.game_id).where(games.c.game_id == new.game_id).with_for_update(key_share=True, read=True)
            if (await connection.execute(locked)).first() is None:
                return None
            adding = insert(writings).values(
                game_id=new.game_id, kind=new.kind.value, number=new.number, place=new.place, body=cast(literal(new.body, Text), JSON)
            )
            await connection.execute(adding.on_conflict_do_nothing())
            return _writing((await connection.execute(_of(new.game_id, new.kind, new.number).where(writings.c.place == new.place))).one())

        return await self._database.write(keep)

    async def of_game(self, game_id: UUID, kind: WritingKind, number: int | None) -> list[Writing]:
        """A game's writings of a kind, of one row or of all, by number and place."""
        wanted = _of(game_id, kind, number).order_by(writings.c.number, writings.c.place).limit(WRITINGS_MOST)
        return [_writing(row) for row in await self._database.read(lambda connection: connection.execute(wanted))]


def _of(game_id: UUID, kind: WritingKind, number: int | None) -> Select[*tuple[Any, ...]]:  # Any: a row's columns
    wanted = select(*_COLUMNS).where(writings.c.game_id == game_id, writings.c.kind == kind.value)
    return wanted if number is None else wanted.where(writings.c.number == number)


def _writing(row: Row[*tuple[Any, ...]]) -> Writing:  # Any: a row's columns
    return Writing(**{**row._mapping, "kind": WritingKind(row.kind)})  # noqa: SLF001  public, for all its name
