"""The connection to Redis, and its errors as failures."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.chassis import errors

Redis = redis.Redis
_RETRY_AFTER = timedelta(seconds=1)


@asynccontextmanager
async def connect(url: str, *, connections: int = 64) -> AsyncIterator[Redis]:
    """Clients of the Redis at `url` while the block lasts.

    Commands are retried over three to four seconds, which carries turns over a restart: every write is an idempotent script.
    """
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=2,
        socket_timeout=5,
        socket_connect_timeout=2,
        health_check_interval=0,
        # Connecting and the command round it each retry so often.
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 3),
        retry_on_error=[RedisConnectionError, RedisTimeoutError, ConnectionError],
    )
    client = Redis(connection_pool=pool)
    try:
        yield client
    finally:
        await client.aclose()
        await pool.aclose()


@contextmanager
def translated() -> Iterator[None]:
    """Raises what Redis says as a failure of ours."""
    try:
        yield
    except OutOfMemoryError as error:
        raise errors.Unavailable("STORE_FULL", "the live store is full: try again later", retry_after=timedelta(seconds=5)) from error
    except ResponseError as error:
        if "OOM" in str(error):
            raise errors.Unavailable("STORE_FULL", "the live store is full: try again later", retry_after=timedelta(seconds=5)) from error
        raise
    except (RedisError, OSError) as error:
        raise errors.Unavailable("STORE_UNAVAILABLE", "the live store can't be reached: try again", retry_after=_RETRY_AFTER) from error


async def ping(client: Redis) -> Any:  # Any: what redis-py says of the answer
    """Raises Unavailable(STORE_UNAVAILABLE) if Redis does not answer."""
    with translated():
        return await client.ping()
