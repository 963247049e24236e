"""The guide's steps, literally, on a real engine; each test goes on where the one before it ended."""

import asyncio
import itertools
import json
import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.game.rules import codec
from tests.compose.deployment import LOGS, SERVICES, Deployment
from tests.compose.load import Seen, playing
from tests.support.eventually import eventually
from tests.support.fault_server import Behaviour, Exchange
from tests.support.player import Player, browser, sign_in, told
from tests.support.scenarios import scenario
from tests.support.servers import free_port
from tests.support.stub_vllm import Pace, tells

pytestmark = pytest.mark.anyio
WITNESSES = scenario("tutorial")[1].witnesses
BACKUP, DRILL, RESTORE, UPDATE, SET_MODELS = (
    f"deploy/scripts/{name}.sh" for name in ("backup", "drill", "restore", "update_prod", "set_models")
)
log = logging.getLogger("compose")


async def played_on(on: Deployment, token: str, game_id: str) -> dict:
    """A game that was begun before can still be played."""
    async with browser(on.url) as http:
        player = Player(http, token)
        player.game = await player.get(f"/v1/games/{game_id}")
        events = await player.turn("기다린다")
        assert events[-1].name == "done", events
        return events[-1].data


async def test_every_wrong_or_missing_variable_is_named_before_anything_starts(deployed: Deployment):
    """All sorts of faults are a table in tests/unit/deploy; here is what the real programs do."""
    whole = deployed.env_file.read_text()
    deployed.env_file.write_text(
        whole.replace("POSTGRES_DB=maratang", "POSTGRES_DB=").replace("VLLM_BASE_URL=http://", "VLLM_BASE_URL=ftp://")
    )
    status, said = await deployed.command("sh", "./start_prod.sh")
    deployed.env_file.write_text(whole)
    assert status == 1
    assert re.findall(r"^  (\w+)", said, re.MULTILINE) == ["POSTGRES_DB", "VLLM_BASE_URL", "LORA_VLLM_BASE_URL"]
    assert await deployed.engine.run("docker", "ps", "--all", "--quiet") == ""


async def test_the_guides_steps_give_a_game_on_port_80(deployed: Deployment):
    began = time.monotonic()
    said = await deployed.start()
    log.info("start_prod.sh, image and all: %.0f s; port %d", time.monotonic() - began, deployed.port)
    assert "degraded" not in said
    assert await deployed.until_ready(degraded="") == []
    async with httpx.AsyncClient(base_url=deployed.url, trust_env=False) as http:
        page = await http.get("/")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")

    async with browser(deployed.url) as http:
        player = await sign_in(http)
        await player.begin(locale="ko")
        sources = set()
        for command in WITNESSES["together"]:
            plain = codec.command_to_plain(command)
            events = await player.turn({**plain, "verb": plain["verb"].upper()})
            assert events[-1].name == "done", events
            sources.add(events[-1].data["telling"]["toldBy"])
        game = await player.get(f"/v1/games/{player.game_id}")
    assert (game["status"], game["ending"]["endingId"]) == ("ENDED", "together")
    assert sources & {"LORA", "BASE"}, sources
    assert deployed.base.asked or deployed.lora.asked


async def test_the_image_is_hardened_and_only_nginx_is_reached_from_outside(deployed: Deployment):
    for service in ("persistence", "llm_proxy", "game", "gateway"):
        inside = await deployed.container(service)
        found = json.loads(await deployed.engine.run("docker", "inspect", inside))[0]
        assert found["Config"]["User"] == "10001:10001"
        assert found["HostConfig"]["ReadonlyRootfs"]
        assert not any(found["NetworkSettings"]["Ports"].values())
        programs = "cc gcc g++ clang make ld as pip pip3 uv"
        assert await deployed.engine.tried("docker", "exec", inside, "sh", "-c", f"command -v {programs}") != 0
        assert await deployed.engine.tried("docker", "exec", inside, "sh", "-c", "echo > /app/written || echo > /opt/maratang/written") != 0
    ports = await deployed.engine.run("docker", "ps", "--format", "{{.Names}} {{.Ports}}")
    published = [line.split()[0] for line in ports.splitlines() if "->" in line]
    assert published == [f"{await _name(deployed)}"]


async def _name(on: Deployment) -> str:
    return (await on.engine.run("docker", "inspect", "--format", "{{.Name}}", await on.container("nginx"))).strip().lstrip("/")


async def test_a_stream_comes_event_by_event_to_a_client_that_takes_gzip(deployed: Deployment):
    """The stub model takes 50 ms from piece to piece; the events come as game gathers those, and nobody on the way holds them back."""
    async with browser(deployed.url) as http:
        player = await sign_in(http)
        await player.begin(locale="ko")
        times: list[float] = []
        async for event in player.stream("외투 주머니를 뒤져 본다", **{"accept-encoding": "gzip"}):
            if event.name == "delta":
                times.append(time.monotonic())
    apart = times[-1] - times[0]
    log.info("stream: %d pieces over %.2f s", len(times), apart)
    assert len(times) > 5
    assert apart > 0.4
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < apart / 2


async def test_the_logs_are_read_by_the_fixed_command(deployed: Deployment):
    inherited = {**os.environ, **deployed.engine.environment}  # noqa: TID251  children inherit it
    following = await asyncio.create_subprocess_exec(
        *LOGS, "-f", cwd=deployed.folder, env=inherited, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    waiting = {*SERVICES, "db", "redis"}
    assert following.stdout is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(60):
            while waiting:
                line = re.sub(r"\x1b\[[0-9;]*m", "", (await following.stdout.readline()).decode())
                lines.append(line)
                waiting -= {service for service in waiting if line.startswith(service)}
    finally:
        os.killpg(following.pid, signal.SIGTERM)
        await following.communicate()
    assert not [line for line in lines if "외투" in line], "what players write is in no log"


async def test_a_second_start_changes_nothing_and_loses_nothing(deployed: Deployment):
    async with browser(deployed.url) as http:
        player = await sign_in(http)
        await player.begin(locale="ko")
        turn = (await player.turn("외투 주머니를 뒤져 본다"))[-1].data
    before = deployed.env_file.read_text()
    said = await deployed.start()
    assert deployed.env_file.read_text() == before
    assert "migrations: none to run" in said
    assert said.count("unchanged: ") == len(list((deployed.folder / "scenarios").glob("*/pack.yaml")))
    async with browser(deployed.url) as http:
        again = Player(http, player.token)
        kept = await again.get(f"/v1/games/{player.game_id}/turns/{turn['turn']}")
    assert kept["telling"]["text"] == turn["telling"]["text"]
    assert (await played_on(deployed, player.token, player.game_id))["turn"] == turn["turn"] + 1


async def test_with_the_models_down_the_game_goes_on_and_says_degraded_until_set_models(deployed: Deployment):
    right = deployed.settings["VLLM_BASE_URL"], deployed.settings["LORA_VLLM_BASE_URL"]
    nobody = f"http://host.docker.internal:{free_port()}"
    deployed.write_settings(VLLM_BASE_URL=nobody, LORA_VLLM_BASE_URL=nobody)
    await deployed.done("sh", SET_MODELS)
    await deployed.until_ready(degraded="llm.base")
    async with browser(deployed.url) as http:
        player = await sign_in(http)
        await player.begin(locale="ko")
        events = await player.turn("외투 주머니를 뒤져 본다")
        assert events[-1].data["telling"]["toldBy"] == "TEMPLATE"
        assert told(events)

        deployed.write_settings(VLLM_BASE_URL=right[0], LORA_VLLM_BASE_URL=right[1])
        began = time.monotonic()
        await deployed.done("sh", SET_MODELS)
        await deployed.until_ready(degraded="")
        log.info("set_models.sh: live after %.1f s, its own start included", time.monotonic() - began)
        told_again = (await player.turn("거실로 나간다"))[-1].data
    assert told_again["telling"]["toldBy"] in {"LORA", "BASE"}


async def test_an_update_under_load_fails_no_request_and_loses_no_stream(deployed: Deployment):
    before = {service: await deployed.container(service) for service in SERVICES}
    async with some_tellings_last(deployed), playing(deployed.url, 12) as seen:
        await more_turns(seen, 20)
        began, turns = time.monotonic(), seen.turns
        # As a new release: the image is another one.
        (deployed.folder / "services" / "released.txt").write_text("another release\n")
        await deployed.done("sh", UPDATE)
        took = time.monotonic() - began
        during = seen.turns - turns
        await more_turns(seen, 20)
    log.info(
        "update_prod.sh: %.0f s; %d requests, %d turns (%d of them meanwhile), %d streams resumed, %d failed requests, %d lost streams",
        took, seen.requests, seen.turns, during, seen.resumed, len(seen.failed), len(seen.lost),
    )  # fmt: skip
    log.info("acknowledged as: %s", dict(seen.ends))
    assert seen.failed == []
    assert seen.lost == []
    assert during > 20
    assert seen.resumed > 0, "no stream was cut: nothing was shown"
    after = {service: await deployed.container(service) for service in SERVICES}
    assert {service for service in SERVICES if before[service] == after[service]} == {"nginx"}
    inside = await deployed.engine.run("docker", "exec", after["game"], "python", "-c", "import services; print(services.__path__[0])")
    assert await deployed.engine.tried("docker", "exec", after["game"], "test", "-f", f"{inside.strip()}/released.txt") == 0


@asynccontextmanager
async def some_tellings_last(on: Deployment) -> AsyncIterator[None]:
    """While the block lasts, each fourth telling takes 15 s: longer than a service that ends waits for it."""
    lasting, count = tells(Pace(chunks=tuple(f"말{number} " for number in range(25)), every_seconds=0.6)), itertools.count()
    quick = on.base.behaviour, on.lora.behaviour

    def mixed(usual: Behaviour) -> Behaviour:
        async def behave(exchange: Exchange) -> None:
            guided = "response_format" in exchange.body
            await (lasting if not guided and next(count) % 4 == 0 else usual)(exchange)

        return behave

    on.base.behaviour, on.lora.behaviour = map(mixed, quick)
    try:
        yield
    finally:
        on.base.behaviour, on.lora.behaviour = quick


async def more_turns(seen: Seen, turns: int) -> None:
    """Returns when the players have taken so many more."""
    wanted = seen.turns + turns

    async def taken() -> bool:
        return seen.turns >= wanted

    await eventually(taken, within=180)


async def test_a_backup_under_load_has_every_replicated_turn_and_is_restored_into_a_fresh_volume(deployed: Deployment):
    async with playing(deployed.url, 8) as seen:

        async def many_stored() -> bool:
            return len(seen.stored) >= 40

        await eventually(many_stored, within=180)
        known = dict(seen.stored)
        began = time.monotonic()
        await deployed.done("sh", BACKUP)
        log.info("backup.sh under load: %.1f s, %d turns were known to be REPLICATED", time.monotonic() - began, len(known))
        log.info("%s", await deployed.done("sh", DRILL))
        await more_turns(seen, 10)
    assert seen.failed == []
    assert known
    (backup,) = sorted((deployed.folder / "backups").glob("*.dump"))
    status, said = await deployed.command("sh", RESTORE, str(backup))
    assert (status, "Nothing was changed" in said) == (1, True), said

    await deployed.compose("down")
    for volume in ("postgres_data", "redis_data"):
        await deployed.engine.run("docker", "volume", "rm", f"maratang_{volume}")
    damaged = damaged_copy(backup)
    status, said = await deployed.command("sh", RESTORE, str(damaged))
    assert (status, "checksum" in said) == (1, True), said

    began = time.monotonic()
    log.info("%s", await deployed.done("sh", RESTORE, str(backup)))
    await deployed.start()
    log.info("a fresh volume, restore.sh and start_prod.sh: %.0f s", time.monotonic() - began)
    async with browser(deployed.url) as http:
        for (game_id, turn), text in known.items():
            kept = await Player(http, seen.tokens[game_id]).get(f"/v1/games/{game_id}/turns/{turn}")
            assert kept["telling"]["text"] == text, (game_id, turn)
    game_id, _ = next(iter(known))
    game = await _game(deployed, seen.tokens[game_id], game_id)
    if game["status"] == "ACTIVE":
        await played_on(deployed, seen.tokens[game_id], game_id)


def damaged_copy(backup: Path) -> Path:
    """A backup one bit of which is another."""
    damaged = backup.with_name("damaged.dump")
    for suffix in ("", ".rows", ".sha256"):
        body = Path(f"{backup}{suffix}").read_bytes().replace(backup.name.encode(), damaged.name.encode())
        Path(f"{damaged}{suffix}").write_bytes(body if suffix else body[:-1] + bytes([body[-1] ^ 1]))
    return damaged


async def _game(on: Deployment, token: str, game_id: str) -> dict:
    async with browser(on.url) as http:
        return await Player(http, token).get(f"/v1/games/{game_id}")


async def test_each_container_may_be_killed_and_play_goes_on(deployed: Deployment):
    async with playing(deployed.url, 6, tolerant=True) as seen:
        for service in (*SERVICES, "redis", "db"):
            await more_turns(seen, 5)
            container = await deployed.container(service)
            pid = (await deployed.engine.run("docker", "inspect", "--format", "{{.State.Pid}}", container)).strip()
            began = time.monotonic()
            # The process itself, as when it crashes or memory runs out: what `docker kill` ends stays ended.
            os.kill(int(pid), signal.SIGKILL)
            await more_turns(seen, 6)
            log.info("%s killed: 6 more turns after %.1f s", service, time.monotonic() - began)
    log.info("%d turns, %d streams resumed, %d lost", seen.turns, seen.resumed, len(seen.lost))
    assert seen.failed == []
    assert seen.lost == []
    async with browser(deployed.url) as http:
        for (game_id, turn), text in seen.stored.items():
            kept = await Player(http, seen.tokens[game_id]).get(f"/v1/games/{game_id}/turns/{turn}")
            assert kept["telling"]["text"] == text, (game_id, turn)


async def test_the_set_comes_back_by_itself_when_the_engine_does(deployed: Deployment):
    async with browser(deployed.url) as http:
        player = await sign_in(http)
        await player.begin(locale="ko")
        turn = (await player.turn("외투 주머니를 뒤져 본다"))[-1].data["turn"]
    began = time.monotonic()
    await deployed.engine.stop()
    await deployed.engine.start()
    await deployed.until_ready(degraded="", within=180)
    log.info("engine stopped and started: ready after %.0f s", time.monotonic() - began)
    assert (await played_on(deployed, player.token, player.game_id))["turn"] == turn + 1


async def test_with_certificates_tls_is_served_and_plain_http_leads_there(deployed: Deployment):
    trusting = deployed.certify()
    deployed.write_settings(COMPOSE_PROFILES="backup", BACKUP_FOLDER="./kept")
    await deployed.start()
    port = deployed.settings["HTTPS_PORT"]
    async with httpx.AsyncClient(verify=trusting, trust_env=False) as http:
        answer = await http.get(f"https://localhost:{port}/readyz")
        assert (answer.status_code, "max-age" in answer.headers["strict-transport-security"]) == (200, True)
        led = await http.get(f"{deployed.url}/v1/scenarios")
        assert (led.status_code, led.headers["location"]) == (308, "https://127.0.0.1/v1/scenarios")

    async def backed_up() -> bool:
        return bool(list((deployed.folder / "kept").glob("*.sha256")))

    await eventually(backed_up, within=60)


async def test_taken_down_the_volumes_stay(deployed: Deployment):
    await deployed.compose("down")
    assert await deployed.engine.run("docker", "ps", "--all", "--quiet") == ""
    volumes = await deployed.engine.run("docker", "volume", "ls", "--quiet")
    assert {"maratang_postgres_data", "maratang_redis_data"} <= set(volumes.split())
