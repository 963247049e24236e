"""An English sentence taken apart: what is beside the deed in it, and where one deed ends and another begins."""

import re
from functools import lru_cache

from services.game.rules.commands import Verb
from services.game.words.clauses import Lexicon
from services.game.words.english.frames import ASIDE, BEGINNINGS, CONDITION, LAST, NEGATION, OPENING, REASON, TAILS, TOLD, WHILE
from services.game.words.english.idioms import IDIOMS
from services.game.words.english.names import is_named
from services.game.words.english.turns import PREPARING, TURNS
from services.game.words.english.verbs import phrase_of, verb_of

_PUNCTUATION = re.compile(r"[^\w\s'?&]+|\?(?=.)|(?<=.)\?")
_PUNCTUATION_BUT_COMMAS = re.compile(r"[^\w\s'?&,:]+|\?(?=.)|(?<=.)\?")
_TWO_DEEDS = re.compile(
    r"\s*(?:[,:]|\band then\b|\bthen\b|\band\b|\bbefore\b|\bafter\b|\bbut\b|\bafterwards?\b)\s*(?:(?:and|"
    r"then|but|also|finally|afterwards?|after that|next)\s+)*"
)
_GOING_ON = re.compile(
    r"\bwhat(?:'s| is| are)?\s*(?:(?:goes|going|happens|happening|being said|they say|they are saying|they're saying)\s*)(?:on\s)?|"
    r"\bto (?:whoever|whatever) is\b"
)
_DETERMINED = re.compile(r"^(?:the|a|an|my|her|his|their|some|that|this)\b")
_STATES = re.compile(r"\b(?:is|are|looks?|seems?|feels?|sounds?|smells?|needs?|wants?|must be|might be|may be|could be)\b")
_SAID_LAST = re.compile(
    r"^(?P<said>.+?)[\s,]+(?:i|we) (?:ask|say|tell|shout|whisper|call|inquire|enquire|wonder aloud|reply)(?: to)? (?P<whom>[\w' ]+)$"
)


def plainly(text: str) -> str:
    """The text in small letters, without marks."""
    return _without_marks(text, _PUNCTUATION)


def _without_marks(text: str, marks: re.Pattern[str]) -> str:
    plain = text.casefold().replace("\u2019", "'").strip(" .!,:;-")
    spaced = " ".join(marks.sub(" ", plain).split())
    return re.sub(r"\b(out|away|off) of\b", r"\1 from", _GOING_ON.sub(" ", spaced)) or plain


def bare_of(text: str, lexicon: Lexicon) -> str:
    """The sentence without why, what for and how it is done, in small letters; with its commas."""
    bare = _without_marks(text, _PUNCTUATION_BUT_COMMAS)
    bare = WHILE.sub("", OPENING.sub("", bare))
    reason = REASON.match(bare)
    if reason is not None and (not reason[1].strip() or _has_verb(reason[1], lexicon) or not reason[1].split()[0].isalpha()):
        bare = reason[1]
    bare = LAST.sub("", TAILS.sub("", bare)) or bare
    pieces = [piece.strip() for piece in re.split("[,:]", bare)]
    if len(pieces) > 1:
        kept = [piece for piece in pieces if not _is_aside(piece, lexicon)]
        bare = ", ".join(kept or pieces)
    return " ".join(bare.split())


def _is_aside(piece: str, lexicon: Lexicon) -> bool:
    """Whether a piece between commas only says how one feels, or how it is done."""
    tokens = piece.split()
    if not tokens or any(is_named(tokens, at, lexicon) for at in range(len(tokens))):
        return not tokens
    is_more = _DETERMINED.match(piece) or CONDITION.search(piece) or NEGATION.search(piece) or _has_verb(piece, lexicon)
    return not is_more and ASIDE.match(piece) is not None and not any(char.isdigit() for char in piece)


def said_last(bare: str, lexicon: Lexicon) -> str:
    """What is said, with whom it is said to before it: "what of the door, I ask her" is to ask her what of the door."""
    said = _SAID_LAST.match(bare)
    if said is None or not is_named(said["whom"].split(), 0, lexicon):
        return bare
    return f"ask {said['whom']} {said['said']}"


@lru_cache(maxsize=4096)
def ordered(bare: str) -> str:
    """The text without what orders begin with, in the words of the tables."""
    bare = bare if bare == "i" else BEGINNINGS.sub("", f"{bare} ").strip()
    for pattern, same in (*IDIOMS, *TURNS):
        bare = pattern.sub(same, bare).strip()
    return bare


def deeds_of(bare: str, lexicon: Lexicon) -> tuple[list[str], list[str]]:
    """What prepares the deeds of the sentence, and the deeds.

    "And" parts two deeds where a verb follows it, and two names where none does.
    """
    parts = [part for part in _TWO_DEEDS.split(ordered(bare)) if part]
    before = 0
    if " and " in phrase_of(ordered(bare)):  # wait and see
        return [], [plainly(bare)]
    while before < len(parts) - 1 and (
        (PREPARING.match(ordered(parts[before])) and not _hides(parts[before], lexicon)) or _states(parts[before], lexicon)
    ):
        before += 1
    deeds = parts[before:]
    if len(parts) > 1 and all(_has_verb(part, lexicon) for part in deeds):
        return parts[:before], deeds
    return [], [plainly(bare)]


def _states(text: str, lexicon: Lexicon) -> bool:
    """Whether it only says how something is: "the tube is too risky"."""
    tokens = text.split()
    if _has_verb(text, lexicon) or not any(is_named(tokens, at, lexicon) for at in range(len(tokens))) or TOLD.match(text):
        return False
    is_doing = tokens[-1].endswith("s") and len(tokens[-1]) > 3 and not is_named(tokens, len(tokens) - 1, lexicon)
    return len(tokens) > 1 and (_STATES.search(text) is not None or (_DETERMINED.match(text) is not None and is_doing))


def _hides(text: str, lexicon: Lexicon) -> bool:
    return verb_of(ordered(text), lexicon).verb is Verb.HIDE


def _has_verb(text: str, lexicon: Lexicon) -> bool:
    return verb_of(ordered(text), lexicon).is_said
