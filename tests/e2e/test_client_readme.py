"""What the client's README shows can be run as it stands."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from tests.support.servers import PROJECT
from tests.support.system import System

pytestmark = pytest.mark.anyio
README = (PROJECT / "clients" / "python" / "README.md").read_text(encoding="utf-8")
LOCAL = "http://127.0.0.1:8000"


async def test_the_example_plays_a_turn(system: System, tmp_path: Path):
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert LOCAL in example

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", example.replace(LOCAL, system.url),
        cwd=tmp_path, stdout=PIPE, stderr=STDOUT, env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},  # noqa: TID251  for a child
    )  # fmt: skip
    async with asyncio.timeout(60):
        shown, _ = await process.communicate()

    assert process.returncode == 0, shown.decode()
    assert shown.decode().endswith("1: the bedroom\n")
