"""The least that could be called llm_proxy, as a process of its own: gRPC in, aiohttp out. None of the same parts costs less."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import grpc
import orjson
import uvloop
from maratang.llm_proxy.v1 import generation_service_pb2 as pb
from maratang.llm_proxy.v1 import generation_service_pb2_grpc as rpcs

Rpc = grpc.aio.ServicerContext[Any, Any]  # Any: as the generated servicer has it


class Bare(rpcs.GenerationServiceServicer):
    """No second try, no limit, no deadline, no check of what was asked or answered."""

    def __init__(self, http: aiohttp.ClientSession, model: str) -> None:
        self._http = http
        self._model = model

    async def Generate(self, request: pb.GenerateRequest, rpc: Rpc) -> pb.GenerateResponse:
        return pb.GenerateResponse(text="".join([text async for text in self._texts(request)]))

    async def StreamGenerate(self, request: pb.GenerateRequest, rpc: Rpc) -> AsyncIterator[pb.GenerateEvent]:
        async for text in self._texts(request):
            yield pb.GenerateEvent(text=text)
        yield pb.GenerateEvent(finished=pb.Generation(model=self._model))

    async def _texts(self, request: pb.GenerateRequest) -> AsyncIterator[str]:
        messages = [{"role": "user", "content": message.text} for message in request.messages]
        asked = orjson.dumps({"model": self._model, "messages": messages, "max_tokens": request.max_tokens, "stream": True})
        async with self._http.post("/v1/chat/completions", data=asked, headers={"content-type": "application/json"}) as answer:
            rest = b""
            async for received in answer.content.iter_any():
                *events, rest = (rest + received).split(b"\n\n")
                choices = [orjson.loads(event[6:])["choices"] for event in events if event != b"data: [DONE]"]
                if text := "".join([each[0]["delta"].get("content", "") for each in choices if each]):
                    yield text


async def serve(port: int, url: str, model: str) -> None:
    """Serves until it is killed."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
    async with aiohttp.ClientSession(url, connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        server = grpc.aio.server()
        bare = Bare(http, model)  # type: ignore[abstract]  # it has no backends to tell of
        rpcs.add_GenerationServiceServicer_to_server(bare, server)
        server.add_insecure_port(f"127.0.0.1:{port}")
        await server.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", required=True)
    said = parser.parse_args()
    uvloop.run(serve(said.port, said.url, said.model))
