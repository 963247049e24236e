"""A player's line to a server, for asyncio."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Self, TypeVar

import httpx

from maratang_client import answers
from maratang_client.awaited_calls import AwaitedCalls
from maratang_client.calls import Call
from maratang_client.failures import Foreign, MaratangError
from maratang_client.patience import PATIENCE_SECONDS, Patience
from maratang_client.shapes import SignedIn
from maratang_client.sse import Parser, ServerSent, TooLong
from maratang_client.stream import Stream

T = TypeVar("T")


class AsyncClient(AwaitedCalls):
    """A player's line to the server at `url`, with a method for each call that there is.

    `token` is who calls; the calls that sign in set it. What passes (too much at once, a service that is away, a lost connection) is tried
    again for `patience_seconds` from the first failure on, under the same key, so that nothing happens twice; `waiting` is called when a
    call begins to wait. `headers` go with every call. A server that was never `reached` is not waited for: its address may be wrong.

    Every call raises Problem, Unreachable or Foreign.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
        waiting: Callable[[], None] | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.token = token
        self.reached = False
        self._waiting = waiting
        self._patience_seconds = patience_seconds
        base = answers.base_url(url)
        self._http = httpx.AsyncClient(base_url=base, headers=headers, timeout=answers.TIMEOUT, trust_env=answers.through_proxies(base))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hangs up."""
        await self._http.aclose()

    async def answer(self, call: Call[T]) -> T:
        """Makes a call, such as its method makes it."""
        patience = Patience(self._waiting, self._patience_seconds)
        while True:
            try:
                found = await self._once(call)
            except MaratangError as failed:
                await self._wait(patience, failed)
            else:
                if isinstance(found, SignedIn):
                    self.token = found.access_token
                return found

    async def events(self, call: Call[T]) -> AsyncGenerator[T]:
        """The events of a stream to its last; one that breaks is read on where it broke."""
        stream, patience = Stream(call), Patience(self._waiting, self._patience_seconds)
        while not stream.done:
            try:
                async with aclosing(self._sent(stream.call)) as events:
                    # Its end is read after the last event, too: to hang up before would look like leaving.
                    async for sent in events:
                        event = stream.received(sent)
                        if event is not None:
                            patience.renew()
                            yield event
                stream.ended()
            except MaratangError as failed:
                if not stream.done and not stream.goes_on(failed):
                    await self._wait(patience, failed)

    async def _once(self, call: Call[T]) -> T:
        with answers.connection():
            async with self._opened(call, answers.JSON, seconds=answers.TIMEOUT) as answer:
                await answer.aread()
                if not answers.accepted(answer, call):
                    raise answers.failure(answer)
                return answers.shape(answer, call)

    async def _sent(self, call: Call[T]) -> AsyncGenerator[ServerSent]:
        parser = Parser()
        with answers.connection():
            async with self._opened(call, answers.EVENTS, seconds=answers.STREAM_TIMEOUT) as answer:
                if not answers.streams(answer):
                    await answer.aread()
                    raise answers.failure(answer)
                try:
                    async for received in answer.aiter_bytes():
                        for event in parser.feed(received):
                            yield event
                except TooLong as error:
                    raise Foreign("an event without end") from error

    @asynccontextmanager
    async def _opened(self, call: Call[T], accept: str, *, seconds: httpx.Timeout) -> AsyncIterator[httpx.Response]:
        headers = answers.headers_of(call, self.token, accept)
        async with self._http.stream(call.method, call.path, json=call.body, headers=headers, timeout=seconds) as answer:
            self.reached = True
            yield answer

    async def _wait(self, patience: Patience, failed: MaratangError) -> None:
        if not self.reached:
            raise failed
        await asyncio.sleep(patience.pause(failed))
