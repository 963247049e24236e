"""`maratang play` as a process of its own."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from services.local.playing.words import Language, Words
from tests.support.servers import PROJECT
from tests.support.story_server import StoryServer, answers

pytestmark = pytest.mark.anyio
KO, EN = Language.KO.words, Language.EN.words
WITHIN_SECONDS = 30


@asynccontextmanager
async def playing(folder: Path, *options: str, **environment: str) -> AsyncIterator[Process]:
    """The command while the block lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.local", "play", *options,
        stdin=PIPE, stdout=PIPE, stderr=STDOUT, cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "MARATANG_HOME": str(folder), **environment},  # noqa: TID251  for a child
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def played(folder: Path, written: str, *options: str, **environment: str) -> tuple[int | None, str]:
    """Its exit status and all it showed."""
    async with playing(folder, *options, **environment) as process, asyncio.timeout(WITHIN_SECONDS):
        shown, _ = await process.communicate(written.encode(errors="surrogateescape"))
    return process.returncode, shown.decode()


async def test_a_script_is_played(story: StoryServer, tmp_path: Path):
    status, shown = await played(tmp_path, "1\nwait\n\udcff\n/quit\n", "--url", story.url)

    assert status == 0
    assert "> wait\nwait을 한다.\n" in shown
    assert shown.endswith(f"\n{KO.goodbye_playing}\n")
    assert story.said() == ["wait", "\ufffd"]
    assert (tmp_path / "player.json").stat().st_mode & 0o777 == 0o600


async def test_lines_that_end_leave_the_game_as_it_is(story: StoryServer, tmp_path: Path):
    status, shown = await played(tmp_path, "", "--url", story.url.removeprefix("http://"), "--scenario", "inn", "--lang", "en")

    assert status == 0
    assert "The inn's door shuts." in shown
    assert shown.endswith(f"\n{EN.goodbye_playing}\n")


@pytest.mark.parametrize(("lang", "words"), [("ko_KR.UTF-8", KO), ("en_GB.UTF-8", EN)])
async def test_without_a_server_it_says_how_to_start_one(tmp_path: Path, lang: str, words: Words):
    status, shown = await played(tmp_path, "", MARATANG_PORT="9", LANG=lang)

    assert status == 1
    assert shown == words.unreachable_first.format(url="http://127.0.0.1:9") + "\n"


async def test_another_server_is_told_from_ours(story: StoryServer, tmp_path: Path):
    story.fault("players:guest", answers(lambda: web.Response(text="<html>", content_type="text/html")))

    assert await played(tmp_path, "", "--url", story.url) == (1, KO.foreign.format(url=story.url) + "\n")


@pytest.mark.parametrize(("option", "value"), [("--url", "ftp://here"), ("--lang", "fr")])
async def test_a_wrong_option_is_named(tmp_path: Path, option: str, value: str):
    status, shown = await played(tmp_path, "", option, value)

    assert status == 2
    assert option in shown


@pytest.mark.parametrize("url", ["http://", "http://[bad", "http://127.0.0.1:99999"])
async def test_an_address_that_leads_nowhere_is_no_traceback(tmp_path: Path, url: str):
    assert await played(tmp_path, "", "--url", url) == (1, KO.unreachable_first.format(url=url.rstrip("/")) + "\n")


async def test_an_address_with_a_slash_is_the_same_address(story: StoryServer, tmp_path: Path):
    await played(tmp_path, "1\nwait\n", "--url", story.url)
    _, shown = await played(tmp_path, "", "--url", f"{story.url}/")

    assert shown.startswith(KO.resumed)


async def test_ctrl_c_leaves_with_a_word(story: StoryServer, tmp_path: Path):
    async with playing(tmp_path, "--url", story.url, "--scenario", "inn") as process, asyncio.timeout(WITHIN_SECONDS):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"wait\n")
        await process.stdout.readuntil(b"gemma\n")
        await process.stdout.readuntil(ACTIONS_SHOWN)
        process.send_signal(signal.SIGINT)
        rest = await process.stdout.read()
        status = await process.wait()

    assert status == 130
    assert rest.decode().endswith(f"\n{KO.goodbye_playing}\n")


async def test_ctrl_c_during_a_wait_leaves_with_a_word(story: StoryServer, tmp_path: Path):
    never = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse | None:
        never.set()
        await asyncio.get_running_loop().create_future()
        return None

    story.fault("turns:stream", silent)
    async with playing(tmp_path, "--url", story.url, "--scenario", "inn") as process, asyncio.timeout(WITHIN_SECONDS):
        assert process.stdin is not None
        process.stdin.write(b"wait\n")
        await process.stdin.drain()
        await never.wait()
        process.send_signal(signal.SIGINT)
        shown, _ = await process.communicate()

    assert process.returncode == 130
    assert shown.decode().endswith(f"\n{KO.goodbye_playing}\n")
    assert "Traceback" not in shown.decode()


async def test_a_reader_who_leaves_is_no_traceback(story: StoryServer, tmp_path: Path):
    async with playing(tmp_path, "--url", story.url, "--scenario", "inn") as process, asyncio.timeout(WITHIN_SECONDS):
        assert process.stdin is not None
        assert process.stdout is not None
        await process.stdout.readuntil(ACTIONS_SHOWN)
        process.stdout.feed_eof()
        process._transport.get_pipe_transport(1).close()  # noqa: SLF001  the way to hang up on a child
        process.stdin.write(b"wait\n/quit\n")
        process.stdin.close()
        assert await process.wait() in {0, 1}


ACTIONS_SHOWN = KO.more_actions.format(count=2).encode()
