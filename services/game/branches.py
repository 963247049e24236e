"""The ways that a game has taken: undo, and branches. All are paths through one log."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.chassis import errors
from services.game.adapters.archived_bookmarks import Bookmark, BookmarkKind
from services.game.bookmarks import Bookmarks, allow_going_back
from services.game.jumps import Jump, JumpKind, Jumps
from services.game.loading import Loading
from services.game.path import path_to
from services.game.refusals import no_such_turn
from services.game.shelf import Shelf
from services.game.stored import MAIN_BRANCH, LiveGame, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A way through a game's log, from after the row `from_turn` to the row `turn`; `active`: it is the one played."""

    branch_id: str
    title: str
    from_turn: int
    turn: int
    active: bool
    create_time: datetime


class Branches:
    """What a player does with the paths of a game. Every method may raise NotFound(GAME_NOT_FOUND) and Unavailable."""

    def __init__(self, bookmarks: Bookmarks, jumps: Jumps, loading: Loading, shelf: Shelf) -> None:
        self._bookmarks = bookmarks
        self._jumps = jumps
        self._loading = loading
        self._shelf = shelf

    async def undo(self, owner: str, game_id: str, to: int, expected: int, key: str) -> LiveGame:
        """The game, back at the outcome of an earlier turn of the branch that is played.

        Raises NotFound(TURN_NOT_FOUND), Conflict(TURN_ELSEWHERE, NOTHING_TAKEN_BACK), and what Jumps.make raises.
        """
        game, rows = await self._log(owner, game_id)
        allow_going_back(await self._shelf.pack(game.pack_hash), game)
        if to not in rows:
            raise no_such_turn(game_id, to)
        if to not in {row.number for row in path_to(rows, max(rows))}:
            raise errors.Conflict(
                "TURN_ELSEWHERE",
                f"turn {to} is not on the way that led here: activate its branch, or branch from it",
                metadata={"gameId": game_id, "turn": str(to)},
            )
        jump = Jump(kind=JumpKind.UNDO, to=to, branch_id=game.branch_id, expected=expected, key=key)
        return await self._jumps.make(game, jump, rows)

    async def create(self, owner: str, game_id: str, from_turn: int, title: str, key: str) -> Branch:
        """Another way on from after a turn; it is not played yet. Raises what Bookmarks.keep raises."""
        game, rows = await self._log(owner, game_id)
        made = await self._bookmarks.keep(game, BookmarkKind.BRANCH, title, from_turn, key)
        return _branch(made, game, rows)

    async def all(self, owner: str, game_id: str) -> list[Branch]:
        """The ways the game has taken, the oldest first: the first is the one that it began on."""
        game, rows = await self._log(owner, game_id)
        made = await self._bookmarks.of_game(game, BookmarkKind.BRANCH)
        began = datetime.fromtimestamp(game.created_ms / 1000, UTC)
        first = Bookmark(bookmark_id=MAIN_BRANCH, title="", number=0, create_time=began)
        return [_branch(one, game, rows) for one in (first, *made)]

    async def activate(self, owner: str, game_id: str, branch_id: str, expected: int, key: str) -> LiveGame:
        """The game, at the end of a branch. Raises NotFound(BRANCH_NOT_FOUND), and what Jumps.make raises."""
        branch = next((one for one in await self.all(owner, game_id) if one.branch_id == branch_id), None)
        if branch is None:
            raise errors.NotFound("BRANCH_NOT_FOUND", "the game has no such branch", metadata={"gameId": game_id, "branchId": branch_id})
        game, rows = await self._log(owner, game_id)
        jump = Jump(kind=JumpKind.ACTIVATE, to=_target(branch, expected, rows), branch_id=branch_id, expected=expected, key=key)
        return await self._jumps.make(game, jump, rows)

    async def _log(self, owner: str, game_id: str) -> tuple[LiveGame, dict[int, Row]]:
        game = await self._loading.game(game_id, owner)
        return game, await self._loading.log(game)


def _branch(made: Bookmark, game: LiveGame, rows: dict[int, Row]) -> Branch:
    return Branch(
        branch_id=made.bookmark_id,
        title=made.title,
        from_turn=made.number,
        turn=max((row.number for row in rows.values() if row.branch_id == made.bookmark_id), default=made.number),
        active=game.branch_id == made.bookmark_id,
        create_time=made.create_time,
    )


def _target(branch: Branch, expected: int, rows: dict[int, Row]) -> int:
    """The branch's last row as its caller knows the game: the same again, when the same call comes again."""
    ends = (row.number for row in rows.values() if row.branch_id == branch.branch_id and row.number <= expected)
    return max(ends, default=branch.from_turn)
