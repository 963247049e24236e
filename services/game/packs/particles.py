"""Templates: words filled in, with the Korean particles after them made right."""

import re
from collections.abc import Mapping
from typing import NamedTuple

_MARK = re.compile(r"\{([^{}]*)\}")
_CLOSERS = "'\")]}>\u2019\u201d\u300d\u300f\u300b\u3009 "  # closing quotes and brackets, Korean ones too
_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL = 8


class _Pair(NamedTuple):
    after_consonant: str
    after_vowel: str
    after_rieul: str


def _pair(consonant: str, vowel: str, rieul: str | None = None) -> _Pair:
    return _Pair(consonant, vowel, consonant if rieul is None else rieul)


PARTICLES: Mapping[str, _Pair] = {
    "이/가": _pair("이", "가"),
    "을/를": _pair("을", "를"),
    "은/는": _pair("은", "는"),
    "와/과": _pair("과", "와"),
    "과/와": _pair("과", "와"),
    "으로/로": _pair("으로", "로", "로"),
    "아/야": _pair("아", "야"),
    "이나/나": _pair("이나", "나"),
    "이랑/랑": _pair("이랑", "랑"),
    "이라/라": _pair("이라", "라"),
    "이다/다": _pair("이다", "다"),
    "이었/였": _pair("이었", "였"),
    "이에요/예요": _pair("이에요", "예요"),
}
"""What can stand in a template's braces after a word, and what it becomes."""

# How digits end when read aloud: 영 일 이 삼 사 오 육 칠 팔 구; what ends in 0 ends as 십, 백, 천 or 만 do: like 영, in a consonant.
_DIGITS = {"0": "c", "1": "l", "2": "v", "3": "c", "4": "v", "5": "v", "6": "c", "7": "l", "8": "l", "9": "v"}
# How letters end when named: 엘, 엠, 엔, 알; all others end in a vowel.
_LETTERS = {"l": "l", "r": "l", "m": "c", "n": "c"}
# How English words end when written in Korean, by their last letter: 애플, 팀, 핀, 링, 북, 컵, 캣; 카, 버스, 카드 end in a vowel.
_WORD_ENDS = {"l": "l", "m": "c", "n": "c", "k": "c", "p": "c", "t": "c", "b": "c", "c": "c"}


def particle(word: str, mark: str) -> str:
    """The particle of the mark ("을/를") that follows the word; "을(를)" where its last sound can't be told. KeyError: no such mark."""
    pair = PARTICLES[mark]
    ending = _ending(word.rstrip(_CLOSERS))
    if ending is None:
        return f"{pair.after_consonant}({pair.after_vowel})"
    return {"c": pair.after_consonant, "v": pair.after_vowel, "l": pair.after_rieul}[ending]


def render(template: str, params: Mapping[str, str], locale: str) -> str:
    """The template with `{name}` filled from the params and, in Korean, `{을/를}` fitted to the word before it.

    What is filled in is not read as a template again. A template that begins with a name begins with a capital in English, where
    names carry their article ("the brass key"). KeyError: a name that the params don't have.
    """
    parts: list[str] = []
    end = 0
    for match in _MARK.finditer(template):
        parts.append(template[end : match.start()])
        mark = match[1]
        parts.append(particle("".join(parts), mark) if locale == "ko" and mark in PARTICLES else params[mark])
        end = match.end()
    parts.append(template[end:])
    told = "".join(parts)
    return told[:1].upper() + told[1:] if locale == "en" and template.startswith("{") else told


def names_in(template: str) -> frozenset[str]:
    """The names that the template wants filled in, particle marks aside."""
    return frozenset(mark for mark in _MARK.findall(template) if mark not in PARTICLES)


def _ending(word: str) -> str | None:
    """How the word ends when spoken: c(onsonant), l (ㄹ) or v(owel); None where that can't be told."""
    last = word[-1:]
    if not last:
        return None
    if _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        final = (ord(last) - _FIRST_SYLLABLE) % _FINALS
        return "v" if final == 0 else "l" if final == _RIEUL else "c"
    if last in _DIGITS:
        return _DIGITS[last]
    if last.isascii() and last.isalpha():
        return _latin_ending(re.findall(r"[A-Za-z]+$", word)[0])
    return None


def _latin_ending(word: str) -> str:
    if word.isupper():  # letters that are named one by one: CCTV, LED
        return _LETTERS.get(word[-1].lower(), "v")
    if word.lower().endswith("ng"):
        return "c"
    return _WORD_ENDS.get(word[-1].lower(), "v")
