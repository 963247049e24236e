"""The `maratang scenario` command."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.game.authoring import checking, drawing, formatting, mutating, playing, schemas, skeleton, testing

scenario = typer.Typer(
    help="Write, prove and try scenario packs; no server is needed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Packs = Annotated[list[Path], typer.Argument(help="Folders with a pack in each.")]
Pack = Annotated[Path, typer.Argument(help="A folder with a pack.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

_EXITS = "Exits with 0 when all is well, 1 when something was found, 2 when a pack can't be read."


@scenario.command(epilog=_EXITS)
def check(
    paths: Packs,
    *,
    seconds: Annotated[float, typer.Option(help="How long a proof may take, for each pack.", min=1)] = 60,
    as_json: AsJson = False,
) -> None:
    """Compile packs, prove them, run their tests.

    Every mistake is told with file, line and column; then what nobody can reach and why, where a player would be stuck, what a model
    could give away, and the shortest ways to the endings.
    """
    results = [checking.checked(path, seconds=seconds, console=None if as_json else _stderr()) for path in paths]
    if as_json:
        print(json.dumps([result.to_plain() for result in results], ensure_ascii=False, indent=2))  # noqa: T201 (it is what was asked for)
    else:
        for result in results:
            checking.show(result, _stdout())
    raise typer.Exit(max(result.exit_code for result in results))


@scenario.command("test", epilog=_EXITS)
def run_tests(paths: Packs, *, as_json: AsJson = False) -> None:
    """Run packs' own tests: witnesses of endings, transcripts, what must fail."""
    results = [testing.tested(path) for path in paths]
    if as_json:
        print(json.dumps([result.to_plain() for result in results], ensure_ascii=False, indent=2))  # noqa: T201 (it is what was asked for)
    else:
        for result in results:
            testing.show(result, _stdout())
    raise typer.Exit(max(result.exit_code for result in results))


@scenario.command(epilog=_EXITS)
def mutate(
    paths: Packs,
    *,
    at_least: Annotated[float, typer.Option(help="The percentage that has to be caught.", min=0, max=100)] = 90,
    sample: Annotated[int | None, typer.Option(help="Try only so many, which the seed chooses.", min=1)] = None,
    seed: Annotated[str, typer.Option(help="What the sample is chosen by.")] = "",
    jobs: Annotated[int | None, typer.Option(help="How many processes; by default one for each processor.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Leave each rule, effect and condition of packs out in turn, and see which of their own tests notice.

    Whatever stands under a key or in a list is left out, and each part of a condition, but the words. What leaves no pack is not viable and
    not counted, nor what changes nothing. For the rest: what no test noticed, with file, line and column, and how much was caught.
    """
    results = [mutating.watched(path, sample=sample, seed=seed, jobs=jobs, console=_stderr()) for path in paths]
    if as_json:
        plain = [result.to_plain(at_least) for result in results]
        print(json.dumps(plain, ensure_ascii=False, indent=2))  # noqa: T201 (it is what was asked for)
    else:
        for result in results:
            mutating.show(result, at_least, _stdout())
    raise typer.Exit(max(result.exit_code(at_least) for result in results))


@scenario.command()
def play(
    path: Pack,
    *,
    locale: Annotated[str, typer.Option(help="The language to play in: ko or en.")] = "ko",
    seed: Annotated[str, typer.Option(help="What chance goes by: the same seed, the same game.")] = "maratang",
    save: Annotated[
        Path | None, typer.Option(help="Write here what was played, for the pack's tests/: a witness, if the game ended.")
    ] = None,
) -> None:
    """Play a pack in this terminal. Words or a suggestion's number; /undo, /help, /quit. Reads commands from a pipe as well."""
    raise typer.Exit(playing.play_pack(path, locale=locale, seed=seed, save=save, console=_stdout()))


@scenario.command()
def new(
    path: Annotated[Path, typer.Argument(help="The folder to make; its name becomes the pack's id.")],
    *,
    title: Annotated[str | None, typer.Option(help="The game's title.")] = None,
) -> None:
    """Write a small game that works, to begin with."""
    raise typer.Exit(skeleton.write(path, title=title, console=_stdout(), errors=_stderr()))


@scenario.command()
def graph(
    path: Pack,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the SVG; by default <id>.svg here.")] = None,
    locale: Annotated[str, typer.Option(help="The language of its words: ko or en.")] = "ko",
    seconds: Annotated[float, typer.Option(help="How long to look for ways to the endings.", min=1)] = 60,
) -> None:
    """Draw a pack: its places, doors and locks, and a way to each ending."""
    raise typer.Exit(drawing.draw(path, output=output, locale=locale, seconds=seconds, console=_stderr()))


@scenario.command()
def schema(
    file: Annotated[str | None, typer.Argument(help="A file of a pack, such as items.yaml; without it, all are listed.")] = None,
    *,
    write: Annotated[Path | None, typer.Option(help="Write the schemas of all files into this folder.")] = None,
) -> None:
    """Print the JSON Schema of a pack's file, for editors."""
    raise typer.Exit(schemas.give(file, write=write, console=_stdout(), errors=_stderr()))


@scenario.command(epilog="Exits with 1 when --check finds something to change.")
def fmt(paths: Packs, *, check: Annotated[bool, typer.Option("--check", help="Change nothing, only tell.")] = False) -> None:
    """Bring packs into the usual form: order of keys, indentation. Comments and texts stay."""
    raise typer.Exit(max(formatting.formatted(path, only_check=check, console=_stdout()) for path in paths))


def _stdout() -> Console:
    return Console(soft_wrap=True, highlight=False)


def _stderr() -> Console:
    return Console(stderr=True, soft_wrap=True, highlight=False)
