"""English text into clauses: the verb first, then names between prepositions."""

import re
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon
from services.game.words.codes import code_in
from services.game.words.english.frames import ASIDE, ASKING, BEGINNINGS, CONDITION, MAY, NEGATION, TOLD
from services.game.words.english.free import FREE
from services.game.words.english.names import name_at
from services.game.words.english.paraphrases import NAME_FIRST, paraphrased
from services.game.words.english.reader import Reader
from services.game.words.english.segments import bare_of, deeds_of, ordered, plainly, said_last
from services.game.words.english.turns import PREPARING
from services.game.words.english.verbs import Said, verb_of
from services.game.words.english.vocabulary import CODE_WORDS, DIGITS, SPOKEN_CODE, TIMES

_WHENEVER = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE, Verb.WAIT, Verb.SLEEP})
"""Deeds in which conditions are only spoken of, or waited for."""
_TO_DO = re.compile(
    r"^(?:(?:tell|order|ask|command|instruct|force|get|want|beg|urge|invite|allow|expect|need|send|help|"
    r"wait for) (?!me\b|us\b|myself\b).+? to|"
    r"(?:make|have|let|help|watch|see) (?!me\b|us\b|myself\b)(?:the |my )?\w+(?: \w+)?) (?P<deed>.+)$"
)
_TAKING_OUT = re.compile(r"^(?:take|get|pull|fish|dig|strike|light) (?:out|down|a|the)\b")
_GREETING = re.compile(r"^(?:(?:hey|hi|hello|so|ok|okay|well|um|uh|excuse me|listen|there|please)\s+)*")
_PUT_TO = re.compile(
    r"(?:what|why|who|where|when|how|do you|did you|are you|were you|can you|could you|would you|will you|have you|tell me|please|i'm|i am|"
    r"i need|i want you|check|look|see|take|here)\b"
)


def free_verb(text: str) -> Verb | None:
    """The free verb that the whole text asks for; None where it asks for none."""
    found = _free_whole(text)
    if found is not None:
        return found
    pieces = [piece for piece in re.split(r"[,.!?…;:]+|\bso\b", text) if piece.strip()]
    said = [(_free_whole(piece), piece) for piece in pieces]
    verbs = {verb for verb, _ in said if verb is not None}
    return verbs.pop() if len(verbs) == 1 and all(verb is not None or ASIDE.match(plainly(piece)) for verb, piece in said) else None


def _free_whole(text: str) -> Verb | None:
    bare = plainly(text)
    asked = {bare, BEGINNINGS.sub("", bare), BEGINNINGS.sub("", f"{bare} ").strip()} - {""}
    return next((verb for verb, pattern in FREE.items() for each in asked if re.fullmatch(pattern, each)), None)


def clauses(text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses of the sentence; None where it says what is not to be done."""
    text = _verb_first(paraphrased(text.casefold().replace("\u2019", "'")), lexicon)
    code, rest = code_in(_figures(text), CODE_WORDS)
    whole_text = bare_of(rest, lexicon)
    bare = plainly(whole_text)
    if NEGATION.search(_nameless(bare, lexicon)):
        return None
    bare = said_last(bare, lexicon)
    if ASKING.match(bare):
        return (replace(_names(bare, lexicon, code), unknown=(bare,), asks=True),)
    if TOLD.match(bare) or _has_done(bare) or _does(bare, lexicon):
        return (Clause(unknown=(bare,)),)
    if CONDITION.search(_nameless(bare, lexicon)) and verb_of(ordered(bare), lexicon).verb not in _WHENEVER:
        return (Clause(unknown=(bare,)),)
    asks = MAY.match(bare) is not None
    before, parts = deeds_of(whole_text, lexicon) if bare == plainly(whole_text) else ([], [bare])
    prepared = [_prepared(part, lexicon) for part in before]
    found = (*prepared, *(_clause(part, lexicon, code) for part in parts))
    return tuple(replace(clause, sure=False) for clause in found) if asks else found


def _verb_first(text: str, lexicon: Lexicon) -> str:
    """The text with its verb before what it is done to."""
    said = NAME_FIRST.match(text)
    if said is None or name_at(said[1].split(), 0, lexicon)[0] != len(said[1].split()) or not verb_of(said[2], {}).is_said:
        return text
    return f"{said[2]} {said[1]}"


def words(text: str, lexicon: Lexicon) -> Clause:
    """The names in a text that asks for nothing, and what else it says that is no small talk; no verb."""
    return _names(plainly(text), lexicon)


def vocative(text: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """The name that a question calls without a mark after it, and the question; None where it calls none."""
    tokens = _GREETING.sub("", plainly(text)).split()
    size, name = name_at(tokens, 0, lexicon)
    said = " ".join(tokens[size:])
    return (" ".join(tokens[:size]), said) if name is not None and _PUT_TO.match(said) else None


def _prepared(part: str, lexicon: Lexicon) -> Clause:
    """What is only done to do what comes next. What is taken out for it has to be known."""
    named = _names(PREPARING.sub("", ordered(part)), lexicon)
    is_taken = _TAKING_OUT.match(ordered(part)) is not None
    return replace(named, unknown=named.unknown if is_taken else (), asks=not (is_taken and named.unknown), prepares=True)


def _has_done(bare: str) -> bool:
    """Whether who has somebody do something is told: it is not done by the player."""
    has_done = _TO_DO.match(ordered(bare))
    if has_done is None or verb_of(ordered(bare), {}).verb in (Verb.PERSUADE, Verb.WAIT):
        return False
    return verb_of(has_done["deed"], {}).is_said


def _does(bare: str, lexicon: Lexicon) -> bool:
    """Whether it begins with who does it: May takes the rope."""
    tokens = bare.split()
    size, name = name_at(tokens, 0, lexicon)
    return (
        name is not None
        and size == len(name.word.split())
        and verb_of(" ".join(tokens[size:]), {}).is_said
        and verb_of(bare, {}).verb is None
    )


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


def _clause(text: str, lexicon: Lexicon, code: str | None) -> Clause:
    return Reader(verb_of(ordered(text), lexicon), lexicon, code, is_small_talk=False).clause()


def _names(text: str, lexicon: Lexicon, code: str | None = None) -> Clause:
    """What the text names, whatever it says of it."""
    return Reader(Said(verb=None, rest=text), lexicon, code, is_small_talk=True).clause()
