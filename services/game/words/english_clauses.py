"""English text into clauses: the verb first, then names between prepositions."""

import re
from functools import cache

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Mention, Role
from services.game.words.codes import code_in
from services.game.words.english import BEGINNINGS, CODE_FILLERS, CODE_WORDS, FILLERS, FREE, NEGATION, PREPOSITIONS, VERBS
from services.game.words.typos import meant

_WINDOW_MAX = 6
_PUNCTUATION = re.compile(r"[.,!?~…;:\"“”()\[\]]+")
_TWO_DEEDS = re.compile(r"\s+(?:and then|then|and)\s+")


def free_verb(text: str) -> Verb | None:
    """The free verb that the whole text asks for; None where it asks for none."""
    bare = _bare(text)
    return next((verb for verb, pattern in FREE.items() if bare and re.fullmatch(pattern, bare)), None)


def clauses(text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses of the text; None where it says what is not to be done."""
    bare = _bare(text)
    if NEGATION.search(bare):
        return None
    code, rest = code_in(bare, CODE_WORDS)
    parts = _TWO_DEEDS.split(rest.strip())
    # "and" parts two deeds where a verb follows it, and two names where none does.
    if len(parts) > 1 and all(_verb_at_start(BEGINNINGS.sub("", part))[0] is not None for part in parts):
        return tuple(_clause(part, lexicon, code) for part in parts)
    return (_clause(rest, lexicon, code),)


def _bare(text: str) -> str:
    plain = text.casefold().replace("\u2019", "'").strip()
    bare = " ".join(_PUNCTUATION.sub(" ", plain).split()) or plain
    return bare if bare == "i" else BEGINNINGS.sub("", f"{bare} ").strip()


def _clause(text: str, lexicon: Lexicon, code: str | None) -> Clause:
    verb, rest = _verb_at_start(BEGINNINGS.sub("", text))
    tokens = rest.split()
    mentions: list[Mention] = []
    unknown: list[str] = []
    role, at = Role.THING, 0
    while at < len(tokens):
        used, name = _name(tokens, at, lexicon, role)
        if name is not None:
            mentions.append(name)
            role = Role.THING
        elif tokens[at] in PREPOSITIONS:
            role, used = PREPOSITIONS[tokens[at]], 1
        elif tokens[at] in FILLERS or (code is not None and tokens[at] in CODE_FILLERS):
            used = 1
        else:
            probably = meant(tokens[at], lexicon)
            if probably is None:
                unknown.append(tokens[at])
            else:
                mentions.append(Mention(word=probably, role=role, sure=False))
            used = 1
        at += used
    return Clause(verb=verb, mentions=tuple(mentions), code=code, unknown=tuple(unknown))


def _name(tokens: list[str], at: int, lexicon: Lexicon, role: Role) -> tuple[int, Mention | None]:
    for size in range(min(_WINDOW_MAX, len(tokens) - at), 0, -1):
        joined = " ".join(tokens[at : at + size])
        for word in (joined, joined.removesuffix("'s")):
            if word in lexicon:
                return size, Mention(word=word, role=role)
    return 0, None


def _verb_at_start(text: str) -> tuple[Verb | None, str]:
    match = _phrases().match(f"{text} ")
    return (None, text) if match is None else (_verbs()[match[1]], text[match.end(1) :].strip())


@cache
def _verbs() -> dict[str, Verb]:
    return {phrase: verb for verb, phrases in VERBS.items() for phrase in phrases.split("|")}


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(_verbs(), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})(?= )")
