"""Failpoints: where a process breaks when it is told to, and that nothing is there when it is not."""

import asyncio
import signal
import subprocess
import sys
import time

import pytest

from services.chassis import errors
from services.chassis.app import ServiceConfig
from services.chassis.config import ConfigError, load
from services.chassis.failpoints import Breakable, parse

pytestmark = pytest.mark.anyio
ENVIRONMENT = {"SERVICE_CREDENTIAL": "c", "LISTEN_INTERNAL": "127.0.0.1:0"}


class Store:
    def __init__(self) -> None:
        self.done: list[str] = []

    async def write(self, what: str) -> str:
        self.done.append(what)
        return what

    async def transaction(self, work) -> str:
        self.done.append("begin")
        result = await work(self)
        self.done.append("commit")
        return result

    def plain(self) -> int:
        return len(self.done)


async def attempts(points: str, times: int) -> list[bool]:
    """Which of so many writes went through."""
    store = Breakable(Store(), "store", parse(points))
    went = []
    for number in range(times):
        try:
            went.append(await store.write(str(number)) == str(number))
        except errors.Unavailable:
            went.append(False)
    return went


async def test_without_the_variable_a_thing_is_itself():
    store = Store()

    assert load(ServiceConfig, ENVIRONMENT).breakable(store=store) is store


def test_without_the_variable_no_service_imports_them():
    wirings = ", ".join(f"services.{name}.wiring" for name in ("gateway", "game", "llm_proxy", "persistence"))
    program = (
        f"import sys, asyncio, {wirings}\n"
        "from services.chassis.app import ServiceConfig\n"
        "ServiceConfig(service_credential=None, listen_internal='').breakable(redis=object())\n"
        "assert 'services.chassis.failpoints' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


async def test_a_method_breaks_before_or_after_it_is_done():
    for at, done in (("before", []), ("after", ["x"])):
        store = Store()
        with pytest.raises(errors.Unavailable):
            await Breakable(store, "store", parse(f"store.write.{at}=raise")).write("x")
        assert store.done == done


async def test_what_a_method_is_handed_breaks_inside_it():
    store = Store()
    broken = Breakable(store, "store", parse("store.transaction.work.after=raise"))

    with pytest.raises(errors.Unavailable):
        await broken.transaction(lambda inner: inner.write("row"))

    assert store.done == ["begin", "row"]


async def test_what_is_no_coroutine_method_is_the_things_own():
    store = Store()
    assert Breakable(store, "store", parse("store.plain.before=raise")).plain() == 0


async def test_it_breaks_the_nth_time_only():
    assert await attempts("store.write.before=raise@3", 5) == [True, True, False, True, True]


async def test_chance_is_the_seeds():
    first, again, other = [await attempts(f"store.write.before=raise@p0.5, seed={seed}", 64) for seed in (7, 7, 8)]

    assert first == again != other
    assert 16 < sum(first) < 48


async def test_it_delays():
    began = time.monotonic()
    await attempts("store.write.after=delay:0.05", 1)
    assert time.monotonic() - began >= 0.04


async def test_it_dies_as_by_sigkill():
    program = (
        "import asyncio\n"
        "from services.chassis.failpoints import Breakable, parse\n"
        "class Store:\n"
        "    async def write(self): pass\n"
        "asyncio.run(Breakable(Store(), 'store', parse('store.write.before=die')).write())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    "text", ["", "redis.commit=die", "redis.commit.after=explode", "redis.commit.after=delay", "redis.commit.after=die@p2"]
)
async def test_what_is_no_failpoint_is_a_fault_of_the_configuration(text: str):
    config = load(ServiceConfig, {**ENVIRONMENT, "MARATANG_FAILPOINTS": text or " "})

    with pytest.raises(ConfigError, match="MARATANG_FAILPOINTS"):
        config.breakable(store=Store())
