"""What the supervisor says in the terminal."""

from rich.console import Console

from services.local.config import LocalConfig
from services.local.model import Lack
from services.local.supervisor import News, State


class Say:
    """One line for each thing that a person wants to know."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def news(self, news: News) -> None:
        """A part came to another state."""
        part, ports = news.part, ", ".join(f"{what} {port}" for what, port in news.part.ports.items())
        match news.state:
            case State.STARTING if news.pid is None:
                self._line(f"  [dim]… {part.name} starts[/]" + (" again" if news.restarts else ""))
            case State.READY:
                self._line(f"  [green]✓[/] {part.name:<12} {news.seconds:4.1f} s   [dim]{ports}[/]")
            case State.DONE:
                self._line(f"  [green]✓[/] {part.name:<12} {news.seconds:4.1f} s   [dim]done[/]")
            case State.ENDED:
                self._line(f"  [yellow]![/] {part.name} ended {news.why}; it is started again")
            case State.STOPPED:
                self._line(f"  [dim]- {part.name} stopped[/]")

    def ready(self, config: LocalConfig) -> None:
        """All parts are up."""
        self._line(f"\n[bold green]Maratang is up: {config.url}[/]")
        self._line("  play in a terminal   make play   (or: maratang play --lang en)")
        self._line(f"  with curl            curl -X POST {config.url}/v1/players:guest")
        self._line(f"  the interface        {config.url}/docs")
        self._line(f"  logs                 {config.home / 'logs'}")
        self._line("  stop                 make down, or Ctrl-C here; games are kept and go on with the next make up\n")

    def no_model(self, lack: Lack) -> None:
        """It goes on without a model."""
        self._line(f"  [yellow]![/] {lack.what} is missing: the packs' own lines tell. This adds it: {lack.command}")
        self._line("    or name a model server of your own: VLLM_BASE_URL=http://host:8000 make up")

    def orphans(self, names: list[str]) -> None:
        """An earlier supervisor died and left parts."""
        self._line(f"  [yellow]![/] the last run ended without a word; ended what it left: {', '.join(names)}")

    def stopping(self) -> None:
        """It was told to stop."""
        self._line("\nstopping: turns under way get to finish (again to stop at once; nothing is lost either way)")

    def stopped(self) -> None:
        """Everything ended."""
        self._line("stopped; the games are kept")

    def _line(self, text: str) -> None:
        self._console.print(text, highlight=False, soft_wrap=True)
