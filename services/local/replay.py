"""`maratang replay`: a game recomputed from its log, by the game service that holds it."""

import asyncio
import json
from typing import Annotated

import typer
from maratang.game.v1 import admin_service_pb2 as pb
from maratang.game.v1.admin_service_pb2_grpc import AdminServiceStub
from rich.console import Console

from services.chassis import errors
from services.chassis.clients import connect
from services.chassis.config import Secret
from services.local.reaching import Address, CredentialFile, reached

_DIFFERS = 1
_UNREACHED = 2


def replay(
    game: Annotated[str, typer.Argument(help="The game's id.")],
    *,
    address: Address = None,
    credential_file: CredentialFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Recompute a game from its log and say what differs from what is stored. Exit status 0: nothing; 1: something; 2: not reached."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    try:
        report = asyncio.run(_report(game, *reached("game", address, credential_file)))
    except errors.Failure as failed:
        Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(f"{failed.reason}: {failed.message}", style="red")
        raise typer.Exit(_UNREACHED) from None
    if as_json:
        console.print(json.dumps({"gameId": report.game_id, "rows": report.rows, "differences": list(report.differences)}))
    else:
        console.print(f"{report.rows} rows of game {report.game_id} replayed: {_said(len(report.differences))}")
        for difference in report.differences:
            console.print(f"  {difference}")
    raise typer.Exit(_DIFFERS if report.differences else 0)


def _said(differences: int) -> str:
    if not differences:
        return "every state and every event is as it is stored"
    return f"{differences} {'difference' if differences == 1 else 'differences'}"


async def _report(game: str, address: str, credential: Secret) -> pb.ReplayReport:
    async with connect(address, credential=credential) as channel:
        report: pb.ReplayReport = await AdminServiceStub(channel).ReplayGame(pb.ReplayGameRequest(game_id=game))
    return report
