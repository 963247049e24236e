"""The table of what runs."""

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.local.config import LocalConfig
from services.local.embedded import SERVICES
from services.local.record import Home, PartRecord

_HEALTH_WITHIN_SECONDS = 2


def show(config: LocalConfig, console: Console) -> bool:
    """Prints the parts; whether all is well."""
    home = Home(config.home)
    record = home.read()
    if not home.running or record is None:
        console.print(f"nothing runs from {config.home}; make up starts it")
        return False
    table = Table("part", "state", "pid", "ports of 127.0.0.1", "health", "restarts", box=None, header_style="bold")
    well = record.ready
    for part in record.parts:
        health = _health(part)
        well = well and health in {"", "SERVING"}
        ports = ", ".join(f"{port} {what}" for what, port in part.ports.items())
        table.add_row(part.name, part.state, str(part.pid or ""), ports, health, str(part.restarts or ""))
    console.print(table)
    console.print(f"\n{record.url} is {'ready' if well else 'not ready'}; supervisor {record.pid}, logs in {home.logs}", highlight=False)
    return well


def _health(part: PartRecord) -> str:
    if part.name not in SERVICES:
        return "" if part.state == "done" or part.alive else "gone"
    with grpc.insecure_channel(f"127.0.0.1:{part.ports['internal gRPC']}") as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_HEALTH_WITHIN_SECONDS)
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code.name
    name: str = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    return name
