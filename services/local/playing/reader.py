"""What the player writes: lines from a terminal, or from whatever stands for one."""

import contextlib
import importlib
import sys
from collections.abc import Callable
from typing import TextIO

PROMPT = "> "


class Reader:
    """Reads lines. One that does not come from a terminal is shown as if it had been written there."""

    def __init__(self, source: TextIO, echo: Callable[[str], None]) -> None:
        self._source = source
        self._echo = echo
        self._by_hand = source is sys.stdin and source.isatty() and sys.stdout.isatty()
        if self._by_hand:
            with contextlib.suppress(ImportError):  # without it, lines can be written all the same
                importlib.import_module("readline")  # arrow keys and history

    def line(self) -> str:
        """The next line that is not empty, without the space around it. Raises EOFError at the end."""
        while not (line := self.line_or_empty()):
            pass
        return line

    def line_or_empty(self) -> str:
        """The next line, without the space around it. Raises EOFError at the end."""
        if self._by_hand:
            return input(f"\n{PROMPT}").strip()
        line = self._source.readline()
        if not line:
            raise EOFError
        self._echo(f"\n{PROMPT}{line.strip()}")
        return line.strip()
