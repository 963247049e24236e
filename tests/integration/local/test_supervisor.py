"""The supervisor over real processes: order, restarts, stopping, and what is left when it dies itself."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from services.local.parts import Part, PartError
from services.local.supervisor import News, State, Supervisor
from tests.support.eventually import eventually
from tests.support.servers import PROJECT

pytestmark = pytest.mark.anyio
# Says that it is there by a file, and on SIGTERM that it goes.
LIVES = "trap 'echo {name} >> stopped; exit 0' TERM; echo {name} >> started; : > {name}.there; while :; do sleep 0.02; done"


class Stage:
    """Parts that are shell scripts, and what is heard of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.news: list[News] = []
        self.stop, self.hurry, self.all_up = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def part(self, name: str, script: str = LIVES, *, after: tuple[str, ...] = (), once: bool = False, seconds: float = 10) -> Part:
        async def ready() -> None:
            if not (self.folder / f"{name}.there").exists():
                raise ConnectionError("not there")

        return Part(
            name=name,
            command=("sh", "-c", script.format(name=name)),
            ready=None if once else ready,
            after=after,
            folder=self.folder,
            ready_within_seconds=seconds,
            stop_within_seconds=5,
        )

    async def run(self, *parts: Part) -> None:
        await Supervisor(parts, self.folder / "logs", self.news.append).run(self.stop, self.all_up.set, self.hurry)

    @asynccontextmanager
    async def running(self, *parts: Part) -> AsyncIterator[None]:
        running = asyncio.create_task(self.run(*parts))
        try:
            async with asyncio.timeout(20):
                await self.all_up.wait()
            yield
        finally:
            self.stop.set()
            await running

    def pid(self, name: str) -> int:
        """The process that is ready."""
        return next(news.pid for news in reversed(self.news) if news.part.name == name and news.state is State.READY and news.pid)

    def lines(self, file: str) -> list[str]:
        return (self.folder / file).read_text().split() if (self.folder / file).exists() else []


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def soon(condition: Callable[[], object]):
    async def ask() -> object:
        return condition()

    return eventually(ask)


async def test_a_part_starts_when_those_it_needs_are_ready_and_stops_before_them(stage: Stage):
    parts = (
        stage.part("store"),
        stage.part("migrations", "echo migrations >> started", after=("store",), once=True),
        stage.part("service", after=("migrations",)),
    )
    async with stage.running(*parts):
        assert stage.lines("started") == ["store", "migrations", "service"]
    assert stage.lines("stopped") == ["service", "store"]
    ready = [news.part.name for news in stage.news if news.state in {State.READY, State.DONE}]
    assert ready == ["store", "migrations", "service"]


async def test_a_killed_part_comes_back_and_the_others_do_not_notice(stage: Stage):
    async with stage.running(stage.part("store"), stage.part("service", after=("store",))):
        store, service = stage.pid("store"), stage.pid("service")
        os.kill(store, signal.SIGKILL)
        await soon(lambda: stage.pid("store") != store)
        assert stage.pid("service") == service
        assert [news.why for news in stage.news if news.state is State.ENDED] == ["by signal 9"]
        assert stage.news[-1].restarts == 1


async def test_a_part_that_ends_in_order_comes_back_too(stage: Stage):
    async with stage.running(stage.part("service")):
        first = stage.pid("service")
        os.kill(first, signal.SIGTERM)
        await soon(lambda: stage.pid("service") != first)


async def test_a_part_that_does_not_start_again_is_tried_until_it_does(stage: Stage):
    script = "test -e broken && exit 3; " + LIVES
    async with stage.running(stage.part("service", script)):
        first = stage.pid("service")
        (stage.folder / "broken").touch()
        (stage.folder / "service.there").unlink()
        os.kill(first, signal.SIGKILL)
        await soon(lambda: sum(news.state is State.ENDED for news in stage.news) >= 3)
        (stage.folder / "broken").unlink()
        await soon(lambda: stage.pid("service") != first)


@pytest.mark.parametrize(
    ("script", "once", "says"),
    [
        ("echo the pack is bad >&2; exit 65", True, "service failed with status 65:\nthe pack is bad"),
        ("echo no such database; exit 2", False, "service ended with status 2 while it started:\nno such database"),
        ("exec sleep 60", False, "service was not ready within 0 s:\n(it said nothing)"),
    ],
)
async def test_a_part_that_never_comes_up_ends_all_and_its_own_words_say_why(stage: Stage, script: str, once: bool, says: str):
    parts = (stage.part("store"), stage.part("service", script, after=("store",), once=once, seconds=0.4))
    with pytest.raises(PartError) as failed:
        await stage.run(*parts)
    assert str(failed.value) == says
    assert stage.lines("stopped") == ["store"]


async def test_the_words_of_an_earlier_run_are_not_taken_for_this_one_s(stage: Stage):
    (stage.folder / "logs").mkdir()
    (stage.folder / "logs" / "service.log").write_text("old\n")
    with pytest.raises(PartError) as failed:
        await stage.run(stage.part("service", "echo new; exit 1"))
    assert str(failed.value).endswith(":\nnew")


async def test_stopping_again_does_not_wait_for_the_slow(stage: Stage):
    async with stage.running(stage.part("slow", "trap '' TERM; : > {name}.there; while :; do sleep 0.02; done")):
        slow = stage.pid("slow")
        stage.stop.set()
        await soon(lambda: stage.news[-1].state is State.STOPPING)
        stage.hurry.set()
    assert not psutil.pid_exists(slow)


async def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path):
    script = f"""
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {str(PROJECT)!r})
from tests.integration.local.test_supervisor import Stage
async def main():
    stage = Stage(Path({str(tmp_path)!r}))
    await stage.run(stage.part("store"), stage.part("service"))
asyncio.run(main())
"""
    supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    await soon(lambda: len(list(tmp_path.glob("*.there"))) == 2)
    children = psutil.Process(supervisor.pid).children(recursive=True)
    assert len(children) >= 2
    supervisor.kill()
    await supervisor.wait()
    await soon(lambda: not any(child.is_running() for child in children))
    assert sorted((tmp_path / "stopped").read_text().split()) == ["service", "store"]
