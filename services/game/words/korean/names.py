"""Names in Korean text, with what particles make them to the verb."""

import re
from functools import lru_cache

from services.game.rules.commands import Verb
from services.game.words.clauses import Lexicon, Mention
from services.game.words.korean.endings import QUOTED_END, TAIL
from services.game.words.korean.verbs import L, final_of, stems, verb_of
from services.game.words.korean.vocabulary import ADVERB, FILLERS, PARTICLES, PHATIC, SUFFIXES
from services.game.words.typos import meant

_PARTICLE = "|".join(sorted(filter(None, PARTICLES), key=len, reverse=True))
_AFTER_NAME = re.compile(f"{SUFFIXES}({_PARTICLE}|)")
_SAID_OF_NOTHING = tuple(particle for particle in PARTICLES if particle and re.search("에게|한테|께|더러|보고", particle) is None)
_DEEDS = frozenset({"나가"})
"""What only looks like a word that says nothing, with a particle."""
_VERB_END = re.compile("(?:자|기|다)$")
_WORDED = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE})
_IDLE = frozenset({Verb.SLEEP, Verb.WAIT})
"""What can be done anywhere."""
_SOMEWHERE = re.compile(r"[가-힣]+(?:에|에서|에다|위에|옆에|곁에)")
_EITHER = frozenset("안못")
"""Names that are also words for not doing something."""


@lru_cache(maxsize=4096)
def says_nothing(token: str) -> bool:
    """Whether the text means the same without the word."""
    return token in FILLERS or (
        token not in _DEEDS and any(token.endswith(each) and token.removesuffix(each) in FILLERS for each in _SAID_OF_NOTHING)
    )


def name_of(joined: str, lexicon: Lexicon) -> Mention | None:
    """The name that the whole text is, with a particle or without."""
    for end in range(len(joined), 0, -1):
        after = _AFTER_NAME.fullmatch(joined, end) if joined[:end] in lexicon else None
        if after is not None:
            return Mention(word=joined[:end], role=PARTICLES[after[1]], sure=joined not in _EITHER)
    return None


def glued(token: str, lexicon: Lexicon) -> tuple[Mention, Verb] | None:
    """A name and a verb that were written without the blank between them."""
    for end in range(len(token) - 1, 0, -1):
        if token[:end] not in lexicon:
            continue
        for stop in range(len(token) - 1, end - 1, -1):
            after, verb = _AFTER_NAME.fullmatch(token, end, stop), verb_of(token[stop:])
            if after is not None and verb is not None:
                return Mention(word=token[:end], role=PARTICLES[after[1]]), verb
    return None


def probably_named(token: str, lexicon: Lexicon) -> Mention | None:
    """A name with a slip of the finger in it."""
    for particle in sorted(PARTICLES, key=len, reverse=True):
        word = meant(token.removesuffix(particle), lexicon) if token.endswith(particle) else None
        if word is not None:
            return Mention(word=word, role=PARTICLES[particle], sure=False)
    return None


def same_verb(token: str, lexicon: Lexicon) -> str | None:
    """The name that is a verb, of which the word is another form: 「나갑시다」 for 「나가자」."""
    for word in lexicon:
        stem = _VERB_END.sub("", word)
        if (
            len(stem) < len(word)
            and len(stem) > 1
            and any(token.startswith(form) and TAIL.fullmatch(token, len(form)) for form in stems(stem))
        ):
            return word
    return None


def doubtful(name: Mention, lexicon: Lexicon) -> bool:
    """Whether what is named so has a longer name too, with what it is told apart by before it."""
    return any(word.endswith(name.word) and word != name.word and lexicon[word] & lexicon[name.word] for word in lexicon)


@lru_cache(maxsize=4096)
def is_adverb(token: str) -> bool:
    """Whether the word only says how or when something is done; 「닫을게」 is a deed."""
    if ADVERB.fullmatch(token) is None or verb_of(token) is not None:
        return False
    return not (token.endswith("게") and final_of(token[:-1]) == L)


def is_small_talk(word: str) -> bool:
    """Whether the word, said to somebody, is about nothing in particular."""
    return PHATIC.fullmatch(QUOTED_END.sub("", word)) is not None


def what_matters(verb: Verb | None, words: list[str], beside: list[str]) -> list[str]:
    """Of the words that could not be read, those that may make another deed of the verb; `beside` is where a thing may be put."""
    unknown = [word for word in words if verb not in _WORDED or not is_small_talk(word)]
    if verb is Verb.DROP:
        unknown = [word for word in unknown if word not in beside]  # 「소파 옆에」
    if verb in _IDLE:
        unknown = [word for word in unknown if _SOMEWHERE.fullmatch(word) is None]
    return unknown


def beside(names: list[Mention], tokens: list[str]) -> list[str]:
    """Of the words that were read, those that are no part of a name."""
    for name in names:
        covered = 0
        while tokens and covered < len(name.word):
            covered += len(tokens[0])
            tokens = tokens[1:]
    return tokens
