"""Slips of the finger: which known word a mistyped one was probably meant to be."""

import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_ALIKE_PERCENT = 72
_LETTERS_MIN = 4  # 열쇠 has five, as jamo; what is shorter is too like too much
_SYLLABLES_COMPARED_MAX = 3
_CONFUSED = ("ㄱㄲㅋ", "ㄷㄸㅌ", "ㅂㅃㅍ", "ㅅㅆ", "ㅈㅉㅊ", "ㅂㅈㄷㄱㅅ", "ㅁㄴㅇㄹㅎ", "ㅋㅌㅊㅍ", "ㅇㅎ")
"""First consonants that are mistaken for each other, by ear or on the keyboard, each beside the next."""
_FIRST, _LAST, _BY_INITIAL = 0xAC00, 0xD7A3, 588
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def meant(word: str, known: Iterable[str], *, alike_percent: int = _ALIKE_PERCENT) -> str | None:
    """The known word most like it; None where none is like it, or two are. Hangul is compared letter by letter, not by syllables."""
    spelt = unicodedata.normalize("NFD", word.replace("ph", "f"))
    if len(spelt) < _LETTERS_MIN:
        return None
    scored = sorted(((_likeness(word, spelt, each), each) for each in known), reverse=True)
    if not scored or 100 * scored[0][0] < alike_percent:
        return None
    return None if len(scored) > 1 and scored[1][0] == scored[0][0] else scored[0][1]


def _likeness(word: str, spelt: str, known: str) -> float:
    """From 0 to 1; 0 for what is too short to be anything but another word."""
    if _is_hangul(word) and _is_hangul(known):
        if len(word) == len(known) <= _SYLLABLES_COMPARED_MAX and not _is_slip(word, known):
            return 0
    elif spelt[0] != known.replace("ph", "f")[0] and word[:2] != known[1::-1]:
        return 0
    return OSA.normalized_similarity(spelt, unicodedata.normalize("NFD", known.replace("ph", "f")))


def _is_slip(word: str, known: str) -> bool:
    """Whether the words differ in one syllable, and that begins alike: 「창문」 is no 「방문」."""
    differ = [(one, other) for one, other in zip(word, known, strict=True) if one != other]
    if len(differ) != 1:
        return not differ
    one, other = (_INITIALS[(ord(each) - _FIRST) // _BY_INITIAL] for each in differ[0])
    return one == other or any(
        one in row and other in row and (len(row) < 4 or abs(row.index(one) - row.index(other)) == 1) for row in _CONFUSED
    )


def _is_hangul(word: str) -> bool:
    return all(_FIRST <= ord(each) <= _LAST for each in word)
