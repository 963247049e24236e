"""Bookmarks in games' logs, as they are kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

BOOKMARKS_MOST = 100
"""How many bookmarks of a kind a game has at most."""


class BookmarkKind(StrEnum):
    """What a bookmark is for."""

    BRANCH = "BRANCH"
    SAVE = "SAVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A name for a row of a game's log; the fields are named as the columns are. `create_time` None: it is not stored yet."""

    game_id: UUID
    kind: BookmarkKind
    bookmark_id: str
    title: str
    number: int
    create_time: datetime | None = None


class TooManyBookmarks(Exception):  # noqa: N818  it reads as what it says
    """The game has as many bookmarks of that kind as a game may have."""
