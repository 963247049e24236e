"""English verbs: the phrases a text begins with, in whatever form they stand."""

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from services.game.rules.commands import Verb
from services.game.words.clauses import Lexicon, Role
from services.game.words.english.deeds import IRREGULAR, LEAVING, NO_VERBS, PARTED, RESULTS, VERBS
from services.game.words.english.names import is_named, name_at
from services.game.words.english.vocabulary import DIGITS, FILLERS

_ALIKE = 0.75
"""How like a verb a mistyped word must be: one slip in four letters, two letters changed about being one."""
_LONGER = frozenset({"lie down and sleep", "lie down to sleep"})
_GOING = frozenset({"go", "come"})
_DIRECTIONS = re.compile(
    r"(?:(?:back|straight|over|out|down|up|through|off|on|along|across|away|now|next|inside|outside|in) )*(?:to|into|onto|"
    r"towards|toward|through|in) "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a text says is done: the verb, the rest of the text, and what the next name is to the verb. `sure` False: it was mistyped.

    `is_said`: the verb stands at the beginning, and is no guess.
    """

    verb: Verb | None
    rest: str
    role: Role = Role.THING
    sure: bool = True
    is_said: bool = False


def verb_of(text: str, lexicon: Lexicon) -> Said:
    """The verb of a text that has no frame, and what it is done to."""
    verb, rest = verb_at_start(text)
    tokens, words = rest.split(), text.split()
    first = base_form(words[0]) if words else ""
    parted = f"{first} {tokens[-1]}" if len(tokens) > 1 and tokens[-1] in PARTED else ""
    if parted in verbs():  # pull the drawer open
        return Said(verb=verbs()[parted], rest=" ".join(words[1:-1]), is_said=True)
    if len(words) > 2 and words[-1] in RESULTS and words[0] not in FILLERS and not is_named(words, 0, lexicon) and verb is not Verb.EXAMINE:
        return Said(verb=RESULTS[words[-1]], rest=" ".join((rest if verb is not None else text).split()[(verb is None) : -1]), is_said=True)
    phrase = phrase_of(text) or phrase_of(in_base_form(text))
    *shorter, last = phrase.split() or [""]
    if shorter and last in lexicon and " ".join(shorter) in verbs():  # go outside, where that is a place
        return Said(verb=verbs()[" ".join(shorter)], rest=f"{last} {rest}".strip(), is_said=True)
    if phrase in _GOING and verb_at_start(rest)[0] is not None:
        return verb_of(rest, lexicon)  # go open it
    if verb is not None and name_at(words, 0, lexicon)[0] < len(words):  # a watch is no deed
        leaving = verb is Verb.MOVE and phrase in LEAVING
        return Said(verb=verb, rest=rest, role=Role.FROM if leaving else Role.THING, is_said=True)
    whither = _DIRECTIONS.match(text)
    if whither is not None:
        return Said(verb=Verb.MOVE, rest=text[whither.end() :], role=Role.TO, is_said=True)
    if first and words[0] not in lexicon and not is_named(words, 0, lexicon):
        probably = mistyped(first)
        if probably is not None:
            return Said(verb=probably, rest=" ".join(words[1:]), sure=False)
    return Said(verb=None, rest=text)


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
    if word.endswith(("ies", "ied")):
        stems.append(f"{word[:-3]}y")  # studies
    for ending in ("ing", "ed", "es", "s", "d"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            stems += [stem, f"{stem}e", stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem]
    return next((stem for stem in stems if stem in _first_words()), word)


def mistyped(word: str) -> Verb | None:
    """The verb that a word most likely is, with a slip of the finger in it; None where two are as likely."""
    if len(word) < 3 or word in DIGITS:  # what is shorter is too like too much
        return None
    scored = sorted(
        ((OSA.normalized_similarity(word, known), known) for known in verbs() if " " not in known and len(known) > 2), reverse=True
    )
    best = scored[0][0]
    meant = {verbs()[known] for likeness, known in scored if likeness == best}
    return meant.pop() if best >= _ALIKE and len(meant) == 1 else None


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
