"""A model server that answers at a set pace: in a test, or as a process of its own for measurements."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.fault_server import STREAM, Behaviour, Exchange, FaultServer, fault_server

BASE = "stub-base"
ADAPTER = "stub-adapter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How an answer flows."""

    chunks: tuple[str, ...] = ("당신은 ", "천천히 ", "둘러본다. ", "먼지 ", "냄새가 ", "난다.")
    first_seconds: float = 0
    """Before the first chunk."""
    every_seconds: float = 0
    """Between chunks; 0: all at once."""


def tells(pace: Pace) -> Behaviour:
    """Streams the chunks; where a schema is asked for, answers the least that fits it; unary when not asked to stream."""

    async def behave(exchange: Exchange) -> None:
        body = exchange.body
        guided = body.get("response_format", {}).get("json_schema", {}).get("schema")
        chunks = pace.chunks if guided is None else (json.dumps(_least(guided), ensure_ascii=False),)
        if pace.first_seconds:
            await asyncio.sleep(pace.first_seconds)
        if not body.get("stream"):
            _whole(exchange, "".join(chunks), len(chunks))
            return
        exchange.head(headers=STREAM)
        for number, text in enumerate(chunks):
            if number and pace.every_seconds:
                await asyncio.sleep(pace.every_seconds)
            exchange.token(text)
        exchange.token("", finish="stop")
        if body.get("stream_options", {}).get("include_usage"):
            exchange.usage(7, len(chunks))
        exchange.event("[DONE]")
        exchange.end()

    return behave


def _whole(exchange: Exchange, text: str, tokens: int) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 7, "completion_tokens": tokens, "total_tokens": 7 + tokens}
    data = json.dumps({"id": "c", "model": exchange.body["model"], "choices": [choice], "usage": usage}).encode()
    exchange.head(200, {"content-type": "application/json"}, len(data))
    exchange.send(data)


def _least(schema: dict[str, Any]) -> object:
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return _least(schema[several][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: _least(schema["properties"][name]) for name in schema.get("required", ())}
    return schema.get("const", {"array": [], "string": "", "integer": 0, "number": 0, "boolean": False}.get(schema.get("type", "")))


@asynccontextmanager
async def stub_vllm(
    pace: Pace | None = None, *, base: str = BASE, adapters: tuple[str, ...] = (), host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[FaultServer]:
    """A server at this pace while the block lasts; its `behaviour` may be changed under way."""
    async with fault_server(base=base, adapters=adapters, host=host, port=port) as server:
        server.behaviour = tells(pace or Pace())
        yield server


def main() -> None:
    """Serves until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--base", default=BASE)
    parser.add_argument("--adapter", action="append", default=[])
    parser.add_argument("--chunks", type=int, default=50)
    parser.add_argument("--first-seconds", type=float, default=0)
    parser.add_argument("--every-seconds", type=float, default=0)
    said = parser.parse_args()
    pace = Pace(
        chunks=tuple(f"말{number} " for number in range(said.chunks)),
        first_seconds=said.first_seconds,
        every_seconds=said.every_seconds,
    )

    async def serve() -> None:
        async with stub_vllm(pace, base=said.base, adapters=tuple(said.adapter), port=said.port) as server:
            print(server.url, flush=True)  # noqa: T201  whoever started it waits for this line
            await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
