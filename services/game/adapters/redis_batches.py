"""redis-py's client of one server, but that commands which arise together go out together."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, cast

import hiredis
import redis.asyncio as redis
from redis.asyncio.client import Pipeline
from redis.backoff import AbstractBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import DataError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.game.adapters.redis_lines import Answer, Asked, Line

_LINES = 8
_READ_AT_ONCE = 16 * 1024
"""How many bytes a server reads of one connection before it turns to the others, writes to disk, and answers."""
_WAITING_AT_MOST = 512
"""How many commands may wait for answers on a line; who asks for one more has failed for now, and is tried again."""
_PASSING = (RedisConnectionError, RedisTimeoutError)
_BLOCKING = frozenset({"XREAD", "XREADGROUP", "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF"})


class BatchingRedis(redis.Redis):
    """A client whose single commands share a few lines: those of a turn of the event loop go out in one write for each 16 KB.

    Transactions, and commands that block, have connections of their own, from the pool. A command is sent whole, whatever becomes of who
    asked. Only who waits for an answer before asking again can say which of two commands comes first.
    """

    def __init__(self, pool: redis.ConnectionPool, *, backoff: AbstractBackoff, again_seconds: float, answer_seconds: float) -> None:
        """A command that fails for want of a connection or an answer is tried again until `again_seconds` after its first failure."""
        super().__init__(connection_pool=pool)
        self._backoff = backoff
        self._again_seconds = again_seconds
        self._lines = [
            Line(pool.make_connection(), answer_seconds=answer_seconds)  # type: ignore[no-untyped-call]  # redis-py's
            for _ in range(_LINES)
        ]
        self._queue: list[Asked] = []
        self._parsed = frozenset(self.response_callbacks)
        self._closed = False
        self._loop = asyncio.get_running_loop()

    async def execute_command(self, *args: Any, **options: Any) -> Any:  # Any: as redis-py has it
        """What the command answers, as redis-py says it, errors too."""
        name = args[0]
        if name in _BLOCKING:
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # redis-py's
        answer = self._answer(_packed(args))
        if name not in self._parsed and not options:
            return await answer
        return await self.parse_response(cast("redis.Connection", _Awaited(answer)), name, **options)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:  # noqa: FBT001, FBT002  redis-py's
        """redis-py's pipeline for a transaction; else several commands that are asked for at once."""
        if transaction:
            return super().pipeline(transaction, shard_hint)
        return _Together(self, self.connection_pool, self.response_callbacks)

    async def _answer(self, command: bytes) -> Any:  # Any: whatever it answers
        failures, until = 0, 0.0
        while True:
            try:
                return await self._asked(command)
            except _PASSING:
                now = self._loop.time()
                until = until or now + self._again_seconds
                if self._closed or now >= until:
                    raise
                failures += 1
            await asyncio.sleep(self._backoff.compute(failures))

    def _asked(self, command: bytes) -> Answer:
        if not self._queue:
            self._loop.call_soon(self._send)
        answer: Answer = self._loop.create_future()
        self._queue.append((command, answer))
        return answer

    def _send(self) -> None:
        """Sends what has come together, on as many lines as the server needs to read all of it at once."""
        queue, self._queue = self._queue, []
        batch: list[Asked] = []
        size = 0
        for asked in queue:
            if batch and size + len(asked[0]) > _READ_AT_ONCE:
                self._send_batch(batch)
                batch, size = [], 0
            batch.append(asked)
            size += len(asked[0])
        self._send_batch(batch)

    def _send_batch(self, batch: Sequence[Asked]) -> None:
        place = min(range(_LINES), key=[len(line) for line in self._lines].__getitem__)
        line = self._lines[place]
        if self._closed or len(line) >= _WAITING_AT_MOST:
            why = "the client is closed" if self._closed else "too many commands wait for their answers"
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(RedisConnectionError(why))
            return
        if line.lost:
            line = self._lines[place] = line.anew()
        line.ask(batch)

    async def close_lines(self) -> None:
        """Ends the shared connections, once for all; whoever waits for an answer is told so."""
        self._closed = True
        for line in self._lines:
            await line.close()


def _packed(words: tuple[Any, ...]) -> bytes:  # Any: as redis-py has it
    name = words[0]
    if " " in name:
        words = (*name.split(), *words[1:])
    try:
        return cast("bytes", hiredis.pack_command(words))
    except TypeError as error:
        raise DataError(str(error)) from error


class _Awaited:
    """An answer that is to come, where redis-py expects the connection that it comes over."""

    def __init__(self, answer: Awaitable[Any]) -> None:  # Any: whatever it is
        self._answer = answer

    async def read_response(self, *, disable_decoding: bool = False) -> Any:
        """The answer."""
        return await self._answer


class _Together(Pipeline):
    """Commands that are asked for at once, each for itself."""

    def __init__(self, client: BatchingRedis, pool: redis.ConnectionPool, callbacks: Any) -> None:  # Any: redis-py's
        super().__init__(pool, callbacks, transaction=False, shard_hint=None)
        self._client = client

    async def execute(self, raise_on_error: bool = True) -> list[Any]:  # noqa: FBT001, FBT002  redis-py's
        """All answers, in order; the first error is raised, or all stand among the answers."""
        stack, self.command_stack = self.command_stack, []
        answers = await asyncio.gather(
            *(self._client.execute_command(*words, **options) for words, options in stack), return_exceptions=True
        )
        for failure in answers if raise_on_error else ():
            if isinstance(failure, BaseException):
                raise failure
        return answers
