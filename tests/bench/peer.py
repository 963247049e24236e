"""What a whole turn is measured beside, as a process of its own: the least that could be called one, and nothing that keeps it safe.

One process of FastAPI: reads the game from Redis, adds to it, hands on what the model streams, writes it back. No lease, no log, no checks,
no queue, no second try. Its way to the model is httpx as anybody would write it, over aiohttp, or over the transport that llm_proxy has.
"""

import argparse
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import redis.asyncio
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from httpx_aiohttp import AiohttpTransport
from pydantic import BaseModel

from services.llm_proxy.adapters.transport import Transport
from services.llm_proxy.adapters.vllm import KEEP_ALIVE_SECONDS

TRANSPORTS = ("httpx", "aiohttp", "ours")


class Asked(BaseModel):
    """A turn, as its player asks for it."""

    text: str
    expectedTurn: int  # noqa: N815  as the players of both say it


def application(redis_url: str, model_url: str, transport: str) -> FastAPI:
    """The whole of it."""
    app = FastAPI()
    store = redis.asyncio.Redis.from_url(redis_url, max_connections=400)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())

    over: httpx.AsyncBaseTransport | None = None
    if transport == "aiohttp":
        over = AiohttpTransport(client=session)
    elif transport == "ours":
        over = Transport(httpx.URL(model_url), KEEP_ALIVE_SECONDS)
    client = httpx.AsyncClient(base_url=model_url, timeout=60, trust_env=False, limits=limits, transport=over)

    async def told(name: str, asked: Asked) -> AsyncIterator[str]:
        kept = await store.get(name)
        game: dict[str, Any] = json.loads(kept) if kept else {"turn": 0, "texts": []}
        yield f"event: accepted\ndata: {json.dumps({'turn': asked.expectedTurn + 1})}\n\n"
        prompt = [{"role": "user", "content": f"{game['texts'][-3:]} {asked.text}"}]
        body = {"model": "stub-base", "messages": prompt, "stream": True, "max_tokens": 400}
        text = ""
        async with client.stream("POST", "/v1/chat/completions", json=body) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                if not line.startswith("data: ") or line == "data: [DONE]":
                    continue
                piece = json.loads(line[6:])["choices"]
                if piece and (delta := piece[0]["delta"].get("content")):
                    text += delta
                    yield f"event: delta\ndata: {json.dumps({'text': delta})}\n\n"
        game["turn"] += 1
        game["texts"] = [*game["texts"][-9:], text]
        await store.set(name, json.dumps(game))
        yield f"event: done\ndata: {json.dumps({'turn': game['turn'], 'text': text})}\n\n"

    @app.post("/games/{name}/turns")
    async def take_turn(name: str, asked: Asked) -> StreamingResponse:
        return StreamingResponse(told(name, asked), media_type="text/event-stream")

    return app


def main() -> None:
    """Serves until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--redis-url", required=True)
    parser.add_argument("--model-url", required=True)
    parser.add_argument("--transport", choices=TRANSPORTS, required=True)
    said = parser.parse_args()
    uvicorn.run(application(said.redis_url, said.model_url, said.transport), port=said.port, log_level="error", access_log=False)


if __name__ == "__main__":
    main()
