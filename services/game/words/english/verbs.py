"""English verbs: the phrases a text begins with, in whatever form they stand."""

import re
from functools import cache

from rapidfuzz import fuzz

from services.game.rules.commands import Verb
from services.game.words.english.tables import (
    IRREGULAR,
    NO_VERBS,
    VERBS,
)

_ALIKE_PERCENT = 80
_LONGER = frozenset({"lie down and sleep", "lie down to sleep"})


def verb_at_start(text: str) -> tuple[Verb | None, str]:
    """The verb that the text begins with, and the rest of it; None where it begins with none."""
    if NO_VERBS.match(text) and phrase_of(text) not in _LONGER:
        return None, text
    for each in (text, in_base_form(text)):
        match = _phrases().match(f"{each} ")
        if match is not None:
            return verbs()[match[1]], each[match.end(1) :].strip()
    return None, text


def phrase_of(text: str) -> str:
    """The verb phrase that the text begins with; empty where it begins with none."""
    match = _phrases().match(f"{text} ")
    return match[1] if match is not None else ""


def in_base_form(text: str) -> str:
    """The text with its first word as the tables have it: opening the door, open the door."""
    first, _, rest = text.partition(" ")
    return f"{base_form(first)} {rest}".strip()


def base_form(word: str) -> str:
    """The verb as the tables have it: opening, opened, opens."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    stems = [word]
    for ending in ("ing", "ed", "es", "s", "d"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            stems += [stem, f"{stem}e", stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem]
    return next((stem for stem in stems if stem in _first_words()), word)


def mistyped(word: str) -> Verb | None:
    """The verb that a word most likely is, with a slip of the finger in it; None where two are as likely."""
    if len(word) < 3:  # what is shorter is too like too much
        return None
    scored = sorted(((fuzz.ratio(word, known), known) for known in verbs() if " " not in known and len(known) > 2), reverse=True)
    (best, first), (second, other) = scored[0], scored[1]
    is_meant = best >= _ALIKE_PERCENT and (second < best or verbs()[first] is verbs()[other])
    return verbs()[first] if is_meant else None


@cache
def verbs() -> dict[str, Verb]:
    """The verb of each phrase."""
    known: dict[str, Verb] = {}
    for verb, phrases in VERBS.items():
        for phrase in phrases.split("|"):
            known.setdefault(phrase, verb)
    return known


@cache
def _first_words() -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in verbs())


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(verbs(), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})(?= )")
