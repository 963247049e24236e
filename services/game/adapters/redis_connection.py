"""The connection to Redis, one server or a cluster, and its errors as failures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import redis.asyncio as redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    AskError,
    ClusterDownError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.chassis import errors
from services.game.adapters.redis_batches import BatchingRedis

Redis: TypeAlias = "redis.Redis | RedisCluster"
_RETRY_AFTER = timedelta(seconds=1)
_FULL_RETRY_AFTER = timedelta(seconds=5)
_ANSWER_SECONDS = 5.0
_AGAIN_SECONDS = 3.0
_CLUSTER = "+cluster"
_PORT = 6379
_PASSING = (ReadOnlyError, ClusterDownError, TryAgainError, AskError, NoScriptError)
_PASSING_WORDS = ("MISCONF", "NOREPLICAS", "MASTERDOWN", "BUSY", "UNKILLABLE")
"""How a server answers that can't serve now, and will again."""
_CLOSED = "the handler is closed"
_OF_A_WRITER = frozenset({"writelines", "drain"})


@asynccontextmanager
async def connect(url: str, *, connections: int = 64) -> AsyncIterator[Redis]:
    """Clients of the Redis at `url` while the block lasts: "redis://host:port/0", or "redis+cluster://host:port,host:port".

    Commands are retried over three to four seconds, which carries turns over a restart: every write is an idempotent script.
    """
    backoff = ExponentialBackoff(cap=0.5, base=0.05)
    options: dict[str, Any] = {  # Any: what redis-py takes
        "socket_timeout": _ANSWER_SECONDS,
        "socket_connect_timeout": 2,
        "health_check_interval": 0,
        # Connecting and the command round it each retry so often.
        "retry": Retry(backoff, 3),
        "retry_on_error": [RedisConnectionError, RedisTimeoutError, ConnectionError],
    }
    if _CLUSTER in urlsplit(url).scheme:
        nodes, given = cluster_nodes(url)
        # Each node has connections of its own, and who finds none free is refused: there must be enough.
        cluster = RedisCluster(startup_nodes=nodes, max_connections=4 * connections, **given, **options)
        try:
            yield cluster
        finally:
            await cluster.aclose()
        return
    pool = redis.BlockingConnectionPool.from_url(url, max_connections=connections, timeout=2, **options)
    client = BatchingRedis(pool, backoff=backoff, again_seconds=_AGAIN_SECONDS, answer_seconds=_ANSWER_SECONDS)
    try:
        yield client
    finally:
        await client.close_lines()
        await client.aclose()
        await pool.aclose()


def cluster_nodes(url: str) -> tuple[list[ClusterNode], dict[str, Any]]:  # Any: as above
    """The nodes that a cluster's URL names, and what is said of all of them (user, password, TLS). Raises ValueError."""
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    scheme = parts.scheme.removesuffix(_CLUSTER)
    prefix = f"{scheme}://{credentials}@" if credentials else f"{scheme}://"
    named = [parse_url(f"{prefix}{host}") for host in hosts.split(",") if host]
    if not named:
        raise ValueError("names no node of the cluster")
    common = {name: value for name, value in named[0].items() if name in ("username", "password")}
    nodes = [ClusterNode(str(one["host"]), int(one.get("port", _PORT))) for one in named]
    return nodes, {**common, "ssl": scheme == "rediss"}


async def now_ms(client: Redis) -> int:
    """Milliseconds since the epoch by the server's clock; by the latest of a cluster's."""
    if isinstance(client, RedisCluster):
        times: Any = await client.time(target_nodes=RedisCluster.PRIMARIES)  # Any: by node, which redis-py's types don't know
        return max(int(seconds) * 1000 + int(micros) // 1000 for seconds, micros in times.values())
    seconds, micros = await client.time()
    return int(seconds) * 1000 + int(micros) // 1000


async def fullest_percent(client: Redis) -> float:
    """How full memory is in percent, on the fullest server; 0 where it has no limit. Raises Unavailable."""
    with translated():
        if isinstance(client, RedisCluster):
            found: Any = await client.info("memory", target_nodes=RedisCluster.PRIMARIES)  # Any: one server's, or those of each
            servers = list(found.values()) if "used_memory" not in found else [found]
        else:
            servers = [await client.info("memory")]
    return max(
        100 * (one["used_memory"] - one["mem_not_counted_for_evict"]) / one["maxmemory"] if one["maxmemory"] else 0.0 for one in servers
    )


class _Translated:
    """Raises what Redis says as a failure of ours. A class, for it stands round every visit to Redis: it costs a quarter of a generator."""

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None and (failure := _failure(error)) is not None:
            raise failure from error


_TRANSLATED = _Translated()


def translated() -> _Translated:
    """A block in which what Redis says is raised as a failure of ours."""
    return _TRANSLATED


def _failure(error: BaseException) -> errors.Failure | None:
    """The failure of ours that an error is; None: it is none of Redis'."""
    if isinstance(error, ResponseError):
        said = str(error)
        if isinstance(error, OutOfMemoryError) or "OOM" in said:
            return store_full()
        return _away() if isinstance(error, _PASSING) or said.startswith(_PASSING_WORDS) else None
    if isinstance(error, RedisError | OSError):
        return _away()
    # redis-py's cluster client drops a connection that another task is just about to write to, and says it so.
    if isinstance(error, AttributeError) and error.obj is None and error.name in _OF_A_WRITER:
        return _away()
    # The same, as uvloop says it.
    return _away() if isinstance(error, RuntimeError) and _CLOSED in str(error) else None


def store_full() -> errors.Unavailable:
    """The failure for work that Redis has no memory for."""
    return errors.Unavailable("STORE_FULL", "the live store is full: try again later", retry_after=_FULL_RETRY_AFTER)


def _away() -> errors.Unavailable:
    return errors.Unavailable("STORE_UNAVAILABLE", "the live store can't be reached: try again", retry_after=_RETRY_AFTER)


async def ping(client: Redis) -> Any:  # Any: what redis-py says of the answer
    """Raises Unavailable(STORE_UNAVAILABLE) if Redis does not answer."""
    with translated():
        return await client.ping()
