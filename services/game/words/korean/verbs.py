"""Korean verbs: every form that a stem takes, and the endings that may follow."""

import re
from functools import cache, lru_cache

from services.game.rules.commands import Verb
from services.game.words.korean.deeds import NO_VERBS, VERBS
from services.game.words.korean.endings import IRREGULAR, MISSPELT, TAIL

FIRST, LAST = 0xAC00, 0xD7A3
_VOWELS, FINALS = 21, 28
N, L, _M, _B, SS = 4, 8, 16, 17, 20  # ㄴ ㄹ ㅁ ㅂ ㅆ as finals
_A, _AE, _EO, _YEO, _O, _WA, _U, _WO, _EU, _I = 0, 1, 4, 6, 8, 9, 13, 14, 18, 20
_CONTRACTED = {_O: _WA, _U: _WO, _I: _YEO}
_HA, _REU = "하", "르"
_AFTER_POLITE = tuple("니시디쇼")
_AFTER_DROPPED = tuple("느는니네냐나세셔시십신실오소")
_ORDERS = re.compile(r"(?:라|다|자|냐)고(?:한|하|했|합|해|할|말|시)")


@lru_cache(maxsize=4096)
def verb_of(joined: str, *, after_name: bool = False, least: int = 0) -> Verb | None:
    """The verb whose longest form begins the text, if nothing but endings follows; one syllable is a verb only after a name.

    `least`: the form must be longer than that.
    """
    if NO_VERBS.match(joined):
        return None
    ordered = _ORDERS.search(joined)
    least = max(least, ordered.end() - 1) if ordered is not None else least
    for spelt in dict.fromkeys((joined, _spelt(joined))):
        if spelt in _nominals() and not least:
            return _nominals()[spelt]
        for end in range(len(spelt), least, -1):
            verb = _forms().get(spelt[:end])
            if spelt[:end] in _dropped() and not spelt[end : end + 1].startswith(_AFTER_DROPPED):
                continue  # 「여기」 is no form of 열다
            if spelt[:end] in _polite() and not spelt[end : end + 1].startswith(_AFTER_POLITE):
                continue  # 「뒤집는다」 is no form of 뒤지다
            if verb is not None and TAIL.fullmatch(spelt, end) and (end < len(spelt) or len(spelt) > 1 or after_name):
                return verb
    return None


def is_stem(text: str) -> bool:
    """Whether the text is a form of a verb's stem and nothing more: 「따라가」, 「보시」."""
    return text.removesuffix("시").removesuffix("으") in _forms()


def _spelt(word: str) -> str:
    """The word as it is spelt with care."""
    for pattern, right in MISSPELT:
        word = pattern.sub(right, word)
    return word


@cache
def _forms() -> dict[str, Verb]:
    """Every form a verb's stem takes, to the verb; where two verbs share one, to the first."""
    every = frozenset(word.removesuffix("다") for words in VERBS.values() for word in words.split())
    forms: dict[str, Verb] = {}
    for verb, words in VERBS.items():
        for stem in (word.removesuffix("다") for word in words.split()):
            polite = _closed(stem, _B) if final_of(stem) == 0 and FIRST <= ord(stem[-1]) <= LAST else ""
            for form in stems(stem):
                if form != polite or form not in every:  # 「뒤집」 is 뒤집다's before it is 뒤지다's
                    forms.setdefault(form, verb)
    return forms


@cache
def _dropped() -> frozenset[str]:
    """The forms of stems in ㄹ without it, that stand before few endings only."""
    every = [word.removesuffix("다") for words in VERBS.values() for word in words.split()]
    ended = [stem for stem in every if final_of(stem) == L]
    others = {form for stem in every if final_of(stem) != L for form in stems(stem)}
    return frozenset(_closed(stem, 0) for stem in ended) - others


@cache
def _polite() -> frozenset[str]:
    """The forms in ㅂ of stems without a final consonant, that stand before few endings only: 「뒤집」니다."""
    every = [word.removesuffix("다") for words in VERBS.values() for word in words.split()]
    return frozenset(_closed(stem, _B) for stem in every if FIRST <= ord(stem[-1]) <= LAST and final_of(stem) in (0, L)) - frozenset(every)


@cache
def _nominals() -> dict[str, Verb]:
    """The forms in -ㅁ that a text can end with: 「물어봄」."""
    nominals: dict[str, Verb] = {}
    for verb, words in VERBS.items():
        for stem in (word.removesuffix("다") for word in words.split()):
            if len(stem) > 1 and FIRST <= ord(stem[-1]) <= LAST and (ord(stem[-1]) - FIRST) % FINALS == 0:
                nominals.setdefault(_closed(stem, _M), verb)
    return nominals


def stems(stem: str) -> frozenset[str]:
    """The forms of a verb's stem that endings are put to: 챙기, 챙긴, 챙길, 챙깁, 챙겨, 챙겼."""
    head, last = stem[:-1], ord(stem[-1]) - FIRST
    initial, vowel, final = last // (_VOWELS * FINALS), last // FINALS % _VOWELS, last % FINALS

    def syllable(vowel: int, final: int = 0) -> str:
        return head + chr(FIRST + (initial * _VOWELS + vowel) * FINALS + final)

    # 「입력」, 「이동」 and the like need no 하다 to be understood.
    noun = {head} if stem.endswith(_HA) and len(head) > 1 else set[str]()
    irregular = {stem.removesuffix(known) + form for known, changed in IRREGULAR.items() if stem.endswith(known) for form in changed}
    forms = {stem, *noun, *irregular}
    if not FIRST <= ord(stem[-1]) <= LAST:  # ㄱㄱ
        return frozenset({stem})
    if final == 0:
        forms |= {syllable(vowel, closed) for closed in (N, L, _B)}
        forms |= {syllable(_CONTRACTED[vowel], closed) for closed in (0, SS)} if vowel in _CONTRACTED else {syllable(vowel, SS)}
        if stem.endswith(_HA):
            forms |= {syllable(_AE, closed) for closed in (0, SS)}
        elif stem.endswith(_REU) and head:
            forms |= {_closed(head, L) + ending for ending in ("러", "라", "렀", "랐")}
        elif vowel == _EU:
            forms |= {syllable(each, closed) for each in (_EO, _A) for closed in (0, SS)}
    elif final == L:
        forms |= {syllable(vowel, closed) for closed in (0, N, _B)}
    return frozenset(forms)


def final_of(text: str) -> int:
    """The final consonant of the last syllable, by its number in Unicode; 0 where there is none."""
    return (ord(text[-1]) - FIRST) % FINALS if text and FIRST <= ord(text[-1]) <= LAST else 0


def _closed(word: str, final: int) -> str:
    """The word with another final consonant."""
    return word[:-1] + chr(ord(word[-1]) - (ord(word[-1]) - FIRST) % FINALS + final)
