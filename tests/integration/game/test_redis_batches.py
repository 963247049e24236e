"""Commands that share lines to a real Valkey: each caller has its own answer, whatever befalls the others, the line or the server."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest
import redis.asyncio as redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import DataError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.game.adapters.redis_batches import BatchingRedis
from services.game.adapters.scripts import Script
from tests.support.eventually import eventually
from tests.support.servers import Server, running_valkey

pytestmark = pytest.mark.anyio
ANSWER_SECONDS, AGAIN_SECONDS = 1.0, 0.3
"""Short, for tests in which nobody answers; long enough for those in which the server does."""
LINES = 8
MOST_WAITING = LINES * 512


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A Valkey for these tests to break; each leaves it running."""
    folder: Path = tmp_path_factory.mktemp("batches")
    async with running_valkey(folder) as one:
        yield one


@pytest.fixture
async def client(server: Server) -> AsyncIterator[redis.Redis]:
    """The client under test, of an empty server."""
    pool = redis.ConnectionPool.from_url(server.url)
    one = BatchingRedis(pool, backoff=ExponentialBackoff(cap=0.1, base=0.01), again_seconds=AGAIN_SECONDS, answer_seconds=ANSWER_SECONDS)
    await one.flushall()
    yield one
    await one.close_lines()
    await one.aclose()
    await pool.aclose()


async def figure(client: redis.Redis, name: str) -> int:
    """What the server says of itself."""
    return int((await client.info())[name])


async def echoes(client: redis.Redis, count: int, size: int = 10) -> None:
    """Asks at once for so many different answers, and has each in its place."""
    words = [f"{number:0{size}}".encode() for number in range(count)]
    assert await asyncio.gather(*(client.echo(word) for word in words)) == words


async def test_what_is_asked_in_one_turn_of_the_loop_is_one_read_of_the_server(client: redis.Redis):
    await echoes(client, 1)
    before = await figure(client, "total_reads_processed")
    await echoes(client, 200)

    assert await figure(client, "total_reads_processed") - before <= 4


async def test_what_follows_from_the_first_answers_is_asked_before_the_last_are_looked_at(client: redis.Redis):
    async def ask(number: int) -> list[bytes]:
        return [await client.echo(b"%d %d" % (number, which)) for which in range(2)]

    await echoes(client, 100, size=8000)  # all lines are open
    before = await figure(client, "total_reads_processed")
    said = await asyncio.gather(*(ask(number) for number in range(64)))

    assert said == [[b"%d 0" % number, b"%d 1" % number] for number in range(64)]
    assert 4 <= await figure(client, "total_reads_processed") - before <= 12


async def test_what_a_server_said_before_it_went_is_heard_to_its_end():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):  # redis-py says who it is
            await reader.readuntil(b"SETINFO\r\n")
            writer.write(b"+OK\r\n")
        await reader.readuntil(b"last\r\n")
        writer.write(b"".join(b"$3\r\n%03d\r\n" % number for number in range(100)))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        pool = redis.ConnectionPool(port=server.sockets[0].getsockname()[1], protocol=2)
        client = BatchingRedis(pool, backoff=ExponentialBackoff(), again_seconds=0, answer_seconds=ANSWER_SECONDS)
        said = await asyncio.gather(*(client.echo(word) for word in (*("x" for _ in range(99)), "last")))
        await client.close_lines()
        await client.aclose()
    assert said == [b"%03d" % number for number in range(100)]


async def test_what_has_come_is_no_late_answer(client: redis.Redis):
    async def stalls() -> None:
        await asyncio.sleep(0)
        time.sleep(ANSWER_SECONDS * 1.5)  # noqa: ASYNC251  the whole process stands still, with all answers on their way

    await client.set("n", 0)
    *said, _ = await asyncio.gather(*(client.incr("n") for _ in range(64)), stalls())
    assert said == list(range(1, 65)), "once each"


async def test_what_a_server_would_not_read_at_once_goes_over_more_lines(client: redis.Redis):
    await echoes(client, 100, size=8000)
    assert await figure(client, "connected_clients") == LINES


async def test_everyone_has_their_own_answer_however_large(client: redis.Redis):
    large = [bytes([65 + number]) * (1 << 20) for number in range(5)]
    await asyncio.gather(*(client.set(f"large {number}", data) for number, data in enumerate(large)))

    found, _ = await asyncio.gather(asyncio.gather(*(client.get(f"large {number}") for number in range(5))), echoes(client, 500))
    assert found == large


async def test_who_waits_for_an_answer_has_commands_carried_out_in_order(client: redis.Redis):
    async def count(key: str) -> list[int]:
        return [await client.incr(key) for _ in range(20)]

    assert await asyncio.gather(*(count(f"of {number}") for number in range(50))) == [list(range(1, 21))] * 50


async def test_a_command_that_fails_leaves_the_others_alone(client: redis.Redis):
    await client.set("text", "x")
    said = await asyncio.gather(
        *(client.lpush("text", "y") if number % 3 else client.incr("n") for number in range(30)), return_exceptions=True
    )

    assert [one for one in said if isinstance(one, int)] == list(range(1, 11))
    assert len([one for one in said if isinstance(one, ResponseError)]) == 20


async def test_answers_and_errors_are_as_redis_py_has_them(client: redis.Redis):
    await client.hset("h", mapping={"a": 1, "b": 2.5})
    await client.zadd("z", {"m": 1.5})
    await client.xadd("s", {"e": "x"}, id="1-0")

    async def each_of(one: redis.Redis) -> list[object]:
        return await asyncio.gather(
            one.ping(), one.get("none"), one.hgetall("h"), one.zrange("z", 0, -1, withscores=True), one.xrange("s"), one.exists("h"),
            one.config_get("maxmemory*"), one.execute_command("CONFIG GET", "appendonly"), one.eval("return {1, {'a', false}}", 0),
        )  # fmt: skip

    async def failure(one: redis.Redis, *words: str | int) -> tuple[type, str]:
        with pytest.raises(RedisError) as caught:
            await one.execute_command(*words)
        return caught.type, str(caught.value)

    plain = redis.Redis(connection_pool=client.connection_pool)
    assert await each_of(client) == await each_of(plain)
    for words in [("NO SUCH",), ("LPUSH", "h", "x"), ("EVALSHA", "0" * 40, 0), ("EVAL", "return {err='MISCONF x'}", 0)]:
        assert await failure(client, *words) == await failure(plain, *words)
    with pytest.raises(DataError):
        await client.execute_command("SET", "n", None)


async def test_a_pipeline_that_is_no_transaction_is_asked_at_once(client: redis.Redis):
    await client.set("text", "x")
    async with client.pipeline(transaction=False) as pipe:
        pipe.incr("n").hset("h", "a", "1").hgetall("h")
        assert await pipe.execute() == [1, 1, {b"a": b"1"}]
        pipe.incr("n").lpush("text", "y").incr("n")
        first, failed, last = await pipe.execute(raise_on_error=False)
        assert (first, type(failed), last) == (2, ResponseError, 3)
        pipe.incr("n").lpush("text", "y").incr("n")
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            await pipe.execute()
    assert await client.get("n") == b"5"


async def test_a_script_that_the_server_forgot_is_taught_again_whoever_calls(client: redis.Redis):
    script = Script(client, "return {ARGV[1], redis.call('INCR', KEYS[1])}")
    await script(keys=["n"], args=["first"])
    await client.script_flush()

    said = await asyncio.gather(*(script(keys=["n"], args=[f"{number}"]) for number in range(50)))
    assert [name for name, _ in said] == [b"%d" % number for number in range(50)]
    assert sorted(count for _, count in said) == list(range(2, 52))


async def test_one_who_gives_up_takes_nothing_from_the_others(client: redis.Redis):
    async def push(number: int) -> int:
        return await client.sadd("all", number)

    tasks = [asyncio.create_task(push(number)) for number in range(100)]
    await asyncio.sleep(0)  # each has asked
    for task in tasks[::2]:
        task.cancel()
    said = await asyncio.gather(*tasks, return_exceptions=True)

    assert [isinstance(one, asyncio.CancelledError) for one in said[::2]] == [True] * 50
    assert said[1::2] == [1] * 50
    await echoes(client, 100)
    assert await client.scard("all") == 100, "what was asked is carried out, though nobody waits for it"


async def test_a_command_that_blocks_keeps_nobody_waiting(client: redis.Redis):
    blocked = asyncio.create_task(client.xread({"s": "$"}, block=0))

    async def is_blocked() -> bool:
        return await figure(client, "blocked_clients") == 1

    await eventually(is_blocked)
    await echoes(client, 100)
    assert not blocked.done()
    await client.xadd("s", {"e": "x"})
    assert await blocked


async def test_what_a_server_says_unasked_is_nobodys_answer(client: redis.Redis):
    await client.execute_command("CLIENT", "TRACKING", "ON", "BCAST")
    for number in range(20):
        said = await asyncio.gather(*(client.set(f"{number} {one}", "x") for one in range(20)), echoes(client, 20))
        assert said == [*[True] * 20, None]
    assert await client.execute_command("CLIENT", "TRACKINGINFO") != [], "the line has stayed the same"


async def test_a_transaction_is_whole_among_many_commands(client: redis.Redis):
    async def both(number: int) -> list[int]:
        async with client.pipeline(transaction=True) as pipe:
            answers: list[int] = await pipe.incr("a").incr("b").execute()
        await client.echo(str(number))
        return answers

    assert all(a == b for a, b in await asyncio.gather(*(both(number) for number in range(50))))


async def test_commands_under_way_outlive_a_server_that_is_killed_and_comes_back(client: redis.Redis, server: Server):
    said: list[bool] = []

    async def keep_on(number: int) -> None:
        for turn in range(10):
            said.append(bool(await client.set(f"{number} {turn}", "x")))

    async def is_busy() -> bool:
        return len(said) > 200

    async with asyncio.TaskGroup() as players:
        for number in range(100):
            players.create_task(keep_on(number))
        await eventually(is_busy)
        await server.kill()
        await server.start()

    assert said == [True] * 1000
    assert await client.dbsize() == 1000


async def test_without_a_server_everyone_hears_so_in_time(client: redis.Redis, server: Server):
    await echoes(client, 10)
    await server.kill()
    began = monotonic()
    said = await asyncio.gather(*(client.get("x") for _ in range(100)), return_exceptions=True)
    took = monotonic() - began
    await server.start()

    assert {type(one) for one in said} == {RedisConnectionError}
    assert took < AGAIN_SECONDS + 2 * ANSWER_SECONDS + 3
    await echoes(client, 10)


async def test_a_server_that_stands_still_fails_everyone_in_time_and_its_late_answers_reach_nobody(client: redis.Redis, server: Server):
    await echoes(client, 10)
    server.freeze()
    try:
        began = monotonic()
        said = await asyncio.gather(*(client.incr(f"n{number}") for number in range(MOST_WAITING + 100)), return_exceptions=True)
        took = monotonic() - began
    finally:
        server.thaw()

    kinds = [type(one) for one in said]
    assert set(kinds) <= {RedisConnectionError, RedisTimeoutError}
    assert took < AGAIN_SECONDS + 2 * ANSWER_SECONDS + 5
    await echoes(client, 1000)


async def test_a_connection_that_the_server_ends_is_replaced_unnoticed(client: redis.Redis):
    await echoes(client, 100, size=4000)
    addresses = [one["addr"] for one in await client.client_list()]
    async with asyncio.TaskGroup() as players:
        for _ in range(10):
            players.create_task(echoes(client, 100))
        for address in addresses:
            players.create_task(client.execute_command("CLIENT", "KILL", "ADDR", address))

    await echoes(client, 100)


async def test_who_asks_a_client_that_is_being_closed_is_told_so(client: BatchingRedis, server: Server):
    server.freeze()
    try:
        waiting = [asyncio.create_task(client.get("x")) for _ in range(20)]
        await asyncio.sleep(0)  # each has asked
        await client.close_lines()
        said = await asyncio.gather(*waiting, client.get("x"), return_exceptions=True)
    finally:
        server.thaw()

    assert {type(one) for one in said} == {RedisConnectionError}


async def test_nothing_is_left_of_commands_that_are_over(client: redis.Redis):
    tasks_before = len(asyncio.all_tasks())
    for _ in range(20):
        many = [asyncio.create_task(client.echo("x" * 100)) for _ in range(500)]
        await asyncio.sleep(0)
        for task in many[::3]:
            task.cancel()
        await asyncio.wait(many)
    await echoes(client, 1)

    assert len(asyncio.all_tasks()) == tasks_before
    assert await figure(client, "connected_clients") <= LINES
    assert vars(client)["_queue"] == []
    assert [len(line) for line in vars(client)["_lines"]] == [0] * LINES
