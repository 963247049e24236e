"""English text into clauses: the verb first, then names between prepositions."""

import re
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Mention, Role
from services.game.words.codes import code_in
from services.game.words.english.free import FREE
from services.game.words.english.frames import ASKING, BEGINNINGS, CONDITION, MAY, NEGATION, TOLD
from services.game.words.english.names import described, name_at, probably_named
from services.game.words.english.segments import bare_of, deeds_of, ordered, plainly, said_last, whole
from services.game.words.english.verbs import verb_of
from services.game.words.english.vocabulary import (
    CODE_FILLERS,
    CODE_WORDS,
    DIGITS,
    FILLERS,
    PART_OF,
    PARTS,
    PHATIC,
    POINTING,
    PREPOSITIONS,
    SPOKEN_CODE,
    TIMES,
    WHERE,
)

_WORDED = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE})
_WHENEVER = _WORDED | {Verb.WAIT, Verb.SLEEP}
"""Deeds in which conditions are only spoken of, or waited for."""
_INSIDE = re.compile(r"\bpockets?\b|\b(?:inside|under|underneath|beneath|behind)\b")
"""Looking for what is in something is searching it."""
_TO_DO = re.compile(
    r"^(?:(?:tell|order|ask|command|instruct|force|get|want|beg|urge|invite|allow|expect|need|send|help|wait for) (?!me\b|us\b).+? to|"
    r"(?:make|have|let|help|watch|see) (?!me\b|us\b)(?:the |my )?\w+(?: \w+)?) (?P<deed>.+)$"
)
_GREETING = re.compile(r"^(?:(?:hey|hi|hello|so|ok|okay|well|um|uh|excuse me|listen|there|please)\s+)*")
_PUT_TO = re.compile(
    r"(?:what|why|who|where|when|how|do you|did you|are you|were you|can you|could you|would you|will you|have you|tell me|please|i'm|i am|"
    r"i need|i want you|check|look|see|take|here)\b"
)
_HANDING = frozenset(
    {Verb.GIVE, Verb.SHOW, Verb.USE, Verb.COMBINE, Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE, Verb.UNLOCK, Verb.MOVE}
)
"""Deeds for which it matters where, or to whom."""
_ADVERB = re.compile(r"(?!(?:apply|reply|family|only|belly|jelly|bully)$)[a-z]{3,}ly")


def free_verb(text: str) -> Verb | None:
    """The free verb that the whole text asks for; None where it asks for none."""
    bare = plainly(text)
    asked = {bare, BEGINNINGS.sub("", bare), BEGINNINGS.sub("", f"{bare} ").strip()} - {""}
    return next((verb for verb, pattern in FREE.items() for each in asked if re.fullmatch(pattern, each)), None)


def clauses(text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses of the sentence; None where it says what is not to be done."""
    code, rest = code_in(_figures(text.casefold()), CODE_WORDS)
    whole_text = bare_of(rest, lexicon)
    bare = plainly(whole_text)
    if NEGATION.search(_nameless(bare, lexicon)):
        return None
    if ASKING.match(bare):
        return (replace(_clause(bare, lexicon, code, is_order=False), verb=None, unknown=(bare,), asks=True),)
    if TOLD.match(bare) or _has_done(bare):
        return (Clause(unknown=(bare,)),)
    bare = said_last(bare, lexicon)
    if CONDITION.search(_nameless(bare, lexicon)) and verb_of(ordered(bare), lexicon).verb not in _WHENEVER:
        return (Clause(unknown=(bare,)),)
    asks = MAY.match(bare) is not None
    parts = deeds_of(whole_text, lexicon) if bare == plainly(whole_text) else [bare]
    found = tuple(_clause(part, lexicon, code) for part in parts)
    return tuple(replace(clause, sure=False) for clause in found) if asks else found


def words(text: str, lexicon: Lexicon) -> Clause:
    """The names in a text that asks for nothing, and what else it says that is no small talk; no verb."""
    return _clause(plainly(text), lexicon, None, is_order=False)


def vocative(text: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """The name that a question calls without a mark after it, and the question; None where it calls none."""
    tokens = _GREETING.sub("", plainly(text)).split()
    size, name = name_at(tokens, 0, lexicon)
    said = " ".join(tokens[size:])
    return (" ".join(tokens[:size]), said) if name is not None and _PUT_TO.match(said) else None


def _has_done(bare: str) -> bool:
    """Whether who has somebody do something is told: it is not done by the player."""
    has_done = _TO_DO.match(ordered(bare))
    if has_done is None or verb_of(ordered(bare), {}).verb is Verb.PERSUADE:
        return False
    return verb_of(has_done["deed"], {}).is_said


def _figures(text: str) -> str:
    """The text with codes that are spelt out as figures."""

    def figures(said: re.Match[str]) -> str:
        words = re.findall("[a-z]+|[0-9]", said[0])
        times = 1
        found = []
        for word in words:
            found += [] if word in TIMES else [DIGITS.get(word, word)] * times
            times = TIMES.get(word, 1)
        return " ".join(found) + " "

    return SPOKEN_CODE.sub(figures, text)


def _nameless(bare: str, lexicon: Lexicon) -> str:
    """The text without the names in it that have words of these tables in them."""
    for word in lexicon:
        if len(word) > 3 and (NEGATION.search(word) or CONDITION.search(word)):
            bare = bare.replace(word, " ")
    return bare


def _clause(text: str, lexicon: Lexicon, code: str | None, *, is_order: bool = True) -> Clause:
    said = verb_of(ordered(text), lexicon) if is_order else whole(ordered(text))
    verb, role = said.verb, said.role
    tokens = PART_OF.sub(lambda part: part[0] if part[1] in lexicon else "", said.rest).split()
    mentions: list[Mention] = []
    unknown: list[str] = []
    at, unheard, aside, points, doubt = 0, False, False, False, False
    while at < len(tokens):
        token = tokens[at]
        used, name = name_at(tokens, at, lexicon, role)
        if name is not None:
            mentions.append(replace(name, sure=not doubt))
            role, aside, doubt = Role.THING, False, False
        elif token in PREPOSITIONS:
            # Where the thing is does not matter, once it is named; nor does what one hopes to find in it.
            aside = (token in WHERE and verb not in _HANDING and bool(mentions)) or (token == "for" and verb is Verb.SEARCH and bool(mentions))
            role, used = PREPOSITIONS[token], 1
        elif token in POINTING and described([token, *tokens[at + 1 :]], 0, lexicon, Verb.EXAMINE) is None:
            points, used = True, 1
        elif token in FILLERS or token in PARTS or _ADVERB.fullmatch(token) or (code is not None and token in CODE_FILLERS):
            used = 1
        elif (thing := described(tokens, at, lexicon, verb)) is not None:
            doubt, used = doubt or not thing.sure, 1
        elif (verb in _WORDED or not is_order) and token in PHATIC:
            used = 1
        else:
            used, probably = (1, None) if aside else probably_named(tokens, at, lexicon)
            if probably is not None:
                mentions.append(Mention(word=probably, role=role, sure=False))
            elif not aside:
                unknown.append(token)
                unheard = unheard or role is Role.ABOUT
        at += used
    if verb is Verb.EXAMINE and mentions and _INSIDE.search(text):
        verb = Verb.SEARCH
    return Clause(
        verb=verb, mentions=tuple(mentions), code=code, unknown=tuple(unknown), sure=said.sure, unheard=unheard, points=points
    )
