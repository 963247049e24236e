"""`maratang backends`: the model servers as llm_proxy sees them, and where its roles point."""

import asyncio
import getpass
import secrets
from collections.abc import Iterator
from typing import Annotated

import typer
from maratang.llm_proxy.v1 import admin_service_pb2
from maratang.llm_proxy.v1 import generation_service_pb2 as pb
from maratang.llm_proxy.v1.admin_service_pb2_grpc import AdminServiceStub
from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceStub
from rich.console import Console
from rich.table import Table

from services.chassis import context, errors
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.local.reaching import Address, CredentialFile, reached

_FAILING = 1
_UNREACHED = 2

backends = typer.Typer(
    help="The model servers as llm_proxy sees them; with `set`, where a role points.", invoke_without_command=True, add_completion=False
)


@backends.callback()
def show(chosen: typer.Context, *, address: Address = None, credential_file: CredentialFile = None) -> None:
    """Show the model servers. Exit status 0: every role that has servers serves; 1: one does not; 2: llm_proxy was not reached."""
    if chosen.invoked_subcommand is not None:
        chosen.obj = (address, credential_file)
        return
    try:
        found = asyncio.run(_backends(*reached("llm_proxy", address, credential_file)))
    except errors.Failure as failed:
        _give_up(failed)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(_table(found))
    raise typer.Exit(_FAILING if any(one.state == pb.Backend.FAILING for one in found) else 0)


@backends.command("set")
def set_(
    chosen: typer.Context,
    role: Annotated[str, typer.Argument(help="base or lora")],
    urls: Annotated[list[str] | None, typer.Argument(help="The servers' URLs; none: the role has no server.")] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit.")] = "",
) -> None:
    """Point a role at other model servers: on every replica within 5 s, without a restart, with an entry in the audit."""
    request = admin_service_pb2.SetBackendRequest(name=role, urls=urls or (), reason=reason, request_id=secrets.token_hex(16))
    try:
        answer = asyncio.run(_set(request, *reached("llm_proxy", *chosen.obj)))
    except errors.Failure as failed:
        _give_up(failed)
    Console(soft_wrap=True, highlight=False, markup=False).print(_table([answer]))


async def _backends(address: str, credential: Secret) -> list[pb.Backend]:
    async with connect(address, credential=credential) as channel:
        answer = await GenerationServiceStub(channel).GetBackends(pb.GetBackendsRequest())
    return list(answer.backends)


async def _set(request: admin_service_pb2.SetBackendRequest, address: str, credential: Secret) -> pb.Backend:
    async with connect(address, credential=credential) as channel:
        answer: pb.Backend = await AdminServiceStub(channel).SetBackend(request, metadata=((context.OPERATOR, getpass.getuser()),))
    return answer


def _give_up(failed: errors.Failure) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(f"{failed.reason}: {failed.message}", style="red")
    raise typer.Exit(_UNREACHED) from None


def _table(found: list[pb.Backend]) -> Table:
    headings = ("role", "server or model", "state", "in flight", "limit", "first token p50/p95", "last error")
    table = Table(box=None, header_style="bold")
    for heading in headings:
        # An address or a reason that is cut short is of no use.
        table.add_column(heading, overflow="fold")
    for backend in found:
        for row in _rows(backend):
            table.add_row(*row)
    return table


def _rows(backend: pb.Backend) -> Iterator[tuple[str, ...]]:
    state = pb.Backend.State.Name(backend.state)
    yield (backend.name, f"set by an operator, revision {backend.revision}" if backend.revision else "", state, "", "", "", backend.reason)
    for server in backend.servers:
        age = f", {server.last_error_age_seconds} s ago" if server.HasField("last_error_age_seconds") else ""
        state = pb.BackendServer.State.Name(server.state)
        yield ("", server.url, state, str(server.in_flight), str(server.limit), "", f"{server.last_error}{age}")
        for model in server.models:
            pace = f"{model.first_token_p50_ms}/{model.first_token_p95_ms} ms" if model.HasField("first_token_p50_ms") else ""
            yield ("", f"  {model.name}", pb.BackendServer.State.Name(model.state), "", "", pace, model.reason)
