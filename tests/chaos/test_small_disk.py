"""Redis' disk is full for a while."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.chaos.small_disk import in_a_namespace
from tests.support.servers import PROJECT, missing

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]


async def test_nothing_acknowledged_is_lost_when_redis_has_no_room_on_its_disk(tmp_path: Path, seed: int):
    if os.geteuid() != 0:
        missing("a small disk, which only root can mount,", "sudo make test ARGS=tests/chaos/test_small_disk.py")

    process = await asyncio.create_subprocess_exec(
        *in_a_namespace(tmp_path, seed), cwd=PROJECT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()
    assert "disk full" in said.decode()
