"""A model server that keeps to a timetable and says in its text when each token was due, as a process of its own.

The first token of an answer is the milliseconds since the epoch at which it was due, each of the others a syllable that stands for its
number: whoever reads them knows which are missing and how late each is.
"""

import asyncio
import time
from typing import Any

import orjson

from tests.bench.model_server import END, HEAD, ModelServer, framed, parser_of, plain, serve
from tests.support.stub_vllm import BASE

_MODELS = b'{"object":"list","data":[{"id":"%s","object":"model","root":"%s","parent":null,"max_model_len":8192}]}' % ((BASE.encode(),) * 2)
_USAGE = {"prompt_tokens": 7, "completion_tokens": 1, "total_tokens": 8}
MOST_TOKENS = 500


def syllable(number: int) -> str:
    """A token's text: a syllable that no word of a game ends in, so that no check takes it for a name; and a space."""
    vowels, tail = divmod(number, 399)[1], (3, 5)[number // 399]
    return f"{chr(0xAC00 + 28 * vowels + tail)} "


def text_of(tokens: int) -> str:
    """All syllables of an answer, as a telling ends up having them."""
    return "".join(map(syllable, range(tokens))).rstrip() + "…"


def _event(choice: dict[str, Any] | None) -> bytes:
    said = {"id": "c", "created": 1, "model": BASE, "object": "chat.completion.chunk", "choices": [] if choice is None else [choice]}
    return framed(b"data: " + orjson.dumps(said if choice is not None else said | {"usage": _USAGE}) + b"\n\n")


def _token(text: str) -> bytes:
    return _event({"index": 0, "delta": {"content": text}, "finish_reason": None})


_END = _event({"index": 0, "delta": {}, "finish_reason": "stop"}) + _event(None) + END
_TOKENS = [_token(syllable(number)) for number in range(MOST_TOKENS)]


class TimedModel(ModelServer):
    """One connection."""

    tokens = 100
    every = 1 / 30

    def asked(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET"):
            self.transport.write(plain(_MODELS))
            return
        loop = asyncio.get_running_loop()
        self.transport.write(HEAD + _token(f"{time.time_ns() // 1_000_000} "))
        self._say(loop, loop.time(), 0)

    def _say(self, loop: asyncio.AbstractEventLoop, began: float, number: int) -> None:
        """Says what is due by now, and waits for the next."""
        due = min(int((loop.time() - began) / self.every), self.tokens)
        if number < due:
            self.transport.write(b"".join(_TOKENS[number:due]))
        if due == self.tokens:
            self.transport.write(_END)
        else:
            self.telling = loop.call_at(began + (due + 1) * self.every, self._say, loop, began, due)


def main() -> None:
    """Serves until it is killed."""
    parser = parser_of(__doc__)
    parser.add_argument("--tokens", type=int, default=TimedModel.tokens)
    parser.add_argument("--every-seconds", type=float, default=TimedModel.every)
    said = parser.parse_args()
    TimedModel.tokens, TimedModel.every = said.tokens, said.every_seconds
    serve(TimedModel, said.port)


if __name__ == "__main__":
    main()
