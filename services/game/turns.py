"""A turn's way from the player's words to a fact: begin, decide, commit; its telling follows."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from services.chassis import errors
from services.game.adapters import keys
from services.game.adapters.archive import Archive
from services.game.adapters.redis_games import Answer, Granted, RedisGames
from services.game.adapters.redis_paces import RedisPaces
from services.game.adapters.redis_reads import RedisReads
from services.game.adapters.redis_streams import Followers, Listening, lost
from services.game.asked import DERIVED_KEY, Asked
from services.game.deciding import Deciding
from services.game.loading import Loading
from services.game.refusals import key_mismatch, no_such_game, no_such_turn, refused, stale, too_fast
from services.game.shown import ERASED, LAST_EVENTS, accepted_data, replayed
from services.game.stored import Entry, LiveGame
from services.game.workers import Workers

_TRIES = 3
"""How often to ask for a turn of a game that is loaded, or compared with PostgreSQL, meanwhile."""
_ACCEPTED_SECONDS = 0.01
"""How long it may wait to be said that an action is accepted: what it comes to is mostly known by then, and goes in the same packet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """Where an action's events are to be had: after the event `after` of the stream of `number`; None: from its last attempt on.

    `begun`: the action was begun by this very call, and this is who listens to it since.
    """

    game_id: str
    number: int
    after: int | None
    key: str
    begun: Listening | None = None


class Turns:
    """What a player does with a turn: take it, watch it, stop its telling."""

    def __init__(
        self,
        games: RedisGames,
        reads: RedisReads,
        followers: Followers,
        archive: Archive,
        loading: Loading,
        deciding: Deciding,
        workers: Workers,
        paces: RedisPaces,
    ) -> None:
        self._games = games
        self._paces = paces
        self._reads = reads
        self._followers = followers
        self._archive = archive
        self._loading = loading
        self._deciding = deciding
        self._workers = workers

    async def submit(self, owner: str, game_id: str, asked: Asked, expected: int, key: str) -> Attached:
        """Stores an action, has it decided by a worker, and says where its events are. The same key and action again is the same action.

        Raises NotFound(GAME_NOT_FOUND), Conflict(STALE_TURN, GAME_BUSY, GAME_ENDED, GAME_SUSPENDED, GAME_DIVERGED), Invalid(KEY_MISMATCH),
        Exhausted(TURN_RATE_LIMITED), Unavailable.
        """
        action_hash = asked.hash
        key = key or f"{DERIVED_KEY}{expected}:{action_hash[:32]}"
        nonce = secrets.token_hex(8)
        if wait := await self._paces.wait(keys.rate(owner), f"{game_id}:{key}"):
            raise too_fast(game_id, wait)
        for _ in range(_TRIES):
            answer = await self._games.begin(game_id, owner, key, action_hash, asked.to_bytes(), expected, nonce)
            if isinstance(answer, Granted) or answer[0] not in {b"ABSENT", b"UNSEEN"}:
                break
            await (self._loading.load(game_id, owner) if answer[0] == b"ABSENT" else self._loading.compare(game_id))
        if isinstance(answer, Granted):
            number = answer.number + 1
            self._workers.spawn(self._deciding.decide(game_id, key, action_hash, asked, answer), f"turn {game_id}:{number}")
            listening = self._followers.listen((game_id, number))
            return Attached(game_id=game_id, number=number, after=answer.k0 - 1, key=key, begun=listening)
        return await self._not_granted(answer, game_id, action_hash, expected, key)

    async def _not_granted(self, answer: Answer, game_id: str, action_hash: str, expected: int, key: str) -> Attached:
        match answer[0]:
            case b"RUNNING":
                return _attached(game_id, key, answer)
            case b"DONE" if int(answer[1]) >= 0:
                return _attached(game_id, key, answer)
            case b"DONE":
                return await self._settled(game_id, key, -int(answer[1]), int(answer[2]), expected)
            case b"MISMATCH":
                raise key_mismatch(key)
            case b"CONFLICT":
                return await self._long_ago(game_id, action_hash, expected, key, int(answer[1]))
            case _:
                raise refused(game_id, answer)

    async def _settled(self, game_id: str, key: str, number: int, k0: int, expected: int) -> Attached:
        """An action that was answered without spending a turn, for as long as what was shown of it is kept."""
        shown = await self._reads.entries(game_id, number, after=k0 - 1)
        if not shown or shown[0].k != k0:
            raise stale(await self._reads.number(game_id) or number, expected)
        return Attached(game_id=game_id, number=number, after=k0 - 1, key=key)

    async def _long_ago(self, game_id: str, action_hash: str, expected: int, key: str, number: int) -> Attached:
        """A key that Redis has forgotten: PostgreSQL has it for ever."""
        try:
            row = await self._archive.row_of_key(game_id, key)
        except errors.NotFound:
            raise stale(number, expected) from None
        if row.action_hash != action_hash:
            raise key_mismatch(key)
        return Attached(game_id=game_id, number=row.number, after=None, key=key)

    async def events(self, attached: Attached) -> AsyncIterator[Entry]:
        """An action's events, until the last.

        Raises Unavailable(STORE_UNAVAILABLE) where the store has lost the action and another came to its turn.
        """
        begins = None if attached.after is None else attached.after + 1
        shown = self._begun(attached, attached.begun) if attached.begun is not None else self._kept(attached)
        async with aclosing(shown):
            async for entry in shown:
                if entry.event == "accepted" and entry.k != begins:
                    if begins is not None and not await self._reads.is_begun_at(attached.game_id, attached.number, attached.key, entry.k):
                        raise lost()
                    begins = entry.k
                if entry.event == "told" and entry.told_row.key != attached.key:
                    # Redis came back as it was before, and then another came to the very same place.
                    raise lost()
                yield entry

    async def _kept(self, attached: Attached) -> AsyncGenerator[Entry, None]:
        """The events of an action that was begun before."""
        after = attached.after
        if after is None:
            after = _before_last_attempt(await self._reads.entries(attached.game_id, attached.number))
        async for entry in self._events(attached.game_id, attached.number, after):
            yield entry

    @staticmethod
    async def _begun(attached: Attached, listening: Listening) -> AsyncGenerator[Entry, None]:
        """The events of an action from its beginning, which needs no look at the store."""
        after = attached.after or 0
        accepted = Entry(k=after + 1, event="accepted", data=accepted_data(attached.number))
        with listening:
            await listening.until_heard(within=_ACCEPTED_SECONDS)
            async for entry in _to_the_last(attached.game_id, listening.entries((accepted,), after=after)):
                if entry.event in LAST_EVENTS:
                    # It runs here no more: while its end is looked at, the stream is not to be read for it.
                    listening.end()
                yield entry

    async def watch(self, owner: str, game_id: str, number: int, after: int | None) -> AsyncIterator[Entry]:
        """The events of a turn after the event `after` (None: from the beginning of its last attempt), until the last.

        Raises NotFound(GAME_NOT_FOUND, TURN_NOT_FOUND), Unavailable.
        """
        game = await self._loading.game(game_id, owner)
        begun = number <= game.number or (number == game.number + 1 and await self._is_begun(game, number))
        if number < 1 or not begun:
            raise no_such_turn(game_id, number)
        shown = await self._reads.entries(game_id, number)
        if after is None:
            after = _before_last_attempt(shown)
        elif shown and shown[-1].event in LAST_EVENTS and after >= shown[-1].k:
            # Everything was seen: the last event again, so that this stream ends as every stream does.
            after = shown[-1].k - 1
        async for entry in self._events(game_id, number, after):
            yield entry

    async def _is_begun(self, game: LiveGame, number: int) -> bool:
        return await self._reads.is_deciding(game.game_id) or bool(await self._reads.entries(game.game_id, number))

    async def _events(self, game_id: str, number: int, after: int) -> AsyncIterator[Entry]:
        if not await self._reads.has_stream(game_id, number):
            row = (await self._loading.row(game_id, number)).row
            if row.telling is not None:
                for entry in replayed(row, after=after):
                    yield entry
                return
            # Redis has lost it meanwhile: it is told anew, in a stream that is still to come.
        async for entry in _to_the_last(game_id, self._followers.follow(game_id, number, after=after)):
            yield entry

    async def stop(self, owner: str, game_id: str, number: int) -> None:
        """Stops the telling of a turn; what is told already stays told. Raises NotFound(GAME_NOT_FOUND, TURN_NOT_FOUND)."""
        game = await self._loading.game(game_id, owner)
        if not 1 <= number <= game.number:
            raise no_such_turn(game_id, number)
        await self._games.stop(game_id, number)


async def _to_the_last(game_id: str, entries: AsyncGenerator[Entry, None]) -> AsyncIterator[Entry]:
    """The events until the last. Raises NotFound(GAME_NOT_FOUND) where the game was erased meanwhile."""
    async with aclosing(entries):
        async for entry in entries:
            if entry.event == ERASED:
                raise no_such_game(game_id)
            yield entry
            if entry.event in LAST_EVENTS:
                return


def _attached(game_id: str, key: str, answer: Answer) -> Attached:
    """Where the events are of an action that BEGIN knows; one that was loaded from PostgreSQL has no place in the stream."""
    k0 = int(answer[2])
    return Attached(game_id=game_id, number=int(answer[1]), after=k0 - 1 if k0 else None, key=key)


def _before_last_attempt(shown: Sequence[Entry]) -> int:
    """The place before the last `accepted` of a stream: what came before it spent no turn."""
    return next((entry.k - 1 for entry in reversed(shown) if entry.event == "accepted"), 0)
