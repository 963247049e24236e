"""A text that grows, in NFC and with its white space folded."""

import re
import unicodedata

_BREAKS = re.compile(r"\s*\n\s*")
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")


class Folded:
    """A text in NFC with white space folded, line breaks kept, the beginning bare.

    What comes may still join the last letter (NFC) or be folded with the last space; all before that is `fixed`, and folded only once.
    """

    def __init__(self) -> None:
        self.text = ""
        self.fixed = 0
        """How much of the text nothing that comes can change."""
        self._open = ""

    def add(self, piece: str) -> None:
        """Goes on with the text."""
        raw = self._open + piece
        cut = _last_beginning(raw)
        done = (self.text[: self.fixed] + _folded(raw[:cut])).lstrip()
        self._open = raw[cut:]
        self.text, self.fixed = (done + _folded(self._open)).lstrip(), len(done)


def _last_beginning(raw: str) -> int:
    """Where the last letter or mark stands that neither joins what is before it nor is white space; 0: there is none."""
    for at in range(len(raw) - 1, 0, -1):
        if "!" <= raw[at] <= "~" or "가" <= raw[at] <= "힣":
            return at
    return 0


def _folded(raw: str) -> str:
    text = unicodedata.normalize("NFC", raw)
    return _SPACES.sub(" ", _BREAKS.sub("\n", text) if "\n" in text else text)
