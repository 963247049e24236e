"""Korean text into clauses: word by word, the longest reading first, in whatever order the names stand."""

import re
from dataclasses import replace
from functools import cache

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Mention, Role
from services.game.words.codes import code_in
from services.game.words.korean import (
    ADVERB,
    AFTERWORDS,
    CODE_WORDS,
    DIGITS,
    FILLERS,
    FREE,
    IRREGULAR,
    NEGATION,
    PARTICLES,
    SPOKEN_CODE,
    SUFFIXES,
    TAIL,
    VERBS,
)
from services.game.words.typos import meant

_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28
_N, _L, _B, _SS = 4, 8, 17, 20  # ㄴ ㄹ ㅂ ㅆ as finals
_A, _AE, _EO, _YEO, _O, _WA, _U, _WO, _EU, _I = 0, 1, 4, 6, 8, 9, 13, 14, 18, 20
_CONTRACTED = {_O: _WA, _U: _WO, _I: _YEO}
_HA, _REU = "하", "르"
_PARTICLE = "|".join(sorted(filter(None, PARTICLES), key=len, reverse=True))
_AFTER_NAME = re.compile(f"{SUFFIXES}({_PARTICLE}|)")
_WINDOW_MAX = 5
_PUNCTUATION = re.compile(r"[.,!?~…;:·\"'\u201c\u201d\u2018\u2019「」『』()\[\]]+")


def free_verb(text: str) -> Verb | None:
    """The free verb that the whole text asks for; None where it asks for none."""
    bare = "".join(_PUNCTUATION.sub(" ", text).split())
    return next((verb for verb, pattern in FREE.items() if re.fullmatch(pattern, bare)), None)


def clauses(text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses of the text, each ending with its verb; None where the text says what is not to be done."""
    if NEGATION.search(text):
        return None
    code, rest = code_in(_spoken_digits(text), CODE_WORDS)
    tokens = _PUNCTUATION.sub(" ", rest.casefold()).split()
    found: list[Clause] = []
    mentions: list[Mention] = []
    unknown: list[str] = []
    at = 0
    while at < len(tokens):
        used, names, verb = _next(tokens, at, lexicon)
        mentions += names
        if not used:
            unknown.append(tokens[at])
        if verb is not None:
            if verb is Verb.TAKE and any(mention.role is Role.ABOUT for mention in mentions):
                verb = Verb.TALK  # 「시계 얘기를 꺼낸다」
            found.append(Clause(verb=verb, mentions=tuple(mentions), code=code, unknown=tuple(unknown)))
            mentions, unknown = [], []
        if mentions and tokens[at] in AFTERWORDS:
            mentions[-1] = replace(mentions[-1], role=AFTERWORDS[tokens[at]])
        at += max(used, 1)
    if mentions or unknown or not found:
        found.append(Clause(mentions=tuple(mentions), code=code, unknown=tuple(unknown)))
    return tuple(found)


def _next(tokens: list[str], at: int, lexicon: Lexicon) -> tuple[int, list[Mention], Verb | None]:
    """How many words were read, the names in them, and the verb that ends the clause with them."""
    for size in range(min(_WINDOW_MAX, len(tokens) - at), 0, -1):
        if size == 1 and _says_nothing(tokens[at]):
            return 1, [], None
        joined = "".join(tokens[at : at + size])
        # 「협탁의 서랍」 is 「협탁 서랍」.
        name = _name(joined, lexicon) or (_name(joined.replace("의", "", 1), lexicon) if size > 1 else None)
        if name is not None:
            return size, [name], None
        verb = _verb(joined)
        if verb is not None:
            return size, [], verb
    token = tokens[at]
    glued = _glued(token, lexicon)
    if glued is not None:
        return 1, [glued[0]], glued[1]
    if ADVERB.fullmatch(token):
        return 1, [], None
    probably = _probably(token, lexicon)
    return (1, [probably], None) if probably is not None else (0, [], None)


def _says_nothing(token: str) -> bool:
    return (
        token in FILLERS
        or token in AFTERWORDS
        or any(token.removesuffix(particle) in FILLERS for particle in PARTICLES if particle and token.endswith(particle))
    )


def _name(joined: str, lexicon: Lexicon) -> Mention | None:
    for end in range(len(joined), 0, -1):
        after = _AFTER_NAME.fullmatch(joined, end) if joined[:end] in lexicon else None
        if after is not None:
            return Mention(word=joined[:end], role=PARTICLES[after[1]])
    return None


def _glued(token: str, lexicon: Lexicon) -> tuple[Mention, Verb] | None:
    """A name and a verb that were written without the blank between them."""
    for end in range(len(token) - 1, 0, -1):
        if token[:end] not in lexicon:
            continue
        for stop in range(len(token) - 1, end - 1, -1):
            after, verb = _AFTER_NAME.fullmatch(token, end, stop), _verb(token[stop:])
            if after is not None and verb is not None:
                return Mention(word=token[:end], role=PARTICLES[after[1]]), verb
    return None


def _probably(token: str, lexicon: Lexicon) -> Mention | None:
    """A name with a slip of the finger in it."""
    for particle in sorted(PARTICLES, key=len, reverse=True):
        word = meant(token.removesuffix(particle), lexicon) if token.endswith(particle) else None
        if word is not None:
            return Mention(word=word, role=PARTICLES[particle], sure=False)
    return None


def _verb(joined: str) -> Verb | None:
    """The verb whose longest form begins the text, if nothing but endings follows."""
    for end in range(len(joined), 0, -1):
        verb = _forms().get(joined[:end])
        if verb is not None and TAIL.fullmatch(joined, end) and (end < len(joined) or len(joined) > 1):
            return verb
    return None


def _spoken_digits(text: str) -> str:
    return SPOKEN_CODE.sub(lambda spoken: spoken[0].translate(DIGITS), text)


@cache
def _forms() -> dict[str, Verb]:
    """Every form a verb's stem takes, to the verb; where two verbs share one, to the first."""
    forms: dict[str, Verb] = {}
    for verb, words in VERBS.items():
        for form in (form for word in words.split() for form in stems(word.removesuffix("다"))):
            forms.setdefault(form, verb)
    return forms


def stems(stem: str) -> frozenset[str]:
    """The forms of a verb's stem that endings are put to: 챙기, 챙긴, 챙길, 챙깁, 챙겨, 챙겼."""
    head, last = stem[:-1], ord(stem[-1]) - _FIRST
    initial, vowel, final = last // (_VOWELS * _FINALS), last // _FINALS % _VOWELS, last % _FINALS

    def syllable(vowel: int, final: int = 0) -> str:
        return head + chr(_FIRST + (initial * _VOWELS + vowel) * _FINALS + final)

    # 「입력」, 「이동」 and the like need no 하다 to be understood.
    noun = {head} if stem.endswith(_HA) and len(head) > 1 else set[str]()
    forms = {stem, *noun, *(head_form for known, changed in IRREGULAR.items() if stem == known for head_form in changed)}
    if final == 0:
        forms |= {syllable(vowel, closed) for closed in (_N, _L, _B)}
        forms |= {syllable(_CONTRACTED[vowel], closed) for closed in (0, _SS)} if vowel in _CONTRACTED else {syllable(vowel, _SS)}
        if stem.endswith(_HA):
            forms |= {syllable(_AE, closed) for closed in (0, _SS)}
        elif stem.endswith(_REU) and head:
            forms |= {_closed(head, _L) + ending for ending in ("러", "라", "렀", "랐")}
        elif vowel == _EU:
            forms |= {syllable(each, closed) for each in (_EO, _A) for closed in (0, _SS)}
    elif final == _L:
        forms |= {syllable(vowel, closed) for closed in (0, _N, _B)}
    return frozenset(forms)


def _closed(word: str, final: int) -> str:
    """The word with another final consonant."""
    return word[:-1] + chr(ord(word[-1]) - (ord(word[-1]) - _FIRST) % _FINALS + final)
