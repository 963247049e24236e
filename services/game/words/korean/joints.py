"""How a Korean verb is joined to what follows it: whether it is a deed of its own, or only says how, why or with what the next is done."""

import re
from dataclasses import replace
from enum import Enum, auto

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Role
from services.game.words.korean.ahead import Ahead
from services.game.words.korean.endings import MANNER, SERIAL, TAKING_UP
from services.game.words.korean.verbs import L, N, final_of
from services.game.words.korean.vocabulary import SUBORDINATE

HELPER = re.compile(r"(?:하|한|할|합|해|했|싶|되|돼|될|된|됩|중)[가-힣]*")
_BEFORE = re.compile(r"[가-힣]+기\s?전에?")
_BEFORE_THAT = re.compile("전에?")
_SOME_THING = re.compile(r"(?:거|것|게|건|걸|일|적|사람|분|놈|이유|까닭|방법)(?:이|가|은|는|을|를|에|도)?")
_TO_THAT_END = ("려고", "려", "러", "고자", "으며", "하며", "보며", "면서")
TO_SOMEBODY = re.compile(r".+(?:에게|한테|께|더러|보고|씨와|씨랑|님과|님이랑)(?:는|도|만|서)?$")
"""What is done to, or for, somebody."""
OBJECT = re.compile(r"[가-힣]+(?:을|를|이라도|라도|이나)")
WITH_TOOLS = frozenset({Verb.OPEN, Verb.UNLOCK, Verb.USE})
"""What is done with a thing that was taken up before."""
WITH_IT = frozenset({Verb.EXAMINE, Verb.SEARCH, Verb.READ, Verb.SHOW, Verb.GIVE, Verb.SLEEP, Verb.LISTEN, Verb.HIDE, Verb.TAKE})
"""What is done with that thing itself, or needs none."""


class Joint(Enum):
    """What a verb is to the rest of its sentence."""

    NONE = auto()
    """A deed of its own."""
    TAKES_UP = auto()
    """It takes up what the next is done with: 「드라이버를 꺼내 나사를 푼다」."""
    LEADS_ON = auto()
    """It says how the next is done: 「기어들어가 숨는다」, 「밀어서 닫는다」."""
    PURPOSE = auto()
    """It says to what end: 「차단기 고치게 퓨즈를 꽂는다」."""
    REASON = auto()
    """It says why: 「들키면 큰일이니 숨는다」."""
    BEFORE = auto()
    """It says before what: 「식기 전에」."""
    DESCRIBES = auto()
    """It tells which thing is meant: 「기름 묻은 핀」, 「내가 챙긴 사진」."""


def joint(ahead: Ahead, tokens: list[str], at: int, size: int, *, after_name: bool) -> Joint:
    """What the verb that those words are is to what follows them."""
    after = at + size
    said, last = "".join(tokens[at:after]), tokens[after - 1]
    if after >= len(tokens):
        return Joint.NONE
    if TAKING_UP.fullmatch(said) and last_verb(ahead, tokens, after, after_name=after_name) in WITH_TOOLS | WITH_IT:
        return Joint.TAKES_UP
    if _leads_on(ahead, tokens, after, last, after_name=after_name):
        return Joint.LEADS_ON
    if HELPER.fullmatch(tokens[after]) is None and (last.endswith(_TO_THAT_END) or (last.endswith("게") and final_of(last[:-1]) != L)):
        return Joint.PURPOSE
    if is_before(said, tokens[after]):
        return Joint.BEFORE
    if SUBORDINATE.fullmatch(last) and not MANNER.fullmatch(said):
        return Joint.REASON
    return Joint.DESCRIBES if _describes(ahead, tokens, after, last) else Joint.NONE


def besides_purpose(unknown: list[str], said: str, *, is_named: bool) -> list[str]:
    """The unknown words that are not what a purpose is about: 「물이라도 마시게」, 「밥 먹으러」, 「집에 불 들어오게」."""
    if said.endswith("게") and not is_named:
        return [word for word in unknown if TO_SOMEBODY.fullmatch(word)]
    is_about = bool(unknown) and (said.endswith(("러", "며", "면서")) or OBJECT.fullmatch(unknown[-1]) is not None)
    return unknown[:-1] if is_about else unknown


def is_before(said: str, after: str) -> bool:
    """Whether it is said that something comes before that."""
    return _BEFORE.fullmatch(said) is not None or (said.endswith("기") and _BEFORE_THAT.fullmatch(after) is not None)


def last_verb(ahead: Ahead, tokens: list[str], at: int, *, after_name: bool) -> Verb | None:
    """The verb that the sentence ends with, from there."""
    last = None
    while at < len(tokens):
        size, _, verb = ahead.longest(at, after_name=after_name)
        last, at = verb or last, at + (size or 1)
    return last


def _leads_on(ahead: Ahead, tokens: list[str], after: int, last: str, *, after_name: bool) -> bool:
    while after < len(tokens) - 1 and ahead.is_skipped(after):
        after += 1
    if not (MANNER.fullmatch(last) or (SERIAL.fullmatch(last) and not last.endswith("서"))):
        return False
    _, names, verb = ahead.longest(after, after_name=after_name)
    return verb is not None and not names


def _describes(ahead: Ahead, tokens: list[str], after: int, last: str) -> bool:
    if final_of(last) != N or last.endswith("지만"):
        return False
    _, names, _ = ahead.longest(after)
    return bool(names) or (after < len(tokens) - 1 and _SOME_THING.fullmatch(tokens[after]) is not None)


def taken_back(found: list[Clause]) -> list[Clause]:
    """The clauses of a sentence, where a name after the verb belongs to it: 「열어 줘, 협탁」, 「얘기해 줘요, 윤슬 씨」."""
    if len(found) <= 1 or found[-1].verb is not None:
        return found
    *before, clause, after = found
    is_called = len(after.mentions) == 1 and after.mentions[0].role is Role.THING
    if after.unknown or (clause.mentions and not is_called):
        return found
    return [*before, replace(clause, mentions=(*after.mentions, *clause.mentions))]
