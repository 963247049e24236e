"""Korean text into clauses: word by word, the longest reading first, in whatever order the names stand."""

import re
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Mention, Role
from services.game.words.codes import code_in
from services.game.words.korean.names import glued, name_of, probably_named, says_nothing
from services.game.words.korean.tables import (
    ADVERB,
    AFTERWORDS,
    ASKED,
    BESIDE,
    CHATTER,
    CODE_WORDS,
    DESCRIBING,
    DIGITS,
    FREE,
    NEGATION,
    NOT_SAID_OF_DEEDS,
    NOTHING,
    PARTS,
    PERMISSION,
    QUOTED,
    QUOTED_END,
    SERIAL,
    SPOKEN_CODE,
    SUBORDINATE,
    TELLING_APART,
    USEFUL,
)
from services.game.words.korean.verbs import FINALS, FIRST, LAST, SS, verb_of

_WINDOW_MAX = 5
_PUNCTUATION = re.compile(r"[^\w\s]+")
_GOES_ON = re.compile(r"[가-힣]+(?:고|고서|다가)")
_CONDITION = re.compile(r"(?!그러|이러|저러|아니)[가-힣]+(?:면|거든)")
_HELPER = re.compile(r"(?:하|한|할|합|해|했|싶|되|돼|될|된|됩|중)[가-힣]*")
_HELPS = re.compile(r"(?:보|봐|본|볼|봅|봤|주|줘|준|줄|줬|놓|놔|버려|버린|둔|둬|두|간다|가자|온다)")
_INSIDE = re.compile(r"(?:주머니|안|속|밑|뒤)(?:에|를|을|쪽|쪽에|에는)?\s.*(?:뭐|무엇|무언가|누가|뭔가).*(?:있|들었|들어|숨)|주머니")
"""Looking for what is in something is searching it."""
_LEADS_ON = re.compile(r".*(?:도록|기로|려고|고자|까|려|고|게|야)$")
_UNHEARD = re.compile(r".+(?:을|를|에|의|얘기|얘기를|이야기|이야기를)$")
_SAID = re.compile(r"(?:얘기|이야기)")
_MUST_NOT = re.compile(r"면\s*안\s*(?:되|돼|된|됩)")
_SAYING = frozenset({Verb.TALK, Verb.EXAMINE, Verb.SHOW})
"""What one can ask somebody to do without giving an order: to speak, to look."""
_LOOKING = frozenset({Verb.EXAMINE, Verb.SEARCH, Verb.READ})
"""What can be done to a part of a thing as to the thing."""


def free_verb(text: str) -> Verb | None:
    """The free verb that the whole text asks for; None where it asks for none."""
    words = _PUNCTUATION.sub(" ", CHATTER.sub(" ", text)).split()
    plain = [word for word in words if not says_nothing(word) and word not in ("자", "야")]
    asked = dict.fromkeys(("".join(words), "".join(plain)))
    return next((verb for verb, pattern in FREE.items() if any(re.fullmatch(pattern, each) for each in asked)), None)


def clauses(text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
    """The clauses of the sentence, each ending with its verb; None where it says what is not to be done."""
    if _asks_what_was(text):
        return (Clause(unknown=(text,)),)
    code, rest = code_in(_spoken_digits(text), CODE_WORDS)
    rest = NOTHING.sub(" ", rest)
    plain = NOT_SAID_OF_DEEDS.sub(" ", CHATTER.sub(" ", USEFUL.sub(" ", rest.casefold())))
    if _MUST_NOT.search(plain):
        return None
    asked = PERMISSION.sub(" ", plain)
    reader = _Reader(_PUNCTUATION.sub(" ", asked).split(), lexicon, code)
    found = reader.clauses()
    if NEGATION.search(" ".join(reader.rest)):
        return None
    if _INSIDE.search(asked):
        found = [replace(clause, verb=Verb.SEARCH) if clause.verb is Verb.EXAMINE and clause.mentions else clause for clause in found]
    # Who asks whether something may be done is asked back.
    return tuple(found) if asked == plain else tuple(replace(clause, sure=False) for clause in found)


class _Reader:
    """Goes through the words of one sentence. `rest` are those that are no names."""

    def __init__(self, tokens: list[str], lexicon: Lexicon, code: str | None) -> None:
        self._lexicon = lexicon
        self._code = code
        self._tokens = tokens
        self.rest: list[str] = []
        self._mentions: list[Mention] = []
        self._unknown: list[str] = []
        self._unheard = False
        self._orders = False
        self._found: list[Clause] = []

    def clauses(self) -> list[Clause]:
        """The clauses, the last of them perhaps without a verb."""
        at = 0
        while at < len(self._tokens):
            at += self._read(at)
        if self._mentions or self._unknown or not self._found:
            self._end(None)
        if len(self._found) > 1 and self._found[-1].verb is None:
            self._take_back()
        return self._found

    def _is_light(self, at: int) -> bool:
        token = self._tokens[at]
        return (at == 0 and token in ("자", "야")) or (token not in self._lexicon and token not in AFTERWORDS and says_nothing(token))

    def _end(self, verb: Verb | None) -> None:
        if verb is Verb.TAKE and any(mention.role is Role.ABOUT for mention in self._mentions):
            verb = Verb.TALK  # 「시계 얘기를 꺼낸다」
        unheard = self._unheard or (self._orders and verb is not Verb.PERSUADE)
        self._found.append(
            Clause(verb=verb, mentions=tuple(self._mentions), code=self._code, unknown=tuple(self._unknown), unheard=unheard)
        )
        self._mentions, self._unknown, self._unheard, self._orders = [], [], False, False

    def _take_back(self) -> None:
        """A name after the verb belongs to it: 「열어 줘, 협탁」, 「얘기해 줘요, 윤슬 씨」."""
        *before, clause, after = self._found
        if not after.unknown and (
            not clause.mentions or (all(mention.role is Role.THING for mention in after.mentions) and _is_called(after))
        ):
            self._found = [*before, replace(clause, mentions=(*after.mentions, *clause.mentions))]

    def _read(self, at: int) -> int:
        """Reads on from there; how many words that were."""
        tokens = self._tokens
        token, is_last = tokens[at], at == len(tokens) - 1
        if at and self._found and not self._mentions and _LEADS_ON.fullmatch(tokens[at - 1]) and _HELPER.fullmatch(token):
            return 1
        if token in AFTERWORDS:
            self._mark(AFTERWORDS[token])
            return 1
        size, names, verb = self._longest(at)
        if verb is None and not is_last and self._unknown and BESIDE.fullmatch(token):
            self._unknown.pop()  # 「소파 위의 가방」: where it is does not matter
            return 1
        self.rest += _beside(names, tokens[at : at + max(size, 1)])
        quoted = 0 if names or is_last or self._is_light(at) else self._quoted(at)
        if quoted:
            return quoted
        if verb is not None and self._leads_on(at, size):
            return size
        if size:
            self._mentions += names
            if verb is not None:
                if self._unknown and self._is_unheard("".join(tokens[at : at + size])):
                    self._unheard = True
                self._end(verb)
            return size
        return self._pass(at)

    def _pass(self, at: int) -> int:
        """Passes over what is no name and no verb, and keeps what might matter; how many words that were."""
        tokens = self._tokens
        token, after = tokens[at], tokens[at + 1 : at + 2]
        if after and _CONDITION.fullmatch(token):  # 「누가 오면 숨을게」
            self._unheard = True
            self._unknown.append(token)
            return 1
        if after and SUBORDINATE.fullmatch(token):  # 「목이 마르니까 거실에 간다」
            self._unknown = []
            self._mentions = [mention for mention in self._mentions if mention.role is not Role.WHO]
            return 1
        if self._is_light(at) or PARTS.fullmatch(token) or ADVERB.fullmatch(token):
            return 1
        if after and re.fullmatch("있는|있던", after[0]) and SERIAL.fullmatch(token):  # 「걸려 있는」
            self._unknown = [word for word in self._unknown if not word.endswith(("에", "위에", "안에", "밑에", "옆에"))]
            return 2
        if after and ASKED.fullmatch(after[0]) and at + 2 < len(tokens):  # 「뭐라고 새겨져 있는지」
            return 2
        if not (after and (ASKED.fullmatch(token) or self._is_aside(at))):
            self._unknown.append(token)
        return 1

    def _quoted(self, at: int) -> int:
        """Passes over what is only said or asked for, before the verb that says so; how many words that were, 0 where there is none."""
        tokens = self._tokens
        for size in (2, 1):
            said = "".join(tokens[at : at + size])
            if at + size < len(tokens) and QUOTED.fullmatch(said):
                bare = QUOTED_END.sub("", said)
                verb = verb_of(f"{bare}다", after_name=True) or verb_of(bare, after_name=True)
                # Who has somebody do something does not do it.
                self._orders = self._orders or (verb is not None and verb not in _SAYING)
                self._unknown += [said] if verb is None or verb not in _SAYING else []
                return size
        return 0

    def _is_aside(self, at: int) -> bool:
        """Whether the word only describes the name, or the deed, that comes next; or is a part of the name before."""
        tokens = self._tokens
        token = tokens[at]
        size, names, verb = self._longest(at + 1)
        if names and size:
            is_bare = re.search("(?:[을를이가은는에로와과도의]|에서|에게|한테)$", token) is None
            return (is_bare or DESCRIBING.fullmatch(token) is not None) and TELLING_APART.fullmatch(token) is None
        if verb is not None and SERIAL.fullmatch(token) is not None:
            # 「재생시켜 본다」 tries what is not known: it is no looking.
            return bool(self._mentions) and _HELPS.match(tokens[at + 1]) is None
        is_part = (
            bool(self._mentions) and self._mentions[-1].role is Role.THING and not self._unknown and re.fullmatch(r"[가-힣]+[을를]", token)
        )
        return verb in _LOOKING and bool(is_part)

    def _leads_on(self, at: int, size: int) -> bool:
        """Whether the verb only says how the next one is done: 「기어들어가 숨는다」."""
        said = self._tokens[at + size - 1]
        if at + size >= len(self._tokens) or not SERIAL.fullmatch(said) or said.endswith("서"):
            return False
        _, names, verb = self._longest(at + size)
        return verb is not None and not names

    def _mark(self, role: Role) -> None:
        """A word that says what the name before it is to the verb."""
        if self._unknown and role is Role.ABOUT:
            self._unheard = True
        elif self._mentions:
            self._mentions[-1] = replace(self._mentions[-1], role=role)

    def _is_unheard(self, said: str) -> bool:
        """Whether the last unknown word is what is talked about."""
        last = self._unknown[-1]
        return _UNHEARD.fullmatch(last) is not None or (_SAID.match(said) is not None and QUOTED.fullmatch(last) is None)

    def _longest(self, at: int) -> tuple[int, list[Mention], Verb | None]:
        """How many words the longest reading has, the names in it, and the verb that ends the clause with it."""
        tokens, lexicon = self._tokens, self._lexicon
        is_name = name_of(tokens[at], lexicon) is not None
        for size in range(min(_WINDOW_MAX, len(tokens) - at), 0, -1):
            joined = "".join(tokens[at : at + size])
            # 「협탁의 서랍」 is 「협탁 서랍」.
            name = name_of(joined, lexicon) or (name_of(joined.replace("의", "", 1), lexicon) if size > 1 else None)
            if name is not None:
                return size, [name], None
            is_two = size > 1 and _GOES_ON.fullmatch(tokens[at]) is not None and not tokens[at + 1].startswith("싶")
            if is_two or self._is_light(at) or self._is_light(at + size - 1):
                continue
            is_aside = at + size < len(tokens) and (ASKED.fullmatch(joined) or QUOTED.fullmatch(joined)) is not None
            # 「눈 좀 붙인다」
            plain = "".join(tokens[number] for number in range(at, at + size) if not self._is_light(number))
            verb = None if is_aside else verb_of(plain, after_name=bool(self._mentions), least=len(tokens[at]) if is_name else 0)
            if verb is not None:
                return size, [], verb
        token = tokens[at]
        if self._is_light(at) or PARTS.fullmatch(token):
            return 0, [], None
        together = glued(token, lexicon)
        if together is not None:
            return 1, [together[0]], together[1]
        aside = QUOTED.fullmatch(token) or ASKED.fullmatch(token) or ADVERB.fullmatch(token)
        probably = None if aside else probably_named(token, lexicon)
        return (1, [probably], None) if probably is not None else (0, [], None)


def _beside(names: list[Mention], tokens: list[str]) -> list[str]:
    """Of the words that were read, those that are no part of a name."""
    for name in names:
        covered = 0
        while tokens and covered < len(name.word):
            covered += len(tokens[0])
            tokens = tokens[1:]
    return tokens


def _is_called(clause: Clause) -> bool:
    """Whether the clause is nothing but one name, as one calls somebody."""
    return len(clause.mentions) == 1


def _asks_what_was(text: str) -> bool:
    """Whether it asks about what was done or is so: 「열었어?」; 「있어?」 and 「하겠어?」 aside."""
    words = text.rstrip(" .!~").split()
    if not words or not words[-1].endswith("?"):
        return False
    if re.search("왜|무엇을|뭘|누가|어째서|언제", text) and not re.search("묻|물어|물을|질문|여쭤|여쭙", text):
        return True
    past = [each for each in words[-1] if FIRST <= ord(each) <= LAST and (ord(each) - FIRST) % FINALS == SS]
    return any(each not in "있겠" for each in past)


def _spoken_digits(text: str) -> str:
    return SPOKEN_CODE.sub(lambda spoken: "".join(spoken[0].replace(",", " ").split()).translate(DIGITS), text)
