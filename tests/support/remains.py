"""What is left of something, anywhere: every table's text, every key and value of Redis, also inside what is compressed."""

from collections.abc import Awaitable, Callable, Iterable, Iterator

import asyncpg
import zstandard
from redis.asyncio import Redis


async def in_postgres(url: str, marks: Iterable[str]) -> dict[str, set[str]]:
    """The marks that the tables' rows hold as text, or as bytes, by table."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        tables = [row["tablename"] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found: dict[str, set[str]] = {}
        for table in tables:
            for row in await connection.fetch(f"SELECT t.*, t::text AS whole FROM {table} t"):
                texts = [row["whole"], *(opened(value) for value in row.values() if isinstance(value, bytes))]
                for mark in marks:
                    if any(mark in text for text in texts):
                        found.setdefault(table, set()).add(mark)
        return found
    finally:
        await connection.close()


async def in_redis(url: str, marks: Iterable[str]) -> dict[str, set[str]]:
    """The marks that keys and values hold, by key."""
    found: dict[str, set[str]] = {}
    async with Redis.from_url(url) as redis:
        async for key in redis.scan_iter(count=1000):
            texts = [key.decode(), *map(opened, _flat(await _READS[await redis.type(key)](redis, key)))]
            for mark in marks:
                if any(mark in text for text in texts):
                    found.setdefault(key.decode(), set()).add(mark)
    return found


_READS: dict[bytes, Callable[[Redis, bytes], Awaitable[object]]] = {
    b"string": lambda redis, key: redis.get(key),
    b"hash": lambda redis, key: redis.hgetall(key),
    b"set": lambda redis, key: redis.smembers(key),
    b"zset": lambda redis, key: redis.zrange(key, 0, -1),
    b"stream": lambda redis, key: redis.xrange(key),
    b"list": lambda redis, key: redis.lrange(key, 0, -1),
    b"none": lambda redis, key: redis.get(key),
}


def _flat(value: object) -> Iterator[bytes]:
    """All bytes in a value, however deep."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        yield from _flat([*value.keys(), *value.values()])
    elif isinstance(value, Iterable):
        for one in value:
            yield from _flat(one)


def opened(value: bytes) -> str:
    """The bytes as text, with what is compressed in them after them, wherever it begins."""
    texts = [value.decode(errors="replace"), value.hex()]
    at = value.find(zstandard.FRAME_HEADER)
    if at >= 0:
        texts.append(zstandard.ZstdDecompressor().decompress(value[at:]).decode(errors="replace"))
    return "\n".join(texts)
