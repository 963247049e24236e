"""Text that is broken into lines while it comes, piece by piece."""

from rich.cells import cell_len


class Flow:
    """Breaks lines between words at `width` cells; None: never. A word waits until its end has come."""

    def __init__(self, width: int | None) -> None:
        self._width = width
        self._column = 0
        self._spaces = 0
        self._word = ""

    @property
    def at_start(self) -> bool:
        """Whether a line begins here."""
        return not (self._column or self._word)

    def feed(self, text: str) -> str:
        """What of the text so far can be shown now."""
        return "".join(map(self._next, text))

    def end(self) -> str:
        """What was still waiting; the next piece begins a line."""
        rest = self._flushed()
        self._column = self._spaces = 0
        return rest

    def _next(self, one: str) -> str:
        if one == "\n":
            return self.end() + "\n"
        if one == " ":
            shown = self._flushed()
            self._spaces += 1
            return shown
        self._word += one
        return ""

    def _flushed(self) -> str:
        word, self._word = self._word, ""
        if not word:
            return ""
        spaces, self._spaces = self._spaces, 0
        cells = cell_len(word)
        if self._width is not None and self._column and self._column + spaces + cells > self._width:
            self._column = cells
            return f"\n{word}"
        self._column += spaces + cells
        return " " * spaces + word
