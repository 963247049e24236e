"""The bookmarks of games, through the persistence service."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from maratang.persistence.v1 import bookmark_service_pb2 as pb

if TYPE_CHECKING:  # the asyncio stub is a type only: at run time one class serves both
    from maratang.persistence.v1.bookmark_service_pb2_grpc import BookmarkServiceAsyncStub


class BookmarkKind(StrEnum):
    """What a bookmark is for."""

    BRANCH = "BRANCH"
    SAVE = "SAVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A name for a row of a game's log."""

    bookmark_id: str
    title: str
    number: int
    create_time: datetime


class ArchivedBookmarks:
    """Every method may raise Unavailable (DATABASE_UNAVAILABLE or SERVICE_UNAVAILABLE) or OutOfTime."""

    def __init__(self, stub: "BookmarkServiceAsyncStub") -> None:
        self._stub = stub

    async def keep(self, game_id: str, kind: BookmarkKind, bookmark_id: str, title: str, number: int) -> Bookmark:
        """Keeps a bookmark; the same id twice is one. Raises NotFound(GAME_NOT_FOUND), Invalid(KEY_MISMATCH), Exhausted(TOO_MANY_KEPT)."""
        sent = pb.Bookmark(kind=_wire(kind), bookmark_id=bookmark_id, title=title, number=number)
        return _bookmark(await self._stub.KeepBookmark(pb.KeepBookmarkRequest(game_id=game_id, bookmark=sent)))

    async def of_game(self, game_id: str, kind: BookmarkKind) -> list[Bookmark]:
        """A game's bookmarks of a kind, the oldest first."""
        found = await self._stub.ListBookmarks(pb.ListBookmarksRequest(game_id=game_id, kind=_wire(kind)))
        return [_bookmark(one) for one in found.bookmarks]

    async def forget(self, game_id: str, kind: BookmarkKind, bookmark_id: str) -> None:
        """Forgets a bookmark, if it is there."""
        await self._stub.DeleteBookmark(pb.DeleteBookmarkRequest(game_id=game_id, kind=_wire(kind), bookmark_id=bookmark_id))


def _wire(kind: BookmarkKind) -> pb.Bookmark.Kind.ValueType:
    return pb.Bookmark.Kind.Value(kind.value)


def _bookmark(stored: pb.Bookmark) -> Bookmark:
    return Bookmark(
        bookmark_id=stored.bookmark_id, title=stored.title, number=stored.number, create_time=stored.create_time.ToDatetime(UTC)
    )
