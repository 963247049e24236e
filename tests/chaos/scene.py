"""A running system with everything that watches and breaks it; one system serves many runs, one after another."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from tests.chaos.clients import Browser, Recorded, http_session
from tests.chaos.cluster import Cluster, Shape, running_cluster
from tests.chaos.faults import Armoury, Faults, Ledger, story
from tests.chaos.invariants import Watch
from tests.chaos.stored import Stores


@dataclass(slots=True, kw_only=True)
class Scene:
    """What a run plays on."""

    cluster: Cluster
    stores: Stores
    ledger: Ledger
    armoury: Armoury
    faults: Faults
    watch: Watch
    recorded: Recorded
    browser: Browser


class System:
    """A running system. Each scene on it begins as the first did: everything runs as it is built, and nothing was ever played."""

    def __init__(self, cluster: Cluster, session: aiohttp.ClientSession, redis: Redis, armoury: Armoury) -> None:
        self._cluster = cluster
        self._session = session
        self._stores = Stores(cluster.database_url, redis)
        self._armoury = armoury
        self._used = False

    async def scene(self, seed: int) -> Scene:
        """Nobody plays yet; what an earlier scene left is gone."""
        cluster = self._cluster
        if self._used:
            await cluster.as_at_first()
            await self._stores.emptied()
        self._used = True
        ledger, recorded, told = Ledger(), Recorded(), story(random.Random(seed))
        cluster.model_behaves(told)
        watch = Watch(self._stores, cluster.processes.values())
        ledger.on_wipe = watch.wiped
        return Scene(
            cluster=cluster,
            stores=self._stores,
            ledger=ledger,
            armoury=self._armoury,
            faults=Faults(cluster, ledger, self._armoury, told),
            watch=watch,
            recorded=recorded,
            browser=Browser(cluster.urls, self._session, random.Random(seed)),
        )


@asynccontextmanager
async def running_system(folder: Path, shape: Shape | None = None) -> AsyncIterator[System]:
    """A system while the block lasts, its data and logs in `folder`."""
    armoury = Armoury()
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(running_cluster(folder, shape or Shape(), armoury.next_start))
        session = await stack.enter_async_context(http_session())
        client = Redis.from_url(cluster.redis_url, socket_timeout=3, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
        yield System(cluster, session, await stack.enter_async_context(client), armoury)
