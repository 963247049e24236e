"""A player's line to a server that blocks: there is one player, who waits for one answer at a time."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Self, TypeVar

import httpx

from maratang_client import answers
from maratang_client.blocking_calls import BlockingCalls
from maratang_client.calls import Call
from maratang_client.failures import Foreign, MaratangError
from maratang_client.patience import PATIENCE_SECONDS, Patience
from maratang_client.shapes import SignedIn
from maratang_client.sse import Parser, ServerSent, TooLong
from maratang_client.stream import Stream

T = TypeVar("T")


class Client(BlockingCalls):
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
        self._http = httpx.Client(base_url=base, headers=headers, timeout=answers.TIMEOUT, trust_env=answers.through_proxies(base))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self._http.close()

    def answer(self, call: Call[T]) -> T:
        """Makes a call, such as its method makes it."""
        patience = Patience(self._waiting, self._patience_seconds)
        while True:
            try:
                found = self._once(call)
            except MaratangError as failed:
                self._wait(patience, failed)
            else:
                if isinstance(found, SignedIn):
                    self.token = found.access_token
                return found

    def events(self, call: Call[T]) -> Generator[T]:
        """The events of a stream to its last; one that breaks is read on where it broke."""
        stream, patience = Stream(call), Patience(self._waiting, self._patience_seconds)
        while not stream.done:
            try:
                with closing(self._sent(stream.call)) as events:
                    # Its end is read after the last event, too: to hang up before would look like leaving.
                    for sent in events:
                        event = stream.received(sent)
                        if event is not None:
                            patience.renew()
                            yield event
                stream.ended()
            except MaratangError as failed:
                if not stream.done and not stream.goes_on(failed):
                    self._wait(patience, failed)

    def _once(self, call: Call[T]) -> T:
        with answers.connection(), self._opened(call, answers.JSON, seconds=answers.TIMEOUT) as answer:
            answer.read()
            if not answers.accepted(answer, call):
                raise answers.failure(answer)
            return answers.shape(answer, call)

    def _sent(self, call: Call[T]) -> Generator[ServerSent]:
        parser = Parser()
        with answers.connection(), self._opened(call, answers.EVENTS, seconds=answers.STREAM_TIMEOUT) as answer:
            if not answers.streams(answer):
                answer.read()
                raise answers.failure(answer)
            try:
                for received in answer.iter_bytes():
                    yield from parser.feed(received)
            except TooLong as error:
                raise Foreign("an event without end") from error

    @contextmanager
    def _opened(self, call: Call[T], accept: str, *, seconds: httpx.Timeout) -> Iterator[httpx.Response]:
        headers = answers.headers_of(call, self.token, accept)
        with self._http.stream(call.method, call.path, json=call.body, headers=headers, timeout=seconds) as answer:
            self.reached = True
            yield answer

    def _wait(self, patience: Patience, failed: MaratangError) -> None:
        if not self.reached:
            raise failed
        time.sleep(patience.pause(failed))
