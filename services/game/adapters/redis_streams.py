"""Following turns' streams: one reader for the whole process, and a short cut for turns that run in it."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Self

from redis.asyncio.cluster import RedisCluster
from redis.typing import KeyT, StreamIdT

from services.chassis import errors
from services.chassis.logs import log
from services.game.adapters import keys
from services.game.adapters.redis_connection import Redis, translated
from services.game.adapters.redis_reads import RawEntry, RedisReads, entry
from services.game.stored import Entry

_BLOCK_MS = 200
_LOOK_SECONDS = 5.0
"""After so long without an event it is asked whether there is more to come."""
_AGAIN = timedelta(milliseconds=100)
_COUNT = 200
_GONE_SECONDS = 1.0
_PAUSE_SECONDS = 0.2
_log = log(__name__)

TurnId = tuple[str, int]
"""A game's id and a row's number."""


class Followers:
    """Who waits for which turn's events, in this process.

    A worker publishes what it has appended, and its followers have it without another visit to Redis. For turns that other processes run,
    one task reads all the followed streams at once, or, on a cluster, one task those of each shard.
    """

    def __init__(self, client: Redis, reads: RedisReads) -> None:
        self._redis = client
        self._reads = reads
        self._listening: defaultdict[TurnId, set[Listening]] = defaultdict(set)
        self._running_here: set[TurnId] = set()
        self._to_read: set[TurnId] = set()
        """The followed turns that do not run here."""
        self._changed = asyncio.Event()

    def publish(self, turn: TurnId, *entries: Entry) -> None:
        """Hands entries that Redis has to the turn's followers here."""
        for listening in self._listening.get(turn, ()):
            listening.hear(entries)

    def runs_here(self, turn: TurnId, *, running: bool) -> None:
        """Says whether this process appends to the turn's stream, and so publishes it."""
        if running:
            self._running_here.add(turn)
            self._to_read.discard(turn)
        else:
            self._running_here.discard(turn)
            # Who has had the turn's last event is about to go, and else it takes a lease's time until another goes on.
            asyncio.get_running_loop().call_later(_GONE_SECONDS, self._read_unless_over, turn)

    def _read_unless_over(self, turn: TurnId) -> None:
        """Has a turn read for its followers, if it has any and does not run here."""
        if turn in self._listening and turn not in self._running_here:
            self._to_read.add(turn)
            self._changed.set()

    def listen(self, turn: TurnId) -> "Listening":
        """Who waits for a turn's events from now on; to be ended."""
        return Listening(self, self._reads, turn)

    async def follow(self, game_id: str, number: int, *, after: int) -> AsyncGenerator[Entry, None]:
        """The turn's events after the event `after`, in order, for as long as the caller listens.

        There is no gap, unless the stream had to begin anew above all that was shown of it: then a `reset` stands in it.
        May raise Unavailable(STORE_UNAVAILABLE).
        """
        with self.listen((game_id, number)) as listening:
            found = await self._reads.entries(game_id, number, after=after)
            async for one in listening.entries(found, after=after):
                yield one

    def add(self, turn: TurnId, listening: "Listening") -> None:
        """Has one hear the turn's events from now on."""
        self._listening[turn].add(listening)
        # By then a worker that was started with this listener has said that it runs here.
        asyncio.get_running_loop().call_soon(self._read_unless_over, turn)

    def remove(self, turn: TurnId, listening: "Listening") -> None:
        """Has one hear no more."""
        self._listening[turn].discard(listening)
        if not self._listening[turn]:
            del self._listening[turn]
            self._to_read.discard(turn)

    async def read_for_all(self) -> None:
        """Reads the followed streams that no worker here publishes, for ever."""
        async with asyncio.TaskGroup() as readers:
            reading: dict[int, asyncio.Task[None]] = {}
            while True:
                await self._changed.wait()
                self._changed.clear()
                for group in {self._group(turn) for turn in self._to_read}:
                    if group not in reading or reading[group].done():
                        reading[group] = readers.create_task(self._read_group(group), name=f"streams {group}")

    def _group(self, turn: TurnId) -> int:
        """Turns whose streams one command can read: on a cluster those of a shard, for they share a slot; else all."""
        return keys.shard_of(turn[0]) if isinstance(self._redis, RedisCluster) else 0

    async def _read_group(self, group: int) -> None:
        """Reads the streams of a group for as long as any of them is followed."""
        positions: dict[TurnId, bytes] = {}
        # A turn that is new here is read from its beginning: followers pass over what they have.
        while positions := {turn: positions.get(turn, b"0") for turn in self._to_read if self._group(turn) == group}:
            try:
                with translated():
                    found = await self._read({keys.stream(*turn): position for turn, position in positions.items()})
            except errors.Unavailable as failed:
                _log.warning("streams can't be read", reason=failed.reason)
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            by_key = {keys.stream(*turn).encode(): turn for turn in positions}
            for name, raws in _items(found):
                turn = by_key[name]
                for raw in raws:
                    positions[turn] = raw[0]
                    self.publish(turn, entry(raw))

    async def _read(self, positions: dict[str, bytes]) -> object:
        if not isinstance(self._redis, RedisCluster):
            streams: dict[KeyT, StreamIdT] = {**positions}  # type: ignore[dict-item]  # a dict that is only read
            return await self._redis.xread(streams, block=_BLOCK_MS, count=_COUNT)
        # redis-py would ask a server each time which of the words are keys, and it can't ask twice at once.
        await self._redis.initialize()
        node = self._redis.get_node_from_key(next(iter(positions)))
        words: list[str | int | bytes] = ["XREAD", "COUNT", _COUNT, "BLOCK", _BLOCK_MS, "STREAMS", *positions.keys(), *positions.values()]
        answer: object = await self._redis.execute_command(*words, target_nodes=node)
        return answer


def lost() -> errors.Unavailable:
    """The failure of following a turn that Redis has lost."""
    return errors.Unavailable("STORE_UNAVAILABLE", "the live store has lost this turn: ask for it again", retry_after=_AGAIN)


class Listening:
    """One who waits for a turn's events, from when it is made until its block ends."""

    def __init__(self, followers: Followers, reads: RedisReads, turn: TurnId) -> None:
        self._followers = followers
        self._reads = reads
        self._turn = turn
        self._heard: deque[Entry] = deque()
        self._wake: asyncio.Future[None] | None = None
        followers.add(turn, self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()

    def end(self) -> None:
        """Waits no more."""
        self._followers.remove(self._turn, self)

    def hear(self, entries: Sequence[Entry]) -> None:
        """Events have arrived."""
        self._heard.extend(entries)
        self._look_up()

    async def until_heard(self, *, within: float) -> None:
        """Returns when there is something to hand on, or after so many seconds."""
        if not self._heard:
            loop = asyncio.get_running_loop()
            self._wake = loop.create_future()
            timer = loop.call_later(within, self._look_up)
            try:
                await self._wake
            finally:
                timer.cancel()
                self._wake = None

    async def entries(self, found: Sequence[Entry], *, after: int) -> AsyncGenerator[Entry, None]:
        """The events after the event `after`: those `found` in the stream, then what arrives, as `Followers.follow` promises."""
        last = after
        while True:
            for one in found:
                if last and one.k > last + 1:
                    yield Entry(k=one.k - 1, event="reset", data=b"{}")
                last = one.k
                yield one
            found = await self._next(last)

    async def _next(self, last: int) -> Sequence[Entry]:
        """What comes after the event `last`. A stream that nobody writes any more, its game being lost, is given up."""
        await self.until_heard(within=_LOOK_SECONDS)
        # Nothing: it is time to look whether there is more to come.
        got = self._heard.popleft() if self._heard else None
        if got is not None and got.k == last + 1:
            return (got,)
        if got is not None and got.k <= last:
            return ()
        missed = await self._reads.entries(*self._turn, after=last)
        if got is None and not missed and not await self._reads.is_under_way(*self._turn):
            raise lost()
        return missed

    def _look_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


def _items(found: object) -> list[tuple[bytes, list[RawEntry]]]:
    """What XREAD answers, in whichever protocol: a map of lists of lists (RESP3), or a list of pairs."""
    if isinstance(found, dict):
        return [(name, batch) for name, batches in found.items() for batch in batches]
    return [(name, batch) for name, batch in found or ()]  # type: ignore[attr-defined]  # redis-py types the answer as Any
