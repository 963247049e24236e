"""A connection to a Redis server that many callers share: commands go out as they come, answers come back in the same order."""

import asyncio
from collections import deque
from collections.abc import Sequence
from math import inf
from typing import Any, TypeAlias

import hiredis
from redis.asyncio.connection import AbstractConnection, DefaultParser
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

_ANSWERS_AT_ONCE = 16
"""How many answers are handed on in a turn of the loop: what follows from these is on its way before the next are looked at, and others
work on it meanwhile."""
_NOT_YET = object()

Answer: TypeAlias = "asyncio.Future[Any]"  # Any: whatever the command answers
Asked = tuple[bytes, Answer]
"""A command as it is sent, and where its answer goes. Whoever waited for it may have gone away."""


class Line(asyncio.Protocol):
    """One connection, from its opening, with the first command, until it is lost; then it is no good for another.

    redis-py opens it: address, TLS, password and database are its business. Each command has its answer within `answer_seconds`, or its
    failure, a ConnectionError or TimeoutError of redis-py: then nobody knows whether it was carried out.
    """

    def __init__(self, connection: AbstractConnection, *, answer_seconds: float) -> None:
        self._connection = connection
        self._answer_seconds = answer_seconds
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[Answer, float]] = deque()
        """Where the answers go, in the order of the commands, and until when each may take."""
        self._unsent: list[bytes] = []
        self._transport: asyncio.WriteTransport | None = None
        self._opening: asyncio.Task[None] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._reader = hiredis.Reader(protocolError=RedisConnectionError, replyError=DefaultParser.parse_error, notEnoughData=_NOT_YET)
        self._handing = False
        self.lost = False

    def __len__(self) -> int:
        """How many commands wait for their answers."""
        return len(self._waiting)

    def anew(self) -> "Line":
        """A line to use instead of this one, which is lost."""
        return Line(self._connection, answer_seconds=self._answer_seconds)

    def ask(self, commands: Sequence[Asked]) -> None:
        """Sends commands in one write."""
        until = self._loop.time() + self._answer_seconds
        self._waiting.extend([(answer, until) for _, answer in commands])
        data = b"".join([command for command, _ in commands])
        if self._transport is not None:
            self._send(self._transport, data)
            return
        self._unsent.append(data)
        if self._opening is None:
            self._opening = self._loop.create_task(self._open(), name="redis line")

    async def _open(self) -> None:
        why = "no connection"
        try:
            async with asyncio.timeout(self._answer_seconds):
                await self._connection.disconnect(nowait=True)
                await self._connection.connect()  # type: ignore[no-untyped-call]  # redis-py's
        except (RedisError, OSError) as error:
            why = f"{why}: {error}"
        finally:
            # From here on the bytes are read and written without redis-py, which sends one command at a time.
            writer = self._connection._writer  # noqa: SLF001  nothing public leads to it
            if writer is None:
                self._lose(RedisConnectionError, why)
        if writer is not None:
            self._transport = writer.transport
            self._transport.set_protocol(self)
            self._send(self._transport, b"".join(self._unsent))
            self._unsent.clear()

    def _send(self, transport: asyncio.WriteTransport, data: bytes) -> None:
        if transport.is_closing():
            self._lose(RedisConnectionError, "the connection is closing")
            return
        transport.write(data)
        if self._watch is None:
            self._watch = self._loop.call_at(self._waiting[0][1], self._look)

    def data_received(self, data: bytes) -> None:
        """Answers have come."""
        self._reader.feed(data)
        if not self._handing:
            self._hand_on()

    def _hand_on(self) -> None:
        """Hands on some of the answers, and the others in the next turns of the loop."""
        self._handing = not self.lost and self._handed_on(_ANSWERS_AT_ONCE)
        if self._handing:
            self._loop.call_soon(self._hand_on)

    def _handed_on(self, most: float) -> bool:
        """Hands on so many answers; whether there may be more."""
        handed = 0
        try:
            while handed < most:
                got = self._reader.gets()
                if got is _NOT_YET:
                    return False
                if isinstance(got, hiredis.PushNotification):
                    continue  # it answers nothing
                answer, _ = self._waiting.popleft()
                handed += 1
                if answer.done():
                    continue
                if isinstance(got, Exception):
                    answer.set_exception(got)
                else:
                    answer.set_result(got)
        except (RedisConnectionError, IndexError) as error:
            self._lose(RedisConnectionError, f"the server says what it was not asked for: {error}")
            return False
        return True

    def eof_received(self) -> None:
        """The server ended the connection."""
        self._lose(RedisConnectionError, "the server ended the connection")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection broke."""
        self._lose(RedisConnectionError, f"the connection broke: {exc}")

    def _look(self) -> None:
        """Gives the line up where the oldest command has had no answer in its time."""
        self._watch = None
        if self._handing:
            self._handed_on(inf)
        if not self._waiting:
            return
        until = self._waiting[0][1]
        if until <= self._loop.time():
            self._lose(RedisTimeoutError, "no answer in time")
        else:
            self._watch = self._loop.call_at(until, self._look)

    def _lose(self, failure: type[RedisError], why: str) -> None:
        if self._handing:  # what has come is good
            self._handing = False
            self._handed_on(inf)
        self.lost = True
        if self._transport is not None:
            self._transport.abort()
        if self._watch is not None:
            self._watch.cancel()
        while self._waiting:
            answer, _ = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(failure(why))

    async def close(self) -> None:
        """Ends the connection; what waits for answers fails."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        self._lose(RedisConnectionError, "the client was closed")
        await self._connection.disconnect(nowait=True)
