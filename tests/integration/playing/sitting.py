"""A player at a terminal that keeps what it shows."""

import asyncio
import io
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from services.local.playing.harmless import HarmlessClient
from services.local.playing.lobby import Left, Lobby, Wishes
from services.local.playing.reader import Reader
from services.local.playing.saved import Profile
from services.local.playing.screen import Screen
from services.local.playing.session import Session
from services.local.playing.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """What was on the screen in the end, and whether a game was left under way."""

    screen: str
    playing: bool

    def after(self, line: str) -> str:
        """What was shown after a line was written, until the next one was."""
        return self.screen.split(f"> {line}\n", 1)[1].split("\n> ", 1)[0]


async def sit(
    url: str,
    folder: Path,
    *lines: str,
    language: Language = Language.KO,
    wishes: Wishes | None = None,
    terminal: bool = False,
    patience_seconds: float = 3.0,
) -> Sat:
    """Writes these lines, then no more; whatever else than leaving ends the sitting is raised."""
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=terminal, width=80, highlight=False, emoji=False, markup=False, color_system=None)
    screen = Screen(console, language)

    def play() -> bool:
        with HarmlessClient(url, waiting=lambda: screen.warns(screen.words.waiting), patience_seconds=patience_seconds) as client:
            reader = Reader(io.StringIO("".join(f"{line}\n" for line in lines)), lambda line: console.print(Text(line)))
            session = Session(client, Lobby(client, Profile(folder / "player.json", url), screen, reader), screen, reader)
            try:
                session.run(wishes or Wishes())
            except (Left, EOFError):
                return session.playing

    playing = await asyncio.to_thread(play)
    return Sat(screen=shown.getvalue(), playing=playing)
