"""The `maratang` command."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console

from services.chassis.config import load_or_exit
from services.game.authoring.command import scenario
from services.local import background, up
from services.local.backends import backends
from services.local.config import LocalConfig
from services.local.doctor.command import doctor
from services.local.parts import PartError
from services.local.playing.command import play
from services.local.record import AlreadyRunningError, Home
from services.local.replay import replay
from services.local.status import show
from services.local.wording import Say

main = typer.Typer(
    help="Maratang: story games that a rule engine decides and a language model tells.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
main.command()(play)
main.command()(replay)
main.command()(doctor)
main.add_typer(scenario, name="scenario")
main.add_typer(backends, name="backends")


@main.command("up")
def up_command(*, detach: Annotated[bool, typer.Option(help="Return when all is ready, and leave it running.")] = False) -> None:
    """Run the whole system on this machine, on parts that came with it."""
    with _explained():
        config = _config()
        try:
            if detach:
                background.start(config, _console())
            else:
                up.run(config, Say(_console()))
        except AlreadyRunningError:
            record = Home(config.home).read()
            where = config.url if record is None else record.url
            _console().print(f"Maratang already runs from {config.home}: {where}  (make status, make down)", highlight=False)


@main.command()
def down() -> None:
    """Stop the system in order; games are kept."""
    with _explained():
        if not background.stop(Home(_config().home), _console()):
            raise typer.Exit(1)


@main.command()
def status() -> None:
    """Show the parts, their processes, ports and health; exit 1 when something is not well."""
    with _explained():
        if not show(_config(), _console()):
            raise typer.Exit(1)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except PartError as error:
        _fail(str(error))
    except PermissionError as error:
        _fail(f"{error.filename} belongs to another user. Run this as that user, or keep other data with MARATANG_HOME=<folder>")


def _config() -> LocalConfig:
    config = load_or_exit(LocalConfig)
    return dataclasses.replace(config, home=config.home.absolute(), scenarios=config.scenarios.absolute())


def _console() -> Console:
    return Console(soft_wrap=True)


def _fail(message: str) -> None:
    Console(stderr=True, soft_wrap=True).print(message, style="red", markup=False, highlight=False)
    raise typer.Exit(1)
