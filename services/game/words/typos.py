"""Slips of the finger: which known word a mistyped one was probably meant to be."""

import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

_ALIKE_PERCENT = 72
_LETTERS_MIN = 4  # 열쇠 has five, as jamo; what is shorter is too like too much


def meant(word: str, known: Iterable[str], *, alike_percent: int = _ALIKE_PERCENT) -> str | None:
    """The known word most like it; None where none is like it, or two are. Hangul is compared letter by letter, not by syllables."""
    spelt = unicodedata.normalize("NFD", word)
    if len(spelt) < _LETTERS_MIN:
        return None
    scored = sorted(((fuzz.ratio(spelt, unicodedata.normalize("NFD", each)), each) for each in known), reverse=True)
    if not scored or scored[0][0] < alike_percent:
        return None
    return None if len(scored) > 1 and scored[1][0] == scored[0][0] else scored[0][1]
