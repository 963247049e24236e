"""The embedded servers hold what was acknowledged, whatever happens to them."""

import asyncio

import asyncpg
import httpx_aiohttp
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.chassis.config import Secret
from services.local import postgres, valkey
from services.local.parts import PartError
from tests.support.servers import Server, free_port

pytestmark = pytest.mark.anyio


async def test_valkey_keeps_every_acknowledged_write_over_kill_9(redis_server):
    async with Redis.from_url(redis_server.url) as client:
        for number in range(200):
            await client.set(f"key:{number}", number)
    await redis_server.kill()
    await redis_server.start()
    async with Redis.from_url(redis_server.url) as client:
        assert await client.dbsize() == 200


@pytest.mark.parametrize(
    ("name", "value"), [("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction"), ("save", "")]
)
async def test_valkey_is_set_to_lose_nothing(redis_server, name, value):
    async with Redis.from_url(redis_server.url, decode_responses=True) as client:
        assert await client.config_get(name) == {name: value}


async def test_valkey_refuses_a_wrong_password(tmp_path):
    port = free_port()
    server = Server(valkey.part(tmp_path / "data", port, Secret("right")), valkey.url(port, Secret("right")), tmp_path)
    await server.start()
    try:
        with pytest.raises(RedisError):
            await Redis.from_url(valkey.url(port, Secret("wrong"))).ping()
    finally:
        await server.stop()


async def test_postgres_keeps_what_was_committed_over_kill_9(postgres_server):
    address = postgres_server.url.replace("+asyncpg", "")
    connection = await asyncpg.connect(address)
    await connection.execute("CREATE TABLE telling (text text)")
    await connection.execute("INSERT INTO telling VALUES ('이야기')")
    await postgres_server.kill()
    await connection.close(timeout=1)
    await postgres_server.start()
    connection = await asyncpg.connect(address)
    assert await connection.fetchval("SELECT upper(text) || length(text) FROM telling") == "이야기3"
    await connection.close()


async def test_a_second_postgres_on_the_same_data_is_refused_with_its_own_words(postgres_server, tmp_path):
    assert postgres_server.running
    second = Server(postgres.part(tmp_path / "postgres", free_port(), Secret("of the tests")), "", tmp_path / "second")
    with pytest.raises(PartError, match=r"postmaster\.pid"):
        await second.start()


async def test_databases_of_a_test_are_empty_and_its_own(empty_database_url, postgres_url):
    assert empty_database_url != postgres_url
    connection = await asyncpg.connect(empty_database_url.replace("+asyncpg", ""))
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await connection.close()


async def test_the_small_model_streams_and_keeps_to_a_schema(llama_url):
    schema = {"enum": ["take", "go"]}
    messages = [{"role": "user", "content": "당신은 서랍을 열었다. 안에는 놋쇠 열쇠가 있었다."}]
    async with httpx_aiohttp.HttpxAiohttpClient(
        # llama.cpp closes a connection after a stream without saying so.
        base_url=llama_url,
        timeout=60,
        trust_env=False,
        headers={"connection": "close"},
    ) as client:
        assert [found["id"] for found in (await client.get("/v1/models")).json()["data"]] == ["gemma-3-270m"]
        body = {"model": "gemma-3-270m", "messages": messages, "max_tokens": 16}
        async with client.stream("POST", "/v1/chat/completions", json={**body, "stream": True}) as answer:
            lines = [line async for line in answer.aiter_lines() if line]
        assert lines[-1] == "data: [DONE]"
        assert len(lines) > 3
        guided = {"type": "json_schema", "json_schema": {"name": "command", "schema": schema}}
        answer = await client.post("/v1/chat/completions", json={**body, "temperature": 0, "response_format": guided})
        assert answer.json()["choices"][0]["message"]["content"] in {'"take"', '"go"'}


async def test_a_frozen_valkey_answers_again_when_it_thaws(redis_server):
    async with Redis.from_url(redis_server.url) as client:
        await client.ping()
        redis_server.freeze()
        asking = asyncio.create_task(client.ping())
        done, _ = await asyncio.wait({asking}, timeout=0.2)
        assert not done
        redis_server.thaw()
        assert await asking
