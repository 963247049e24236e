"""The RPCs of bookmarks: parse, call, render."""

from typing import Any, TypeAlias

import grpc
from google.protobuf.empty_pb2 import Empty
from maratang.persistence.v1 import bookmark_service_pb2 as pb
from maratang.persistence.v1.bookmark_service_pb2_grpc import BookmarkServiceServicer

from services.persistence.adapters.postgres_bookmarks import PostgresBookmarks
from services.persistence.bookmarks import TooManyBookmarks
from services.persistence.wire import bookmarks as wire

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # Any: no RPC here looks at it


class Bookmarks(BookmarkServiceServicer):
    """The branches and saves of games."""

    def __init__(self, bookmarks: PostgresBookmarks) -> None:
        self._bookmarks = bookmarks

    async def KeepBookmark(self, request: pb.KeepBookmarkRequest, context: Context) -> pb.Bookmark:
        """Keeps a bookmark."""
        new = wire.bookmark_in(request)
        try:
            stored = await self._bookmarks.keep(new)
        except TooManyBookmarks:
            raise wire.too_many() from None
        return wire.bookmark_out(wire.kept(new, stored))

    async def ListBookmarks(self, request: pb.ListBookmarksRequest, context: Context) -> pb.ListBookmarksResponse:
        """Lists a game's bookmarks of a kind."""
        game_id, kind = wire.of_game_in(request)
        found = [] if game_id is None else await self._bookmarks.of_game(game_id, kind)
        return pb.ListBookmarksResponse(bookmarks=[wire.bookmark_out(one) for one in found])

    async def DeleteBookmark(self, request: pb.DeleteBookmarkRequest, context: Context) -> Empty:
        """Forgets a bookmark."""
        game_id, kind = wire.of_game_in(pb.ListBookmarksRequest(game_id=request.game_id, kind=request.kind))
        if game_id is not None:
            await self._bookmarks.forget(game_id, kind, wire.bookmark_id_in(request.bookmark_id))
        return Empty()
