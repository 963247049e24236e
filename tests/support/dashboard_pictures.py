"""Draws the dashboards of metrics that a real Prometheus recorded of a played system: `make observability-pictures`.

A minute of play, in which the model server goes away and comes back. What Grafana would show is asked of Prometheus by the dashboards' own
queries, and drawn; a query that Prometheus refuses ends it.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import async_playwright
from ruamel.yaml import YAML

from maratang_client import AsyncClient
from maratang_client.failures import MaratangError
from maratang_client.shapes import Command, CommandVerb
from services.local.embedded import GAME_METRICS, GATEWAY_METRICS, LLM_PROXY_METRICS, PERSISTENCE_METRICS
from services.local.parts import Child, Part
from services.local.probes import answers_ok
from tests.support.chromium import PROGRAM
from tests.support.drawn_panels import Panel, page
from tests.support.embedded import Embedded, running_embedded
from tests.support.fault_server import FaultServer
from tests.support.journey import Journey
from tests.support.servers import PROJECT, free_port
from tests.support.stub_vllm import Pace, stub_vllm, tells

OBSERVABILITY = PROJECT / "deploy" / "observability"
PICTURES = PROJECT / "docs" / "pictures"
PLAY_SECONDS, PLAYERS, STEP_SECONDS = 75, 6, 1
_RATE = "15s"
_AWAY = (0.45, 0.65)
"""In which part of the play the model server is away."""
Json = dict[str, Any]


async def main() -> None:
    """Plays, asks, draws."""
    with tempfile.TemporaryDirectory(prefix="maratang-pictures-") as name:
        folder = Path(name)
        pace = Pace(first_seconds=0.15, every_seconds=0.05)
        async with (
            stub_vllm(pace) as model,
            running_embedded(folder / "home", VLLM_BASE_URL=model.url) as system,
            running_prometheus(folder, system) as prometheus,
        ):
            began = time.time()
            await _play(system, model, pace)
            for file in sorted((OBSERVABILITY / "dashboards").glob("*.json")):
                dashboard = json.loads(file.read_text(encoding="utf-8"))
                panels = [await _recorded(prometheus, panel, began) for panel in dashboard["panels"]]
                await _photograph(page(dashboard["title"], panels), PICTURES / f"dashboard-{file.stem}.png")


@asynccontextmanager
async def running_prometheus(folder: Path, system: Embedded) -> AsyncIterator[str]:
    """Debian's Prometheus with the shipped rules, asking the four services each second; its address."""
    program = shutil.which("prometheus")
    if program is None:
        sys.exit("prometheus is missing; this adds it: apt-get install --no-install-recommends prometheus")
    offsets = {"gateway": GATEWAY_METRICS, "game": GAME_METRICS, "llm_proxy": LLM_PROXY_METRICS, "persistence": PERSISTENCE_METRICS}
    rules = (OBSERVABILITY / "rules" / "maratang.yml").read_text(encoding="utf-8").replace("interval: 30s", "interval: 2s")
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    targets = [{"targets": [f"127.0.0.1:{system.port + offset}"], "labels": {"service": name}} for name, offset in offsets.items()]
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "2s"},
        "rule_files": [str(folder / "rules.yml")],
        "scrape_configs": [{"job_name": "maratang", "static_configs": targets}],
    }
    with (folder / "prometheus.yml").open("w", encoding="utf-8") as out:
        YAML(typ="safe").dump(config, out)
    port = free_port()
    flags = {"config.file": folder / "prometheus.yml", "storage.tsdb.path": folder / "data", "web.listen-address": f"127.0.0.1:{port}"}
    command = (program, *(f"--{name}={value}" for name, value in flags.items()))

    async def ready() -> None:
        await answers_ok(port, "/-/ready")

    child = Child(Part(name="prometheus", command=command, ready=ready), folder / "prometheus.log")
    await child.start()
    try:
        await child.until_ready()
        yield f"http://127.0.0.1:{port}"
    finally:
        await child.stop()


async def _play(system: Embedded, model: FaultServer, pace: Pace) -> None:
    over = asyncio.Event()

    async def player(number: int) -> None:
        async with AsyncClient(system.url, patience_seconds=20) as client:
            await client.create_guest(locale="ko")
            journey = Journey(client)
            await journey.begin()
            while not over.is_set():
                try:
                    await journey.take(Command(verb=CommandVerb.WAIT))
                except MaratangError:
                    await journey.begin()
                if journey.turn > 18:  # the tutorial's day is over
                    await journey.begin()
                await asyncio.sleep(0.3 + 0.2 * number)

    async def weather() -> None:
        usual = model.models
        away, back = (PLAY_SECONDS * share for share in _AWAY)
        await asyncio.sleep(away)
        model.behaviour = model.models = _gone
        await asyncio.sleep(back - away)
        model.models, model.behaviour = usual, tells(pace)
        await asyncio.sleep(PLAY_SECONDS - back)
        over.set()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(weather())
        for number in range(PLAYERS):
            tasks.create_task(player(number))


async def _gone(exchange: Any) -> None:  # Any: as fault_server's behaviours take it
    """An expired tunnel."""
    body = b"<html>ERR_NGROK_3200</html>"
    exchange.head(404, {"content-type": "text/html", "ngrok-error-code": "ERR_NGROK_3200"}, len(body))
    exchange.send(body)


async def _recorded(prometheus: str, panel: Json, began: float) -> Panel:
    lines: list[tuple[str, list[tuple[float, float]]]] = []
    async with httpx.AsyncClient(trust_env=False) as http:
        for target in panel["targets"]:
            asked = {"query": target["expr"].replace("$__rate_interval", _RATE), "start": began, "end": time.time(), "step": STEP_SECONDS}
            answer = await http.get(f"{prometheus}/api/v1/query_range", params=asked)
            assert answer.status_code == 200, (target["expr"], answer.text)
            for series in answer.json()["data"]["result"]:
                values = [(float(at) - began, float(value)) for at, value in series["values"] if value != "NaN"]
                if values:
                    lines.append((_named(target["legendFormat"], series["metric"]), values))
    return Panel(title=panel["title"], says=panel["description"], unit=panel["fieldConfig"]["defaults"]["unit"], lines=lines)


def _named(legend: str, labels: dict[str, str]) -> str:
    for name, value in labels.items():
        legend = legend.replace(f"{{{{{name}}}}}", value)
    return legend


async def _photograph(drawn: str, file: Path) -> None:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=["--disable-gpu", *sandbox])
        opened = await browser.new_page(viewport={"width": 1240, "height": 800})
        await opened.set_content(drawn)
        await opened.screenshot(path=file, full_page=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
