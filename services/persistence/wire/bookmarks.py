"""Bookmarks on the wire."""

from uuid import UUID

from maratang.persistence.v1 import bookmark_service_pb2 as pb

from services.chassis import errors
from services.persistence.bookmarks import BOOKMARKS_MOST, Bookmark, BookmarkKind
from services.persistence.wire.fields import invalid, key_in, time_out, uuid_or_none
from services.persistence.wire.games import game_id_in

_ID_MOST = 40
_TITLE_MOST = 80


def bookmark_in(request: pb.KeepBookmarkRequest) -> Bookmark:
    """The bookmark to keep."""
    sent = request.bookmark
    title = key_in(sent.title, "bookmark.title")
    if len(title) > _TITLE_MOST:
        raise invalid("bookmark.title", f"has {len(title)} characters, at most {_TITLE_MOST} are allowed")
    if sent.number < 0:
        raise invalid("bookmark.number", "is negative")
    return Bookmark(
        game_id=game_id_in(request.game_id),
        kind=kind_in(sent.kind),
        bookmark_id=bookmark_id_in(sent.bookmark_id),
        title=title,
        number=sent.number,
    )


def kept(new: Bookmark, stored: Bookmark | None) -> Bookmark:
    """What is stored, if it is what was to be kept. Raises errors.NotFound(GAME_NOT_FOUND), errors.Invalid(KEY_MISMATCH)."""
    if stored is None:
        raise errors.NotFound("GAME_NOT_FOUND", "there is no such game", metadata={"gameId": str(new.game_id)})
    if (stored.title, stored.number) != (new.title, new.number):
        raise errors.Invalid("KEY_MISMATCH", "this id names another row or has another title", metadata={"key": new.bookmark_id})
    return stored


def too_many() -> errors.Exhausted:
    """The failure of one bookmark more than a game may have."""
    return errors.Exhausted(
        "TOO_MANY_KEPT", f"the game has {BOOKMARKS_MOST} of them already: no more are kept", metadata={"most": str(BOOKMARKS_MOST)}
    )


def of_game_in(request: pb.ListBookmarksRequest) -> tuple[UUID | None, BookmarkKind]:
    """Whose bookmarks are asked for (None: of no game that can be), and of which kind."""
    return uuid_or_none(request.game_id), kind_in(request.kind)


def kind_in(kind: pb.Bookmark.Kind.ValueType) -> BookmarkKind:
    """What a bookmark is for."""
    try:
        return BookmarkKind(pb.Bookmark.Kind.Name(kind))
    except ValueError:
        raise invalid("kind", "is not BRANCH or SAVE") from None


def bookmark_id_in(text: str) -> str:
    """A bookmark's id."""
    if not 1 <= len(key_in(text, "bookmarkId")) <= _ID_MOST:
        raise invalid("bookmarkId", f"has {len(text)} characters, not 1 to {_ID_MOST}")
    return text


def bookmark_out(bookmark: Bookmark) -> pb.Bookmark:
    """A bookmark."""
    return pb.Bookmark(
        kind=pb.Bookmark.Kind.Value(bookmark.kind.value),
        bookmark_id=bookmark.bookmark_id,
        title=bookmark.title,
        number=bookmark.number,
        create_time=time_out(bookmark.create_time) if bookmark.create_time else None,
    )
