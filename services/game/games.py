"""A player's games: begun, listed, read."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from services.chassis import errors
from services.game.adapters.archive import Archive
from services.game.adapters.redis_keeping import RedisKeeping
from services.game.loading import Found, Loading
from services.game.opening import opened, opening_row
from services.game.path import path_to
from services.game.players import game_id_of
from services.game.refusals import no_such_turn
from services.game.rules import codec
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.shelf import Shelf
from services.game.states import States
from services.game.stored import MAIN_BRANCH, LiveGame, Row, canonical, compress
from services.game.sync import Sync

DURABLE_WITHIN = timedelta(milliseconds=250)
"""How long the last event of a turn waits for PostgreSQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A game with what its present state is made of."""

    game: LiveGame
    pack: Pack
    state: State


class Games:
    """The use cases of games, their turns aside."""

    def __init__(self, keeping: RedisKeeping, archive: Archive, loading: Loading, shelf: Shelf, sync: Sync, states: States) -> None:
        self._keeping = keeping
        self._archive = archive
        self._loading = loading
        self._shelf = shelf
        self._sync = sync
        self._states = states

    async def create(self, owner: str, scenario_id: str, locale: str, seed: str, key: str) -> LiveGame:
        """Begins a game; twice with one key is one game.

        Raises NotFound(SCENARIO_NOT_FOUND), Invalid(INVALID_ARGUMENT, KEY_MISMATCH), Unavailable.
        """
        game_id = game_id_of(owner, key)
        asked = hashlib.blake2b(canonical([scenario_id, locale, seed]), digest_size=16).hexdigest()
        if key and (known := await self._known(game_id, owner)) is not None:
            return _same(known, asked, key)
        pack_hash = await self._shelf.published(scenario_id)
        pack = await self._shelf.pack(pack_hash)
        if locale not in pack.texts:
            raise errors.invalid([errors.Violation("locale", f"this scenario speaks {', '.join(pack.texts)}")])
        seed, now = seed or secrets.token_hex(16), time.time_ns() // 1_000_000
        encoded = codec.encode(opened(pack, seed)[0])
        game = LiveGame(
            game_id=game_id,
            owner=owner,
            scenario_id=scenario_id,
            pack_hash=pack_hash,
            locale=locale,
            seed=seed,
            epoch=0,
            number=0,
            persisted=-1,
            branch_id=MAIN_BRANCH,
            depth=0,
            status="ACTIVE",
            ending="",
            state=compress(encoded),
            state_hash=codec.state_hash(encoded),
            asked=asked,
            created_ms=now,
            updated_ms=now,
        )
        row = opening_row(game, pack)
        if not await self._keeping.create(game, [row]):
            return _same(await self._loading.game(game_id, owner), asked, key)
        self._sync.nudge(game_id)
        return game

    async def _known(self, game_id: str, owner: str) -> LiveGame | None:
        """The game that a key made before, if any. While PostgreSQL is away only Redis is asked: what was lost there can't be known."""
        try:
            return await self._loading.game(game_id, owner)
        except (errors.NotFound, errors.Unavailable, errors.OutOfTime):
            return None

    async def read(self, owner: str, game_id: str) -> LiveGame:
        """A game of the caller's. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        return await self._loading.game(game_id, owner)

    async def position(self, owner: str, game_id: str) -> Position:
        """A game of the caller's with its pack and state. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        game = await self._loading.game(game_id, owner)
        return await self.position_of(game)

    async def position_of(self, game: LiveGame) -> Position:
        """A game with its pack and state."""
        return Position(game=game, pack=await self._shelf.pack(game.pack_hash), state=self._states.of(game.game_id, game.state))

    async def page(self, owner: str, status: str, page_size: int, page_token: str) -> tuple[list[LiveGame], str]:
        """A page of the caller's games, the last played first, and the next page's token. Raises Unavailable(DATABASE_UNAVAILABLE)."""
        return await self._archive.games_of(owner, status, page_size, page_token)

    async def row(self, owner: str, game_id: str, number: int) -> Found:
        """A row of a game of the caller's. Raises NotFound(GAME_NOT_FOUND, TURN_NOT_FOUND), Unavailable."""
        game = await self._loading.game(game_id, owner)
        if not 0 <= number <= game.number:
            raise no_such_turn(game_id, number)
        return await self._loading.row(game_id, number)

    async def log(self, owner: str, game_id: str) -> list[Found]:
        """The way through the log of a game of the caller's that is played. Raises NotFound(GAME_NOT_FOUND), Unavailable."""
        found = await self._loading.all_rows(await self._loading.game(game_id, owner))
        return [found[row.number] for row in path_to({number: one.row for number, one in found.items()}, max(found))]

    async def is_replicated(self, row: Row, k: int) -> bool:
        """Whether PostgreSQL has a row with its telling, which ends at the place `k` of its stream, waiting a little for it."""
        return await self._sync.told_in_database(row, k, patience=DURABLE_WITHIN)


def _same(game: LiveGame, asked: str, key: str) -> LiveGame:
    if game.asked != asked:
        raise errors.Invalid("KEY_MISMATCH", "this idempotency key began another game: take a new key", metadata={"key": key})
    return game
