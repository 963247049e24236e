"""Bookmarks in a game's log, which branches and saves are: kept in PostgreSQL alone, once it has the row that they name."""

import hashlib
import secrets

from services.chassis import errors
from services.game.adapters.archived_bookmarks import ArchivedBookmarks, Bookmark, BookmarkKind
from services.game.loading import Loading
from services.game.refusals import no_such_turn
from services.game.rules.pack import Pack, Undo
from services.game.shelf import Shelf
from services.game.stored import LiveGame
from services.game.sync import Sync
from services.game.written import written

_ID_BYTES = 8


class Bookmarks:
    """What branches and saves have in common."""

    def __init__(self, archived: ArchivedBookmarks, loading: Loading, shelf: Shelf, sync: Sync) -> None:
        self._archived = archived
        self._loading = loading
        self._shelf = shelf
        self._sync = sync

    async def keep(self, game: LiveGame, kind: BookmarkKind, title: str, number: int, key: str) -> Bookmark:
        """Names a row; the same key twice makes one bookmark.

        Raises NotFound(TURN_NOT_FOUND), Conflict(NOTHING_TAKEN_BACK), Invalid(KEY_MISMATCH), Exhausted(TOO_MANY_KEPT), Unavailable.
        """
        if not 0 <= number <= game.number:
            raise no_such_turn(game.game_id, number)
        allow_going_back(await self._shelf.pack(game.pack_hash), game)
        await written(game, number, self._loading, self._sync)
        source = f"{game.game_id}:{kind}:{key or secrets.token_hex(_ID_BYTES)}"
        bookmark_id = hashlib.blake2b(source.encode(), digest_size=_ID_BYTES).hexdigest()
        return await self._archived.keep(game.game_id, kind, bookmark_id, title, number)

    async def of_game(self, game: LiveGame, kind: BookmarkKind) -> list[Bookmark]:
        """The game's bookmarks of a kind, the oldest first. Raises Unavailable(DATABASE_UNAVAILABLE)."""
        # One whose row was lost with Redis names a number that another row has, or will have: it is not there any more.
        return [one for one in await self._archived.of_game(game.game_id, kind) if one.number <= game.number]

    async def find(self, game: LiveGame, kind: BookmarkKind, bookmark_id: str) -> Bookmark | None:
        """The game's bookmark of that id. Raises Unavailable(DATABASE_UNAVAILABLE)."""
        return next((one for one in await self.of_game(game, kind) if one.bookmark_id == bookmark_id), None)

    async def forget(self, game: LiveGame, kind: BookmarkKind, bookmark_id: str) -> None:
        """Forgets a bookmark, if it is there. Raises Unavailable(DATABASE_UNAVAILABLE)."""
        await self._archived.forget(game.game_id, kind, bookmark_id)


def allow_going_back(pack: Pack, game: LiveGame) -> None:
    """Nothing, if the scenario lets its player go back; an ended game can always be branched. Raises Conflict(NOTHING_TAKEN_BACK)."""
    if pack.undo is Undo.NONE and game.status != "ENDED":
        raise errors.Conflict("NOTHING_TAKEN_BACK", "this scenario lets nothing be taken back", metadata={"scenarioId": game.scenario_id})
