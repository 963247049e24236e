"""A model server that is as quick as Python can be, as a process of its own: what is measured is not it."""

import asyncio

from tests.bench.model_server import END, HEAD, ModelServer, framed, parser_of, plain, serve

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
_END = framed(_LAST) + framed(_USAGE) + END
_STREAM = HEAD + framed(_TOKEN) * CHUNKS + _END
_ONE = HEAD + framed(_TOKEN) + _END


class QuickModel(ModelServer):
    """One connection. `max_tokens` chooses: 1: one token; 50: all at once; more: a token each `every` seconds, until that many came."""

    every = 0.02
    open = 0

    def asked(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET"):
            self.transport.write(plain(_MODELS if b"/models" in head else b"%d" % QuickModel.open))
        elif b'"stream":true' not in body.replace(b" ", b""):
            self.transport.write(plain(_WHOLE))
        else:
            tokens = int(body.partition(b'"max_tokens":')[2].lstrip().partition(b",")[0].rstrip(b"}") or CHUNKS)
            if tokens <= 1:
                self.transport.write(_ONE)
            elif tokens <= CHUNKS:
                self.transport.write(_STREAM)
            else:
                self.telling = asyncio.create_task(self._tell(tokens))

    async def _tell(self, tokens: int) -> None:
        QuickModel.open += 1
        try:
            self.transport.write(HEAD)
            for _ in range(tokens - CHUNKS):
                self.transport.write(framed(_TOKEN))
                await asyncio.sleep(self.every)
            self.transport.write(_END)
        finally:
            QuickModel.open -= 1


if __name__ == "__main__":
    serve(QuickModel, parser_of(__doc__).parse_args().port)
