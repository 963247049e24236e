"""One gateway and its services for each module of tests."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.gateway import Edge, Seen, Upstream, gateway, upstream_services


@pytest.fixture(scope="module")
async def upstream() -> AsyncIterator[Upstream]:
    async with upstream_services() as services:
        yield services


@pytest.fixture(scope="module")
async def edge(upstream: Upstream) -> AsyncIterator[Edge]:
    async with gateway(upstream) as edge:
        yield edge


@pytest.fixture
def client(edge: Edge) -> httpx.AsyncClient:
    return edge.client


@pytest.fixture
def seen(upstream: Upstream) -> Seen:
    return upstream.seen
