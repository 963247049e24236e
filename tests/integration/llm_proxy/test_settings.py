"""Roles that are pointed elsewhere: live at once, on every replica, without a restart, and kept."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from maratang.llm_proxy.v1 import admin_service_pb2 as pb
from maratang.llm_proxy.v1 import generation_service_pb2
from maratang.persistence.v1 import admin_service_pb2 as archive
from maratang.persistence.v1 import admin_service_pb2_grpc as archive_rpcs

from services.chassis import context, errors
from services.chassis.app import Address, Offer, serving
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.chassis.resources import Resources
from services.persistence import migrating
from services.persistence.config import PersistenceConfig
from services.persistence.wiring import bind
from tests.integration.llm_proxy.conftest import CREDENTIAL, Client, proxy_before, under_way
from tests.support import fault_server as faulty
from tests.support.eventually import eventually
from tests.support.fault_server import FaultServer, fault_server
from tests.support.servers import PROJECT, free_port

pytestmark = pytest.mark.anyio
WITHIN = 5.0
"""Seconds in which a change is live everywhere."""


class Kept:
    """The persistence service, which may go away and come back at the same port."""

    def __init__(self, database_url: str) -> None:
        self._config = PersistenceConfig(service_credential=CREDENTIAL, listen_internal="", database_url=Secret(database_url))
        self._stack = contextlib.AsyncExitStack()
        self.address = f"127.0.0.1:{free_port()}"

    async def come(self) -> None:
        async def wired(resources: Resources) -> Offer:
            self._registry = resources.metrics.registry
            return await bind(self._config)(resources)

        await self._stack.enter_async_context(serving(wired, Address(internal=self.address), grace=0.1))

    async def go(self) -> None:
        await self._stack.aclose()

    async def until_asked_twice(self) -> None:
        """Returns when somebody has looked twice more what is set."""

        def looks() -> float:
            labels = {
                "grpc_type": "unary",
                "grpc_service": "maratang.persistence.v1.ModelBackendService",
                "grpc_method": "ListModelBackends",
                "grpc_code": "OK",
            }
            return self._registry.get_sample_value("grpc_server_handled_total", labels) or 0.0

        before = looks()

        async def twice() -> bool:
            return looks() >= before + 2

        assert await eventually(twice, within=4 * WITHIN)

    async def audit(self) -> list[tuple[str, str, str, str, str]]:
        async with connect(self.address, credential=CREDENTIAL) as channel:
            request = archive.ListAuditEntriesRequest(subject="llm.base")
            page = await archive_rpcs.AdminServiceStub(channel).ListAuditEntries(request)
        return [(one.actor, one.method, one.reason, one.before_json, one.after_json) for one in page.entries]


@pytest.fixture
async def kept(empty_database_url: str) -> AsyncIterator[Kept]:
    await migrating.upgrade(Secret(empty_database_url))
    kept = Kept(empty_database_url)
    await kept.come()
    yield kept
    await kept.go()


@pytest.fixture
async def other() -> AsyncIterator[FaultServer]:
    async with fault_server(base="other") as server:
        yield server


async def point(client: Client, *urls: str, name: str = "base", request_id: str = "") -> generation_service_pb2.Backend:
    request = pb.SetBackendRequest(name=name, urls=urls, reason="the tunnel is new", request_id=request_id)
    return await client.admin.SetBackend(request, metadata=((context.OPERATOR, "minji"),))


async def until_asks(client: Client, server: FaultServer) -> None:
    """Returns when texts come from this server."""

    async def asks() -> bool:
        before = len(server.asked)
        await client.whole()
        return len(server.asked) > before

    assert await eventually(asks, within=WITHIN)


async def test_a_change_is_live_on_every_replica_audited_and_survives_a_restart(kept: Kept, base: FaultServer, other: FaultServer):
    async with proxy_before(base=(base.url,), kept=kept.address) as one, proxy_before(base=(base.url,), kept=kept.address) as two:
        await asyncio.gather(until_asks(one, base), until_asks(two, base))
        changed = await point(one, other.url)
        assert (await one.whole()).generation.model == "other"
        await until_asks(two, other)

        assert [server.url for server in changed.servers if server.state != generation_service_pb2.BackendServer.DRAINING] == [
            other.url + "/v1"
        ]
        assert changed.revision > 0
    async with proxy_before(base=(base.url,), kept=kept.address) as again:
        await until_asks(again, other)

    assert await kept.audit() == [("minji", "SetBackend", "the tunnel is new", "", f'{{"urls": ["{other.url}/v1"]}}')]


async def test_a_change_yields_to_urls_that_changed_in_the_environment_since(kept: Kept, base: FaultServer, other: FaultServer):
    async with proxy_before(base=(other.url,), kept=kept.address) as before:
        await point(before, other.url + "/elsewhere")
    async with proxy_before(base=(base.url,), kept=kept.address) as after:
        await until_asks(after, base)
        await kept.until_asked_twice()

        assert (await after.whole()).generation.model == "gemma"
        assert (await after.backend("base")).revision == 0


async def test_while_persistence_is_away_all_stays_as_it_is_and_nothing_can_be_set(kept: Kept, base: FaultServer, other: FaultServer):
    async with proxy_before(base=(base.url,), kept=kept.address) as client:
        await point(client, other.url)
        await kept.go()
        with pytest.raises(errors.Failure) as caught:
            await point(client, base.url)
        assert caught.value.reason in {"SERVICE_UNAVAILABLE", "DEADLINE_EXCEEDED"}
        assert (await client.whole()).generation.model == "other"

        await kept.come()

        async def set_again() -> bool:
            with contextlib.suppress(errors.Failure):
                await point(client, base.url)
                return True
            return False

        assert await eventually(set_again, within=4 * WITHIN)
        assert (await client.whole()).generation.model == "gemma"


async def test_the_same_request_again_is_one_change(kept: Kept, base: FaultServer, other: FaultServer):
    async with proxy_before(base=(base.url,), kept=kept.address) as client:
        first = await point(client, other.url, request_id="k")
        await point(client, base.url, request_id="l")
        again = await point(client, other.url, request_id="k")

    assert again.revision > first.revision
    assert again.servers[0].url == base.url + "/v1"
    assert len(await kept.audit()) == 2


async def test_fifty_live_streams_end_where_they_began_and_new_ones_begin_elsewhere(kept: Kept, base: FaultServer, other: FaultServer):
    go_on = asyncio.Event()

    async def slowly(exchange: faulty.Exchange) -> None:
        exchange.head(headers=faulty.STREAM)
        exchange.token("하나")
        await go_on.wait()
        exchange.token(" 둘", finish="stop")
        exchange.end()

    base.behaviour = slowly
    async with (
        proxy_before(base=(base.url,), kept=kept.address, at_first=64) as client,
        under_way(*(client.apart().stream() for _ in range(50))) as live,
    ):
        async with asyncio.timeout(30):
            await base.until(50)
        changed = await point(client, other.url)
        assert {server.state for server in changed.servers} >= {generation_service_pb2.BackendServer.DRAINING}
        assert (await client.whole()).generation.model == "other"
        go_on.set()
        ended = await asyncio.gather(*live)

        async def drained() -> bool:
            return len((await client.backend("base")).servers) == 1

        assert await eventually(drained)

    assert {("".join(pieces), made.model) for pieces, made in ended} == {("하나 둘", "gemma")}


async def test_several_urls_share_the_work_and_an_adapter_is_found_where_it_is(kept: Kept, base: FaultServer, other: FaultServer):
    async with fault_server(base="gemma-lora", adapters=("joseon",)) as lora, proxy_before(kept=kept.address) as client:
        await point(client, base.url, other.url)
        await point(client, lora.url, name="lora")
        assert (await client.whole(adapter="joseon", required=True)).generation.model == "joseon"
        base.behaviour = other.behaviour = faulty.streams("하나", then=faulty.silent)
        async with asyncio.timeout(30), under_way(*(client.apart().stream() for _ in range(4))):
            await asyncio.gather(base.until(2), other.until(2))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "other"}, ["name"]),
        ({"name": "base", "urls": ["ftp://h"]}, ["urls[0]"]),
        ({"name": "base", "urls": ["http://a", "http://user:pass@h"]}, ["urls[1]"]),
        ({"name": "base", "urls": ["http://a"] * 17}, ["urls"]),
        ({"name": "base", "reason": "x" * 501, "request_id": "x" * 65}, ["reason", "requestId"]),
    ],
)
async def test_what_can_t_be_set_is_named(client: Client, fields: dict[str, object], wrong: list[str]):
    with pytest.raises(errors.Invalid) as caught:
        await client.admin.SetBackend(pb.SetBackendRequest(**fields))

    assert [one.field for one in caught.value.violations] == wrong


async def test_without_persistence_nothing_can_be_set(client: Client):
    with pytest.raises(errors.Unavailable):
        await client.admin.SetBackend(pb.SetBackendRequest(name="base", urls=["http://h"]))


async def test_whoever_watches_hears_of_every_change(base: FaultServer, client: Client):
    seen: list[int] = []
    done = asyncio.Event()

    async def watch() -> None:
        async for said in client.admin.WatchBackends(pb.WatchBackendsRequest()):
            seen.append(said.backends[0].state)
            if seen[-1] == generation_service_pb2.Backend.FAILING:
                done.set()

    async with asyncio.timeout(30), under_way(watch()):
        await client.whole()
        base.behaviour = base.models = faulty.answers(404, "gone", ngrok_error_code="ERR_NGROK_3200")
        with pytest.raises(errors.Unavailable):
            await client.whole()
        await done.wait()

    assert generation_service_pb2.Backend.READY in seen


async def test_what_models_were_asked_and_gave_is_kept_even_if_persistence_was_away(kept: Kept, base: FaultServer):
    async with proxy_before(base=(base.url,), kept=kept.address) as client:
        await client.whole(purpose=generation_service_pb2.GenerateRequest.PURPOSE_CHOICE)
        base.behaviour = faulty.answers(400, "{}")
        with pytest.raises(errors.Invalid):
            await client.stream()
    async with connect(kept.address, credential=CREDENTIAL) as channel:
        answer = await archive_rpcs.AdminServiceStub(channel).ListModelStatistics(archive.ListModelStatisticsRequest())

    found = {(one.purpose, one.model, one.outcome, one.calls, one.prompt_tokens, one.completion_tokens) for one in answer.statistics}
    assert found == {(3, "gemma", "OK", 1, 7, 3), (1, "gemma", "INVALID_PROMPT", 1, 0, 0)}


async def test_the_operator_s_command_shows_and_sets(kept: Kept, base: FaultServer, other: FaultServer, tmp_path: Path):
    (tmp_path / "credential").write_text(CREDENTIAL.reveal())

    async def maratang(port: int, *words: str) -> tuple[int | None, str]:
        command = ("-m", "services.local", "backends", "--address", f"127.0.0.1:{port}", "--credential-file", str(tmp_path / "credential"))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, *words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "200"},  # noqa: TID251  children inherit it
        )  # fmt: skip
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    async with proxy_before(base=(base.url,), kept=kept.address) as client:
        await client.whole()
        code, table = await maratang(client.port)
        assert (code, "gemma" in table, f"{base.url}/v1" in table, "READY" in table) == (0, True, True, True), table

        code, table = await maratang(client.port, "set", "base", other.url, "--reason", "moved")
        assert (code, f"{other.url}/v1" in table) == (0, True), table
        assert (await client.whole()).generation.model == "other"

    assert (await kept.audit())[0][2] == "moved"
    code, said = await maratang(free_port())
    assert (code, "SERVICE_UNAVAILABLE" in said) == (2, True), said
