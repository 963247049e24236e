"""Names in Korean text, with what particles make them to the verb."""

import re

from services.game.rules.commands import Verb
from services.game.words.clauses import Lexicon, Mention
from services.game.words.korean.tables import (
    FILLERS,
    PARTICLES,
    SUFFIXES,
)
from services.game.words.korean.verbs import verb_of
from services.game.words.typos import meant

_PARTICLE = "|".join(sorted(filter(None, PARTICLES), key=len, reverse=True))
_AFTER_NAME = re.compile(f"{SUFFIXES}({_PARTICLE}|)")


def says_nothing(token: str) -> bool:
    """Whether the text means the same without the word."""
    return token in FILLERS or any(
        token.removesuffix(particle) in FILLERS for particle in PARTICLES if particle and token.endswith(particle)
    )


def name_of(joined: str, lexicon: Lexicon) -> Mention | None:
    """The name that the whole text is, with a particle or without."""
    for end in range(len(joined), 0, -1):
        after = _AFTER_NAME.fullmatch(joined, end) if joined[:end] in lexicon else None
        if after is not None:
            return Mention(word=joined[:end], role=PARTICLES[after[1]])
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
