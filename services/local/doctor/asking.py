"""How the two stores are asked: over their own protocols, or through the containers that they run in."""

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.game.adapters.redis_connection import cluster_nodes, connect

_ANSWER_WITHIN_SECONDS = 20
_TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


class Unreached(Exception):  # noqa: N818  it is what the store is
    """A store can't be asked, and why."""


class RedisAsked(Protocol):
    """Redis, to be asked."""

    async def servers(self, *command: str) -> list[list[str]]:
        """What each of its servers answers to a command, by lines. Raises Unreached."""


class PostgresAsked(Protocol):
    """PostgreSQL, to be asked."""

    async def value(self, sql: str) -> str:
        """The one value that a query gives; empty: no row. Raises Unreached."""


class DirectRedis:
    """Redis, one server or a cluster, over its own protocol."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def servers(self, *command: str) -> list[list[str]]:
        """As RedisAsked says."""
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_SECONDS), connect(self._url, connections=4) as client:
                if isinstance(client, Redis):
                    return [await _answer(client, command)]
                await client.initialize()
                nodes = client.get_primaries()
                given = cluster_nodes(self._url)[1]
                return [await self._of_node(Redis(host=node.host, port=int(node.port), **given), command) for node in nodes]
        except (RedisError, OSError, TimeoutError) as error:
            raise Unreached(str(error) or type(error).__name__) from None

    @staticmethod
    async def _of_node(node: Redis, command: Sequence[str]) -> list[str]:
        async with node:
            return await _answer(node, command)


async def _answer(client: Redis, command: Sequence[str]) -> list[str]:
    """An answer as it comes, by lines, which is how redis-cli prints it to a pipe."""
    client.response_callbacks.clear()
    return _lines(await client.execute_command(*command))  # type: ignore[no-untyped-call]  # redis-py's own


def _lines(answer: object) -> list[str]:
    if isinstance(answer, dict):
        return [part for pair in answer.items() for one in pair for part in _lines(one)]
    if isinstance(answer, (list, tuple)):
        return [part for one in answer for part in _lines(one)]
    return (answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)).splitlines()


class DirectPostgres:
    """PostgreSQL over its own protocol."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("+asyncpg", "")

    async def value(self, sql: str) -> str:
        """As PostgresAsked says."""
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
                connection = await asyncpg.connect(self._url)
                try:
                    found = await connection.fetchval(sql)
                finally:
                    await connection.close()
        except (*_TROUBLE, TimeoutError) as error:
            raise Unreached(str(error) or type(error).__name__) from None
        return "" if found is None else str(found)


class Compose:
    """The containers of the deployment on one host: each command runs inside one of them."""

    def __init__(self, project: Path, env_file: Path) -> None:
        self._project = project
        self._files = ("--env-file", str(env_file), "-f", "docker-compose.prod.yml")

    async def run(self, container: str, command: Sequence[str]) -> str:
        """What a command says inside a container. Raises Unreached."""
        docker = shutil.which("docker")
        old = shutil.which("docker-compose")
        if docker is None and old is None:
            raise Unreached("there is no Docker on this host")
        if docker is not None and (await self._said(docker, "compose", "version")).returncode == 0:
            whole = (docker, "compose", *self._files, "exec", "-T", container, *command)
        elif old is not None:
            whole = (old, *self._files, "exec", "-T", container, *command)
        else:
            raise Unreached("Docker has no Compose: apt-get install docker-compose")
        done = await self._said(*whole)
        if done.returncode:
            raise Unreached((done.stderr.strip().splitlines() or ["it does not run"])[-1])
        return done.stdout

    async def _said(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command that has ended. In a thread, for what uvloop starts runs gRPC's handlers of fork first, and may die of them."""

        def run() -> subprocess.CompletedProcess[str]:
            return subprocess.run(  # noqa: S603  Docker, and what we say to it
                command,
                cwd=self._project,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_ANSWER_WITHIN_SECONDS,
                check=False,
            )

        try:
            return await asyncio.to_thread(run)
        except subprocess.TimeoutExpired:
            raise Unreached("Docker does not answer") from None


class ContainedRedis:
    """Redis in its container; its password is in the container's environment."""

    def __init__(self, compose: Compose) -> None:
        self._compose = compose

    async def servers(self, *command: str) -> list[list[str]]:
        """As RedisAsked says."""
        return [(await self._compose.run("redis", ["redis-cli", *command])).splitlines()]


class ContainedPostgres:
    """PostgreSQL in its container, as its owner."""

    def __init__(self, compose: Compose, user: str, database: str) -> None:
        self._compose = compose
        self._as = ("--username", user, "--dbname", database)

    async def value(self, sql: str) -> str:
        """As PostgresAsked says."""
        return (await self._compose.run("db", ["psql", *self._as, "--no-align", "--tuples-only", "--command", sql])).strip()
