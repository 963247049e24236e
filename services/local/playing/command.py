"""`maratang play`: the terminal client's command."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from maratang_client import Foreign, MaratangError, Problem
from services.chassis.config import load_or_exit
from services.local.playing.harmless import HarmlessClient
from services.local.playing.lobby import Left, Lobby, Wishes
from services.local.playing.reader import Reader
from services.local.playing.saved import Profile
from services.local.playing.screen import Screen
from services.local.playing.session import Session
from services.local.playing.settings import PlayingConfig
from services.local.playing.words import Language

_INTERRUPTED = 130
"""The exit status of what Ctrl-C ended, as shells have it."""


def play(
    *,
    url: Annotated[
        str | None, typer.Option(help="서버 주소. 없으면 http://127.0.0.1:$MARATANG_PORT (8000) / where the server is", show_default=False)
    ] = None,
    lang: Annotated[
        Language | None,
        typer.Option(help="화면과 새 게임의 언어. 없으면 터미널의 언어 / language of the screen and of new games", show_default=False),
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="목록 없이 바로 시작할 시나리오 / the scenario to play, by its id")] = None,
    new: Annotated[bool, typer.Option("--new", help="지난 게임을 잇지 않고 새로 시작 / begin a new game instead of going on")] = False,
    profile: Annotated[
        Path | None,
        typer.Option(help="손님과 게임을 기억할 파일. 없으면 $MARATANG_HOME/player.json / the file that remembers you", show_default=False),
    ] = None,
) -> None:
    """터미널에서 게임을 합니다. Play in this terminal."""
    config = load_or_exit(PlayingConfig)
    server = url or f"http://127.0.0.1:{config.port}"
    if "://" not in server:
        server = f"http://{server}"
    if not server.startswith(("http://", "https://")):
        raise typer.BadParameter(f"{server} is no http:// or https:// address", param_hint="--url")
    _forgive(sys.stdin, sys.stdout)
    console = Console(highlight=False, emoji=False, markup=False)
    screen = Screen(console, lang or config.language)
    raise typer.Exit(
        _played(server.rstrip("/"), profile or config.home / "player.json", screen, console, Wishes(scenario=scenario, new=new))
    )


def _played(url: str, file: Path, screen: Screen, console: Console, wishes: Wishes) -> int:
    """Plays; the exit status."""
    session: Session | None = None
    reached = False
    try:
        with HarmlessClient(url, waiting=lambda: screen.warns(screen.words.waiting)) as client:
            reader = Reader(sys.stdin, lambda line: console.print(Text(line)))
            session = Session(client, Lobby(client, Profile(file, url), screen, reader), screen, reader)
            try:
                session.run(wishes)
            finally:
                reached = client.reached
    except (Left, EOFError):
        status = 0
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except MaratangError as failed:
        screen.warns(_said(failed, screen, url, reached=reached))
        return 1
    screen.blank()
    screen.says(screen.words.goodbye_playing if session is not None and session.playing else screen.words.goodbye)
    return status


def _said(failed: MaratangError, screen: Screen, url: str, *, reached: bool) -> str:
    words = screen.words
    match failed:
        case Problem(reason=reason, detail=detail):
            return words.problems.get(reason) or words.failed.format(detail=detail or failed)
        case Foreign():
            return words.foreign.format(url=url)
        case _:
            return (words.unreachable if reached else words.unreachable_first).format(url=url)


def _forgive(*streams: object) -> None:
    """What a terminal's encoding has no letters for becomes a question mark, not an end of the game."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
