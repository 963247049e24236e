"""A model server that keeps to a timetable and says in its text when each token was due, as a process of its own.

The first token of an answer is the milliseconds since the epoch at which it was due, each of the others a syllable that stands for its
number: whoever reads them knows which are missing and how late each is.
"""

import argparse
import asyncio
import time
from typing import Any

import orjson
import uvloop

from tests.support.stub_vllm import BASE

_MODELS = b'{"object":"list","data":[{"id":"%s","object":"model","root":"%s","parent":null,"max_model_len":8192}]}' % ((BASE.encode(),) * 2)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_USAGE = {"prompt_tokens": 7, "completion_tokens": 1, "total_tokens": 8}
MOST_TOKENS = 500


def syllable(number: int) -> str:
    """A token's text: a syllable that no word of a game ends in, so that no check takes it for a name; and a space."""
    vowels, tail = divmod(number, 399)[1], (3, 5)[number // 399]
    return f"{chr(0xAC00 + 28 * vowels + tail)} "


def text_of(tokens: int) -> str:
    """All syllables of an answer, as a telling ends up having them."""
    return "".join(map(syllable, range(tokens))).rstrip() + "…"


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _event(choice: dict[str, Any] | None) -> bytes:
    said = {"id": "c", "created": 1, "model": BASE, "object": "chat.completion.chunk", "choices": [] if choice is None else [choice]}
    return _framed(b"data: " + orjson.dumps(said if choice is not None else said | {"usage": _USAGE}) + b"\n\n")


def _token(text: str) -> bytes:
    return _event({"index": 0, "delta": {"content": text}, "finish_reason": None})


_END = _event({"index": 0, "delta": {}, "finish_reason": "stop"}) + _event(None) + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n"
_TOKENS = [_token(syllable(number)) for number in range(MOST_TOKENS)]


class TimedModel(asyncio.Protocol):
    """One connection."""

    tokens = 100
    every = 1 / 30

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # Any: uvloop's transport has no type of its own
        self._received = b""
        self._telling: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 :].partition(b"\r\n")[0]) if at >= 0 else 0
        if not found or len(body) < length:
            return
        self._received = body[length:]
        if head.startswith(b"GET"):
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(_MODELS), _MODELS)
            )
            return
        loop = asyncio.get_running_loop()
        self._transport.write(_HEAD + _token(f"{time.time_ns() // 1_000_000} "))
        self._say(loop, loop.time(), 0)

    def _say(self, loop: asyncio.AbstractEventLoop, began: float, number: int) -> None:
        """Says what is due by now, and waits for the next."""
        due = min(int((loop.time() - began) / self.every), self.tokens)
        if number < due:
            self._transport.write(b"".join(_TOKENS[number:due]))
        if due == self.tokens:
            self._transport.write(_END)
        else:
            self._telling = loop.call_at(began + (due + 1) * self.every, self._say, loop, began, due)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._telling is not None:
            self._telling.cancel()


def main() -> None:
    """Serves until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tokens", type=int, default=TimedModel.tokens)
    parser.add_argument("--every-seconds", type=float, default=TimedModel.every)
    said = parser.parse_args()
    TimedModel.tokens, TimedModel.every = said.tokens, said.every_seconds

    async def serve() -> None:
        await asyncio.get_running_loop().create_server(TimedModel, "127.0.0.1", said.port, backlog=2048)
        await asyncio.Event().wait()

    uvloop.run(serve())


if __name__ == "__main__":
    main()
