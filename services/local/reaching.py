"""Where an operator's command finds a service: as it was told, or where the system on this machine has it."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from services.chassis import errors
from services.chassis.config import Secret, load_or_exit
from services.local.config import LocalConfig
from services.local.credentials import credentials
from services.local.record import Home

Address: TypeAlias = Annotated[
    str | None, typer.Option(help="The service's internal gRPC, host:port; else that of `make up` on this machine.")
]
CredentialFile: TypeAlias = Annotated[
    Path | None, typer.Option(help="A file with the services' credential, where the address is not this machine's.", dir_okay=False)
]


def reached(service: str, address: str | None, credential_file: Path | None) -> tuple[str, Secret]:
    """A service's address and the credential. Raises errors.Unavailable where nothing runs on this machine."""
    home = Home(load_or_exit(LocalConfig).home)
    if address is None:
        record = home.read()
        part = None if record is None else next((one for one in record.parts if one.name == service and one.alive), None)
        if part is None:
            raise errors.Unavailable("SERVICE_UNAVAILABLE", f"nothing runs from {home.folder}: make up, or name one with --address")
        address = f"127.0.0.1:{part.ports['internal gRPC']}"
    if credential_file is not None:
        return address, Secret(credential_file.read_text(encoding="utf-8").strip())
    return address, credentials(home.credentials_file).service
