"""Bookmarks in PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.persistence.adapters.database import Database
from services.persistence.bookmarks import BOOKMARKS_MOST, Bookmark, BookmarkKind, TooManyBookmarks
from services.persistence.schema import bookmarks, games


class PostgresBookmarks:
    """Every method may raise errors.Unavailable(DATABASE_UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, new: Bookmark) -> Bookmark | None:
        """The bookmark of that id as it is stored, which is the new one where there was none; None: there is no such game.

        Raises TooManyBookmarks.
        """

        async def keep(connection: AsyncConnection) -> Bookmark | None:
            # Locked, so that two at once can't both be the last one allowed.
            locked = select(games.c.game_id).where(games.c.game_id == new.game_id).with_for_update(key_share=True)
            if (await connection.execute(locked)).first() is None:
                return None
            of_kind = (bookmarks.c.game_id == new.game_id) & (bookmarks.c.kind == new.kind.value)
            wanted = select(bookmarks).where(of_kind, bookmarks.c.bookmark_id == new.bookmark_id)
            if (known := (await connection.execute(wanted)).one_or_none()) is not None:
                return _bookmark(known)
            count = await connection.scalar(select(func.count()).select_from(bookmarks).where(of_kind))
            if (count or 0) >= BOOKMARKS_MOST:
                raise TooManyBookmarks
            adding = insert(bookmarks).values(
                game_id=new.game_id, kind=new.kind.value, bookmark_id=new.bookmark_id, title=new.title, number=new.number
            )
            return _bookmark((await connection.execute(adding.returning(*bookmarks.c))).one())

        return await self._database.write(keep)

    async def of_game(self, game_id: UUID, kind: BookmarkKind) -> list[Bookmark]:
        """A game's bookmarks of a kind, the oldest first."""
        wanted = (
            select(bookmarks)
            .where(bookmarks.c.game_id == game_id, bookmarks.c.kind == kind.value)
            .order_by(bookmarks.c.create_time, bookmarks.c.bookmark_id)
        )
        return [_bookmark(row) for row in await self._database.read(lambda connection: connection.execute(wanted))]

    async def forget(self, game_id: UUID, kind: BookmarkKind, bookmark_id: str) -> None:
        """Forgets a bookmark, if it is there."""
        gone = delete(bookmarks).where(
            bookmarks.c.game_id == game_id, bookmarks.c.kind == kind.value, bookmarks.c.bookmark_id == bookmark_id
        )
        await self._database.write(lambda connection: connection.execute(gone))


def _bookmark(row: Row[*tuple[Any, ...]]) -> Bookmark:  # Any: a row's columns
    return Bookmark(**{**row._mapping, "kind": BookmarkKind(row.kind)})  # noqa: SLF001  public, for all its name
