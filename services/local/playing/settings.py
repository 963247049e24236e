"""What the client takes from its environment."""

from pathlib import Path

from services.chassis.config import configuration, setting
from services.local.playing.words import Language


@configuration
class PlayingConfig:
    """The client's settings; the command's options go before them."""

    port: int = setting("MARATANG_PORT", default=8000)
    """Where `make up` listens on this machine."""
    home: Path = setting("MARATANG_HOME", default=Path(".maratang"))
    """Where the player is remembered."""
    lc_all: str | None = setting("LC_ALL", default=None)
    lc_messages: str | None = setting("LC_MESSAGES", default=None)
    lang: str | None = setting("LANG", default=None)
    """The terminal's language, the first of the three that is set."""

    @property
    def language(self) -> Language:
        """The terminal's language, if it is one that we speak; else Korean."""
        said = (self.lc_all or self.lc_messages or self.lang or "")[:2].lower()
        return Language.EN if said == Language.EN else Language.KO
