"""Korean text into clauses: what is asked, told or forbidden is told from what is to be done."""

import re
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Role
from services.game.words.codes import code_in
from services.game.words.korean.free import FREE
from services.game.words.korean.moods import (
    ANSWERED,
    ASKS,
    HINDERED,
    INNER,
    LATER,
    MUST_NOT,
    NEGATION,
    NOT_SAID_OF_DEEDS,
    OTHERS,
    PERMISSION,
    QUESTION_END,
    RATHER,
    TOLD,
    UNDECIDED,
)
from services.game.words.korean.names import name_of, says_nothing
from services.game.words.korean.periphrases import LOST, plain
from services.game.words.korean.reader import Reader
from services.game.words.korean.turns import turned, urged
from services.game.words.korean.verbs import SS, N, final_of, verb_of
from services.game.words.korean.vocabulary import CHATTER, CODE_WORDS, DIGITS, NOTHING, PHATIC, SPOKEN_CODE, STRUCK, USEFUL

_PIECES = re.compile(r"[,.!?…~]+|(?<=는데)\s|(?<=은데)\s|(?<=한데)\s|(?<=니까)\s|(?<=네)\s|(?<=다)\s")
_PUNCTUATION = re.compile(r"[^\w\s]+")
_INSIDE = re.compile(r"(?:주머니|안|속|밑|뒤)(?:에|를|을|쪽|쪽에|에는)?\s.*(?:뭐|무엇|무언가|누가|뭔가).*(?:있|들었|들어|숨|없)|주머니")
"""Looking for what is in something is searching it."""
_SAID_SO = re.compile(
    r"^(?P<said>.+?(?:요|다|까|죠|자|라|소|오|마|해|지|네|야|어|여))[,.!?~]*\s+(?:하고|하며|하면서|라며|라고|이라며|이라고)\s+(?P<rest>.+)$"
)
_CALLED = re.compile(r"(?:씨|님|아|야|양|군|어르신|선생님|아저씨|양반|요)$")
_PUT_TO = re.compile(
    r"(?:요|까|소|오|죠|니|나|냐|래|지|어|야|대요|가|꺼|교|유|당가|당교)\s*[?]+[!~ㅎㅋ]*\s*$|(?:[습십]니까|"
    r"니꺼|능교|는교|[셨었았]소)\s*[.!~]*$"
)
_HELD_OUT = re.compile(
    r"(?:보세요|보십시오|봐요|봐봐요|보실래요|보시겠어요|받으세요|받아요|받으십시오|드세요|드십시오|봐|"
    r"받아|(?:보|받으|드|읽으)실(?:래요?|까요?|런지요?)?(?=\s*\?))[?.!~ㅎㅋ\s]*\s*$"
)
_TITLED = re.compile(r"(?:씨|님|군|양)")
_OWN = re.compile(r"(?:[ㄹ을]까요?|[가-힣]래요?|[가-힣]게요?)\s*[?]*\s*$")


def free_verb(text: str) -> Verb | None:
    """The free verb that the whole text asks for; None where it asks for none."""
    found = _free_whole(text)
    if found is not None:
        return found
    pieces = [piece for piece in _PIECES.split(text) if piece.strip()]
    said = [(_free_whole(piece), piece) for piece in pieces]
    verbs = {verb for verb, _ in said if verb is not None}
    return verbs.pop() if len(verbs) == 1 and all(verb is not None or LOST.search(f"{piece} ") for verb, piece in said) else None


def _free_whole(text: str) -> Verb | None:
    words = _PUNCTUATION.sub(" ", CHATTER.sub(" ", text)).split()
    plainer = [word for word in words if not says_nothing(word) and word not in ("자", "야")]
    asked = dict.fromkeys(("".join(words), "".join(plainer)))
    return next((verb for verb, pattern in FREE.items() if any(re.fullmatch(pattern, each) for each in asked)), None)


def clauses(text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses of the sentence, each ending with its verb; None where it says what is not to be done."""
    text = urged(turned(text), lambda word: verb_of(word) is not None)
    if _asks(text):
        return (replace(words(text, lexicon), unknown=(text,), asks=True),)
    said = _SAID_SO.match(text)
    if said is not None and name_of(said["said"].split()[-1], lexicon) is None:
        return _with_speech(said["said"], clauses(said["rest"], lexicon), lexicon)
    code, rest = code_in(_spoken_digits(text), CODE_WORDS)
    rest = NOTHING.sub(" ", rest if code is None else STRUCK.sub("누른다", rest))
    rest = RATHER.sub(lambda rather: rather[0] if verb_of(f"{rather[1]}다", after_name=True) else " ", rest)
    told = plain(CHATTER.sub(" ", USEFUL.sub(" ", rest.casefold())))
    nameless = _nameless(told, lexicon)
    if MUST_NOT.search(nameless) or _is_later(nameless):
        return None
    if UNDECIDED.search(nameless) or TOLD.search(nameless) or OTHERS.search(INNER.split(nameless)[-1]):
        return (Clause(unknown=(text,)),)
    asked = PERMISSION.sub(" ", HINDERED.sub(" ", told))
    reader = Reader(_PUNCTUATION.sub(" ", asked).split(), lexicon, code)
    found = reader.clauses()
    if NEGATION.search(NOT_SAID_OF_DEEDS.sub(" ", " ".join([*reader.rest, ""]))):
        return None
    if _INSIDE.search(asked):
        found = [replace(clause, verb=Verb.SEARCH) if clause.verb is Verb.EXAMINE and clause.mentions else clause for clause in found]
    # Who asks whether something may be done is asked back.
    return tuple(found) if PERMISSION.search(told) is None else tuple(replace(clause, sure=False) for clause in found)


def words(text: str, lexicon: Lexicon) -> Clause:
    """The names in a text that asks for nothing, and what else it says that is no small talk; no verb."""
    reader = Reader(_PUNCTUATION.sub(" ", CHATTER.sub(" ", text.casefold())).split(), lexicon, None)
    unknown = tuple(word for word in reader.names_only() if PHATIC.fullmatch(word) is None)
    return Clause(mentions=reader.named, unknown=unknown)


def vocative(text: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """The name that a question, or an offer, calls without a mark after it, and the rest; None where it calls none."""
    if not (
        _PUT_TO.search(text) or _HELD_OUT.search(text) or (ASKS.search(text) and QUESTION_END.search(text.rstrip(" .!~")))
    ) or _OWN.search(text):
        return None
    tokens = text.split()
    while tokens and says_nothing(tokens[0].strip(",.!?~")):
        tokens = tokens[1:]
    for size in (2, 1):
        called = "".join(tokens[:size])
        name = name_of(called, lexicon)
        if (
            len(tokens) > size
            and _TITLED.match(tokens[size]) is None
            and name is not None
            and name.role is Role.THING
            and (called == name.word or _CALLED.search(called))
        ):
            return " ".join(tokens[:size]), " ".join(tokens[size:])
    return None


def _with_speech(said: str, found: tuple[Clause, ...] | None, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses, with what is said in the deed that says it."""
    if found is None:
        return None
    heard = words(said, lexicon)
    return tuple(
        replace(clause, mentions=(*clause.mentions, *heard.mentions), unknown=(*clause.unknown, *heard.unknown))
        if clause.verb in (Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE)
        else clause
        for clause in found
    )


def _asks(text: str) -> bool:
    """Whether it asks about what was done or is so: 「열었어?」, 「누가 열었을까」; 「있어?」 and 「하겠어?」 aside."""
    whole = text.rstrip(" .!~")
    tokens = whole.rstrip("?").split()
    if not tokens:
        return False
    outer = INNER.split(f"{whole} ")[-1]
    is_question = whole.endswith("?") or QUESTION_END.fullmatch(tokens[-1]) is not None
    if is_question and ASKS.search(outer) and not ANSWERED.search(outer):
        return True
    past = [each for each in tokens[-1] if final_of(each) == SS and each not in "있겠"]
    return bool(past) and (whole.endswith("?") or re.search("(?:을까|나|던가|던지|니|냐|을라나)$", tokens[-1]) is not None)


def _is_later(text: str) -> bool:
    """Whether it is to be done another time; 「뒤진 다음에」 is after that."""
    before = (text[: later.start()].rstrip() for later in LATER.finditer(text))
    return any(final_of(each) != N or each.endswith("건") for each in before)


def _nameless(text: str, lexicon: Lexicon) -> str:
    """The text without the names in it that say that something is not done."""
    for word in lexicon:
        if len(word) > 2 and NEGATION.search(f" {word}"):
            text = re.sub(r"\s*".join(map(re.escape, word)), " ", text)
    return text


def _spoken_digits(text: str) -> str:
    return SPOKEN_CODE.sub(lambda spoken: "".join(re.findall("[가-힣]", spoken[0])).translate(DIGITS), text)
