"""A model server that is as quick as Python can be, as a process of its own: what is measured is not it."""

import argparse
import asyncio
from typing import Any

import uvloop

MODEL = "quick"
CHUNKS = 50
_NAMED = b'{"id":"c","created":1,"model":"quick",'
_USED = b'"usage":{"prompt_tokens":7,"completion_tokens":50,"total_tokens":57}}'
_CHUNK = b"data: " + _NAMED + b'"object":"chat.completion.chunk","choices":[{"index":0,"delta":{%s},"finish_reason":%s}]}\n\n'
_TOKEN = _CHUNK % (b'"content":"word "', b"null")
_LAST = _CHUNK % (b"", b'"stop"')
_USAGE = b"data: " + _NAMED + b'"object":"chat.completion.chunk","choices":[],' + _USED + b"\n\n"
_SAID = b'"choices":[{"index":0,"message":{"role":"assistant","content":"word"},"finish_reason":"stop"}],'
_WHOLE = _NAMED + b'"object":"chat.completion",' + _SAID + _USED
_MODELS = b'{"object":"list","data":[{"id":"quick","object":"model","root":"quick","parent":null,"max_model_len":4096}]}'
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _plain(data: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(data), data)


_END = _framed(_LAST) + _framed(_USAGE) + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n"
_STREAM = _HEAD + _framed(_TOKEN) * CHUNKS + _END
_ONE = _HEAD + _framed(_TOKEN) + _END


class QuickModel(asyncio.Protocol):
    """One connection. `max_tokens` chooses: 1: one token; 50: all at once; more: a token each `every` seconds, until that many came."""

    every = 0.02
    open = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # Any: uvloop's transport has no type of its own
        self._received = b""
        self._telling: asyncio.Task[None] | None = None

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
            self._transport.write(_plain(_MODELS if b"/models" in head else b"%d" % QuickModel.open))
        elif b'"stream":true' not in body.replace(b" ", b""):
            self._transport.write(_plain(_WHOLE))
        else:
            tokens = int(body.partition(b'"max_tokens":')[2].lstrip().partition(b",")[0].rstrip(b"}") or CHUNKS)
            if tokens <= 1:
                self._transport.write(_ONE)
            elif tokens <= CHUNKS:
                self._transport.write(_STREAM)
            else:
                self._telling = asyncio.create_task(self._tell(tokens))

    async def _tell(self, tokens: int) -> None:
        QuickModel.open += 1
        try:
            self._transport.write(_HEAD)
            for _ in range(tokens - CHUNKS):
                self._transport.write(_framed(_TOKEN))
                await asyncio.sleep(self.every)
            self._transport.write(_END)
        finally:
            QuickModel.open -= 1

    def connection_lost(self, exc: Exception | None) -> None:
        if self._telling is not None:
            self._telling.cancel()


def main() -> None:
    """Serves until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    said = parser.parse_args()

    async def serve() -> None:
        await asyncio.get_running_loop().create_server(QuickModel, "127.0.0.1", said.port, backlog=2048)
        await asyncio.Event().wait()

    uvloop.run(serve())


if __name__ == "__main__":
    main()
