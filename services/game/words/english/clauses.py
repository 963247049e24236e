"""English text into clauses: the verb first, then names between prepositions."""

import re
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Mention, Role
from services.game.words.codes import code_in
from services.game.words.english.tables import (
    ASKING,
    BEGINNINGS,
    CODE_FILLERS,
    CODE_WORDS,
    DIGITS,
    FILLERS,
    FREE,
    LEAVING,
    NEGATION,
    PART_OF,
    PARTED,
    PARTS,
    PREPOSITIONS,
    REWRITTEN,
    SPOKEN_CODE,
    TAILS,
    TELLING_APART,
    WHERE,
)
from services.game.words.english.verbs import base_form, in_base_form, mistyped, phrase_of, verb_at_start, verbs
from services.game.words.typos import meant

_WINDOW_MAX = 6
_LIKE_PERCENT, _NEARLY_PERCENT = 72, 88
"""How like a name a word, and two words, must be."""
_PUNCTUATION = re.compile(r"[^\w\s'?]+|\?(?=.)|(?<=.)\?")
_PUNCTUATION_BUT_COMMAS = re.compile(r"[^\w\s'?,]+|\?(?=.)|(?<=.)\?")
_TWO_DEEDS = re.compile(r"\s*(?:,|\band then\b|\bthen\b|\band\b|\bbefore\b|\bafter\b)\s*(?:(?:and|then)\s+)*")
_CONDITION = re.compile(r"\b(?:if|when|unless|once|whenever|as soon as)\b")
WORDED = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE})
"""Deeds in which conditions are only spoken of."""
_INSIDE = re.compile(r"\bpockets?\b|\b(?:inside|under|underneath|beneath|behind)\b")
"""Looking for what is in something is searching it."""
_TO_DO = re.compile(r"^(?:tell|order|ask|command|instruct|force|get|want) (?P<whom>.+?) to (?P<deed>.+)$")
_GOING_ON = re.compile(
    r"\bwhat(?:'s| is| are)?\s*(?:(?:goes|going|happens|happening|being said|they say|they are saying|they're saying)\s*)(?:on\s)?|"
    r"\bto (?:whoever|whatever) is\b"
)
_HANDING = frozenset(
    {Verb.GIVE, Verb.SHOW, Verb.USE, Verb.COMBINE, Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE, Verb.UNLOCK, Verb.MOVE}
)
"""Deeds for which it matters where, or to whom."""
_LOOKING = frozenset({Verb.EXAMINE, Verb.SEARCH, Verb.READ, Verb.LISTEN, Verb.OPEN, Verb.CLOSE})
"""What can be done to a part of a thing as to the thing."""
_ADVERB = re.compile(r"(?!apply|reply|family|only|belly|jelly|bully)[a-z]{3,}ly")
_POSSESSIVES = frozenset({"her", "his", "their"})


def free_verb(text: str) -> Verb | None:
    """The free verb that the whole text asks for; None where it asks for none."""
    bare = _plain(text)
    asked = {bare, BEGINNINGS.sub("", bare), BEGINNINGS.sub("", f"{bare} ").strip()} - {""}
    return next((verb for verb, pattern in FREE.items() for each in asked if re.fullmatch(pattern, each)), None)


def clauses(text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses of the sentence; None where it says what is not to be done."""
    spelt = SPOKEN_CODE.sub(lambda said: " ".join(DIGITS[word] for word in re.findall("[a-z]+", said[0])) + " ", text.casefold())
    code, rest = code_in(spelt, CODE_WORDS)
    bare = _plain(rest)
    if NEGATION.search(bare):
        return None
    if ASKING.match(bare):
        return (Clause(unknown=(bare,)),)
    asks = _MAY.match(bare) is not None
    bare = TAILS.sub("", _ordered(bare))
    ordered = _TO_DO.match(bare)
    if ordered is not None and _has_verb(ordered["deed"]):
        return (Clause(unknown=(bare,)),)  # who has somebody do something does not do it
    parts = [part for part in _TWO_DEEDS.split(_ordered(TAILS.sub("", _plain(rest, commas=True)))) if part]
    # "and" parts two deeds where a verb follows it, and two names where none does.
    if len(parts) > 1 and all(_has_verb(part) for part in parts):
        return tuple(_clause(part, lexicon, code) for part in parts)
    clause = _clause(bare, lexicon, code)
    if _CONDITION.search(bare) and clause.verb not in WORDED:
        return (Clause(unknown=(bare,)),)
    return (replace(clause, sure=False) if asks else clause,)


_MAY = re.compile(r"^(?:\w+ )?(?:can|may|could|might) (?:i|we)\b")


def _plain(text: str, *, commas: bool = False) -> str:
    plain = text.casefold().replace("\u2019", "'").strip(" .!,")
    marks = (_PUNCTUATION_BUT_COMMAS if commas else _PUNCTUATION).sub(" ", plain)
    return re.sub(r"\b(out|away|off) of\b", r"\1 from", _GOING_ON.sub(" ", " ".join(marks.split()))) or plain


def _ordered(bare: str) -> str:
    """The text without what orders begin with, in the words of the tables."""
    bare = bare if bare == "i" else BEGINNINGS.sub("", f"{bare} ").strip()
    for pattern, same in REWRITTEN:
        bare = pattern.sub(same, bare)
    return bare


def _has_verb(text: str) -> bool:
    return verb_at_start(_ordered(text))[0] is not None


def _clause(text: str, lexicon: Lexicon, code: str | None) -> Clause:
    verb, rest, role, sure = _verb_of(_ordered(text), lexicon)
    tokens = PART_OF.sub(lambda part: part[0] if part[1] in lexicon else "", rest).split()
    mentions: list[Mention] = []
    unknown: list[str] = []
    at, unheard, aside = 0, False, False
    while at < len(tokens):
        token = tokens[at]
        used, name = _name(tokens, at, lexicon, role)
        if name is not None:
            mentions.append(name)
            role, aside = Role.THING, False
        elif token in PREPOSITIONS:
            # Where the thing is does not matter, once it is named.
            aside = token in WHERE and verb not in _HANDING and bool(mentions)
            role, used = PREPOSITIONS[token], 1
        elif (
            token in FILLERS
            or token in PARTS
            or _ADVERB.fullmatch(token)
            or (code is not None and token in CODE_FILLERS)
            or _describes(tokens, at, lexicon, verb)
        ):
            used = 1
        else:
            used, probably = (1, None) if aside else _probably(tokens, at, lexicon)
            if probably is not None:
                mentions.append(Mention(word=probably, role=role, sure=False))
            elif not aside:
                unknown.append(token)
                unheard = unheard or role is Role.ABOUT
        at += used
    if verb is Verb.EXAMINE and mentions and _INSIDE.search(text):
        verb = Verb.SEARCH
    return Clause(verb=verb, mentions=tuple(mentions), code=code, unknown=tuple(unknown), sure=sure, unheard=unheard)


def _describes(tokens: list[str], at: int, lexicon: Lexicon, verb: Verb | None) -> bool:
    """Whether the word only describes the name that comes next, or is a part of it."""
    if verb is None or tokens[at] in TELLING_APART:
        return False
    after = at + 1
    if verb in _LOOKING and tokens[after : after + 1] == ["of"]:  # the lining of the coat
        after += 1
        while after < len(tokens) and tokens[after] in FILLERS:
            after += 1
    elif after < len(tokens) and tokens[after] not in PREPOSITIONS and tokens[after] not in FILLERS and not _named(tokens, after, lexicon):
        after += 1  # two words that describe
    return _named(tokens, after, lexicon)


def _named(tokens: list[str], at: int, lexicon: Lexicon) -> bool:
    return at < len(tokens) and _name(tokens, at, lexicon, Role.THING)[1] is not None


def _name(tokens: list[str], at: int, lexicon: Lexicon, role: Role) -> tuple[int, Mention | None]:
    if tokens[at] in _POSSESSIVES and at + 1 < len(tokens) and _name(tokens, at + 1, lexicon, role)[1] is not None:
        return 0, None  # her bag is a bag
    for size in range(min(_WINDOW_MAX, len(tokens) - at), 0, -1):
        joined = " ".join(tokens[at : at + size])
        for word in (joined, joined.removesuffix("'s"), joined.removesuffix("s"), joined.replace(" ", "") if size > 1 else joined):
            if word in lexicon:
                return size, Mention(word=word, role=role)
    return 0, None


def _probably(tokens: list[str], at: int, lexicon: Lexicon) -> tuple[int, str | None]:
    """A name of two words or one with a slip of the finger in it, and how many words it takes."""
    for size in (2, 1):
        known = (word for word in lexicon if " " in word) if size > 1 else lexicon
        percent = _NEARLY_PERCENT if size > 1 else _LIKE_PERCENT
        probably = meant(" ".join(tokens[at : at + size]), known, alike_percent=percent) if at + size <= len(tokens) else None
        if probably is not None:
            return size, probably
    return 1, None


def _verb_of(text: str, lexicon: Lexicon) -> tuple[Verb | None, str, Role, bool]:
    """The verb, the rest of the text, the role of what comes next, and whether the verb is sure."""
    verb, rest = verb_at_start(text)
    tokens = rest.split()
    first = base_form(text.split(maxsplit=1)[0]) if text else ""
    parted = f"{first} {tokens[-1]}" if len(tokens) > 1 and tokens[-1] in PARTED else ""
    if parted in verbs():  # pull the drawer open
        return verbs()[parted], " ".join(text.split()[1:-1]), Role.THING, True
    phrase = phrase_of(text) or phrase_of(in_base_form(text))
    *shorter, last = phrase.split() or [""]
    if shorter and last in lexicon and " ".join(shorter) in verbs():  # go outside, where that is a place
        return verbs()[" ".join(shorter)], f"{last} {rest}".strip(), Role.THING, True
    if verb is not None:
        leaving = verb is Verb.MOVE and any(text == each or text.startswith(f"{each} ") for each in LEAVING)
        return verb, rest, Role.FROM if leaving else Role.THING, True
    if first and text.split(maxsplit=1)[0] not in lexicon and not _name(text.split(), 0, lexicon, Role.THING)[0]:
        probably = mistyped(first)
        if probably is not None:
            return probably, " ".join(text.split()[1:]), Role.THING, False
    return None, text, Role.THING, True
