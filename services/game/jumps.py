"""Jumps: changes of a game that no action decided. Each is a row of the log, whose state is that of an earlier row."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.chassis import errors
from services.game import shown
from services.game.adapters.archive import Archive
from services.game.adapters.redis_games import Answer
from services.game.adapters.redis_jumps import RedisJumps
from services.game.asked import DERIVED_KEY
from services.game.loading import Loading
from services.game.path import path_to, state_after
from services.game.refusals import key_mismatch, refused, stale
from services.game.rules import codec
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.shelf import Shelf
from services.game.stored import TOLD, LiveGame, Row, canonical, compress
from services.game.sync import Sync
from services.game.telling.answers import Telling, ToldBy
from services.game.telling.plain import to_plain
from services.game.telling.view import view_of


class JumpKind(StrEnum):
    """Why a game jumps."""

    UNDO = "undo"
    ACTIVATE = "activate"
    LOAD = "load"
    SUSPEND = "suspend"
    RESUME = "resume"
    REPAIR = "repair"


_PLAYERS = frozenset({"ACTIVE"})
_ALLOWED = {
    JumpKind.UNDO: _PLAYERS,
    JumpKind.LOAD: _PLAYERS,
    # An ended game can't be changed, but there may be another way on from before its end.
    JumpKind.ACTIVATE: _PLAYERS | {"ENDED"},
    JumpKind.SUSPEND: _PLAYERS | {"ENDED"},
    JumpKind.RESUME: frozenset({"SUSPENDED"}),
    JumpKind.REPAIR: _PLAYERS | {"ENDED", "SUSPENDED"},
}
"""The statuses in which a game may be before each kind of jump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A jump to the outcome of the row `to`; afterwards the branch is played. `key`: empty, one is made of the jump itself."""

    kind: JumpKind
    to: int
    branch_id: str
    expected: int
    key: str = ""

    @property
    def hash(self) -> str:
        """What makes it the same jump again; hexadecimal."""
        return hashlib.blake2b(canonical([self.kind.value, self.to, self.branch_id]), digest_size=32).hexdigest()


class Jumps:
    """Makes games jump."""

    def __init__(self, jumps: RedisJumps, archive: Archive, loading: Loading, shelf: Shelf, sync: Sync) -> None:
        self._jumps = jumps
        self._archive = archive
        self._loading = loading
        self._shelf = shelf
        self._sync = sync

    async def make(self, game: LiveGame, jump: Jump, rows: Mapping[int, Row], *, state: State | None = None) -> LiveGame:
        """The game after the jump; the same key and jump again changes nothing more. `rows` is the game's whole log.

        `state`: the target's, where it is known; else the log is replayed to it, and must lead to what was stored.

        Raises Conflict(STALE_TURN, GAME_BUSY, GAME_ENDED, GAME_SUSPENDED), Invalid(KEY_MISMATCH), Unavailable.
        """
        pack = await self._shelf.pack(game.pack_hash)
        if state is None:
            state = state_after(pack, game.seed, path_to(rows, jump.to))
        row = _row(game, jump, pack, rows[jump.to], state)
        after = _after(game, jump, row, state)
        answer = await self._jumps.jump(row, after, allowed=_ALLOWED[jump.kind])
        if answer[0] not in {b"OK", b"DONE"} and not (answer[0] == b"CONFLICT" and await self._was_made(row)):
            raise _refused(answer, jump, row)
        self._sync.nudge(game.game_id)
        return await self._loading.game(game.game_id, game.owner)

    async def _was_made(self, row: Row) -> bool:
        """Whether the same jump was made long ago: Redis forgets keys, PostgreSQL does not. Raises Invalid(KEY_MISMATCH)."""
        try:
            known = await self._archive.row_of_key(row.game_id, row.key)
        except errors.NotFound:
            return False
        if known.action_hash != row.action_hash:
            raise key_mismatch(row.key)
        return True


def _row(game: LiveGame, jump: Jump, pack: Pack, target: Row, state: State) -> Row:
    number = jump.expected + 1
    resolved = shown.resolved((), (), view_of(pack, state, game.locale, number))
    return Row(
        game_id=game.game_id,
        number=number,
        parent=target.number,
        branch_id=jump.branch_id,
        depth=target.depth,
        revision=TOLD,
        key=jump.key or f"{DERIVED_KEY}{jump.expected}:{jump.hash[:32]}",
        action_hash=jump.hash,
        text="",
        record={
            "command": None,
            "jump": {"kind": jump.kind.value, "to": target.number},
            "events": [],
            "shown": resolved["events"],
            "lines": resolved["lines"],
            "view": resolved["view"],
            "ending": None,
            "template": [],
        },
        state_hash=codec.state_hash(state),
        telling=to_plain(Telling(text="", lines=(), told_by=ToldBy.TEMPLATE, model="", checks=())),
        created_ms=time.time_ns() // 1_000_000,
    )


def _after(game: LiveGame, jump: Jump, row: Row, state: State) -> LiveGame:
    encoded = codec.encode(state)
    status = "SUSPENDED" if jump.kind is JumpKind.SUSPEND else "ENDED" if state.ending else "ACTIVE"
    return replace(
        game,
        number=row.number,
        branch_id=row.branch_id,
        depth=row.depth,
        status=status,
        ending=state.ending or "",
        state=compress(encoded),
        state_hash=row.state_hash,
        updated_ms=row.created_ms,
    )


def _refused(answer: Answer, jump: Jump, row: Row) -> errors.Failure:
    match answer[0]:
        case b"CONFLICT":
            return stale(int(answer[1]), jump.expected)
        case b"MISMATCH":
            return key_mismatch(row.key)
        case _:
            return refused(row.game_id, answer)
