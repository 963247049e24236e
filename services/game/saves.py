"""Named saves: turns of a game to come back to."""

from services.chassis import errors
from services.game.adapters.archived_bookmarks import Bookmark, BookmarkKind
from services.game.bookmarks import Bookmarks, allow_going_back
from services.game.jumps import Jump, JumpKind, Jumps
from services.game.loading import Loading
from services.game.shelf import Shelf
from services.game.stored import LiveGame


class Saves:
    """What a player does with saves. Every method may raise NotFound(GAME_NOT_FOUND) and Unavailable."""

    def __init__(self, bookmarks: Bookmarks, jumps: Jumps, loading: Loading, shelf: Shelf) -> None:
        self._bookmarks = bookmarks
        self._jumps = jumps
        self._loading = loading
        self._shelf = shelf

    async def create(self, owner: str, game_id: str, title: str, key: str) -> Bookmark:
        """Names the present turn. Raises what Bookmarks.keep raises."""
        game = await self._loading.game(game_id, owner)
        return await self._bookmarks.keep(game, BookmarkKind.SAVE, title, game.number, key)

    async def all(self, owner: str, game_id: str) -> list[Bookmark]:
        """The game's saves, the oldest first."""
        return await self._bookmarks.of_game(await self._loading.game(game_id, owner), BookmarkKind.SAVE)

    async def load(self, owner: str, game_id: str, save_id: str, expected: int, key: str) -> LiveGame:
        """The game, back at a saved turn, on that turn's branch.

        Raises NotFound(SAVE_NOT_FOUND), Conflict(NOTHING_TAKEN_BACK), and what Jumps.make raises.
        """
        game = await self._loading.game(game_id, owner)
        save = await self._bookmarks.find(game, BookmarkKind.SAVE, save_id)
        if save is None:
            raise errors.NotFound("SAVE_NOT_FOUND", "the game has no such save", metadata={"gameId": game_id, "saveId": save_id})
        allow_going_back(await self._shelf.pack(game.pack_hash), game)
        rows = await self._loading.log(game)
        jump = Jump(kind=JumpKind.LOAD, to=save.number, branch_id=rows[save.number].branch_id, expected=expected, key=key)
        return await self._jumps.make(game, jump, rows)

    async def delete(self, owner: str, game_id: str, save_id: str) -> None:
        """Forgets a save; one that is not there is forgotten."""
        await self._bookmarks.forget(await self._loading.game(game_id, owner), BookmarkKind.SAVE, save_id)
