"""The published document, held against the running system by schemathesis: what it says is taken is taken, what it does not is refused."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from maratang_client import AsyncClient, problems
from tests.support.system import System

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]
PROGRAM = Path(sys.executable).parent / "schemathesis"
CONFIG = Path(__file__).parent / "schemathesis.toml"
ENDS_WHO_CALLS = ("SignOut", "DeletePlayer")


async def schemathesis(url: str, token: str, folder: Path, *arguments: str) -> str:
    """Runs it, to the end and without a failure; what it said."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "--config-file", CONFIG, "run", f"{url}/openapi.json", "--checks", "all", "--no-color",
        "--header", f"Authorization: Bearer {token}", *arguments,
        cwd=folder, stdout=PIPE, stderr=STDOUT, env={"PATH": os.environ["PATH"], "HOME": str(folder)},  # noqa: TID251  for a child
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_the_system_is_what_its_document_says(system: System, tmp_path: Path):
    async with AsyncClient(system.url) as client:
        await client.create_guest()
        await client.create_game(scenario_id="tutorial")
        left_out = [part for name in ENDS_WHO_CALLS for part in ("--exclude-operation-id", name)]

        said = await schemathesis(system.url, client.token, tmp_path, *left_out)

        assert "Selected: 40/42" in said
        # Nobody has the logins that it makes up; everything else was reached.
        unmet = said.partition("Authentication failed")[2].partition("Ensure valid")[0]
        assert set(re.findall(r"^  - (\w+ \S+)$", unmet, re.MULTILINE)) <= {"POST /v1/sessions"}


async def test_what_ends_who_calls_is_what_the_document_says(system: System, tmp_path: Path):
    for name in ENDS_WHO_CALLS:
        async with AsyncClient(system.url) as client:
            await client.create_guest()
            await schemathesis(system.url, client.token, tmp_path, "--include-operation-id", name, "--phases", "examples,coverage")
            with pytest.raises(problems.InvalidToken):
                await client.get_player()
