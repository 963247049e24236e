"""Hints: what a player who is stuck might do next, found by searching the rules from where the game stands."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Iterator

from services.game.adapters import keys
from services.game.adapters.redis_paces import RedisPaces
from services.game.games import Games, Position
from services.game.packs.prover.guide import Guide
from services.game.refusals import ended, too_fast
from services.game.rules import codec
from services.game.rules.commands import Command
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.telling.answers import Line
from services.game.telling.hint import hint

_SEARCH_SECONDS = 0.2
_GUIDES = 8
_WAYS = 1024


class Hints:
    """Gives hints. One search at a time in a process: whoever plays goes first."""

    def __init__(self, games: Games, paces: RedisPaces) -> None:
        self._games = games
        self._paces = paces
        self._searching = asyncio.Lock()
        self._guides: OrderedDict[str, Guide] = OrderedDict()
        self._ways: OrderedDict[tuple[str, bytes], tuple[Command, ...]] = OrderedDict()

    async def hint(self, owner: str, game_id: str, level: int, key: str) -> tuple[Line, ...]:
        """The next step from here, as plainly as asked; nothing where no way is found in a fifth of a second.

        Raises NotFound(GAME_NOT_FOUND), Conflict(GAME_ENDED), Exhausted(TURN_RATE_LIMITED), Unavailable.
        """
        at = await self._games.position(owner, game_id)
        if at.state.ending is not None:
            raise ended(game_id, at.state.ending)
        if wait := await self._paces.wait(keys.rate(owner), f"{game_id}:hint:{key or secrets.token_hex(8)}"):
            raise too_fast(game_id, wait)
        return hint(at.pack, at.state, await self._way(at), level, at.game.locale)

    async def _way(self, at: Position) -> tuple[Command, ...]:
        about = (at.game.pack_hash, at.game.state_hash)
        async with self._searching:
            if about not in self._ways:
                guide = await self._guide(at.game.pack_hash, at.pack)
                way = await asyncio.to_thread(guide.way, at.state, seconds=_SEARCH_SECONDS)
                self._ways[about] = way
                # Who does as they were told is not left alone half way.
                self._ways.update(((at.game.pack_hash, state_hash), rest) for state_hash, rest in _onward(at.pack, at.state, way))
                while len(self._ways) > _WAYS:
                    self._ways.popitem(last=False)
            return self._ways[about]

    async def _guide(self, pack_hash: str, pack: Pack) -> Guide:
        if pack_hash not in self._guides:
            self._guides[pack_hash] = await asyncio.to_thread(Guide, pack)
            while len(self._guides) > _GUIDES:
                self._guides.popitem(last=False)
        return self._guides[pack_hash]


def _onward(pack: Pack, state: State, way: tuple[Command, ...]) -> Iterator[tuple[bytes, tuple[Command, ...]]]:
    """The states that a way leads through, by their hashes, and what is left of it in each."""
    for done, command in enumerate(way[:-1], 1):
        state = play(pack, state, command).state
        yield codec.state_hash(state), way[done:]
