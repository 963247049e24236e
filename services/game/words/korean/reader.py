"""A Korean sentence read word by word: the longest reading first, in whatever order the names stand."""

import re
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Mention, Role
from services.game.words.korean.ahead import Ahead
from services.game.words.korean.endings import QUOTED, QUOTED_END, SERIAL, TAKING_UP
from services.game.words.korean.joints import (
    HELPER,
    OBJECT,
    TO_SOMEBODY,
    WITH_IT,
    WITH_TOOLS,
    Joint,
    besides_purpose,
    is_before,
    joint,
    last_verb,
    taken_back,
)
from services.game.words.korean.names import beside, doubtful, is_adverb, name_of, same_verb, what_matters
from services.game.words.korean.verbs import is_stem, verb_of
from services.game.words.korean.vocabulary import (
    AFTERWORDS,
    ASKED,
    BESIDE,
    BODY,
    COUNTED,
    COUNTERS,
    DATED,
    DESCRIBING,
    INSTEAD,
    PARTS,
    PARTS_OF_THINGS,
    PLACED,
    SUBORDINATE,
    TELLING_APART,
    TRANSPARENT,
)

_CONDITION = re.compile(r"(?!그러|이러|저러|아니|되도록|한동안|그동안|이때|그때)[가-힣]+(?:면|거든|때|때는|때마다|때까지|전까지|동안)")
_HELPS = re.compile(r"(?:보|봐|본|볼|봅|봤|주|줘|준|줄|줬|놓|놔|버려|버린|둔|둬|두|간다|가자|온다)")
_LEADS_ON = re.compile(r".*(?:도록|기로|려고|고자|까|려|고|게|야)$")
_UNHEARD = re.compile(r".+(?:을|를|에|의|얘기|얘기를|이야기|이야기를)$")
_SAID = re.compile(r"(?:얘기|이야기)")
_BARE = re.compile(r"(?!.*(?:[을를이가은는에로와과도의께랑]|에서|에게|한테|더러|까지|부터|처럼|보다|마다|하고|보고)$).+")
_BESIDE = re.compile(r"(?:옆|곁|위|앞|근처|구석|한쪽|모서리)에(?:다|다가)?")
_TO_WHAT_END = re.compile(r"[가-힣]+(?:러|려고|고자)")
_ARGUMENT = re.compile(r"[가-힣]+(?:이|가|을|를)")
_ASKED_FOR = re.compile("달라|않|안|못|말|보라|보자|보냐|줘|주라|두라|놓으라|버리라")
_SAYING = frozenset({Verb.TALK, Verb.EXAMINE, Verb.SHOW})
"""What one can ask somebody to do without giving an order: to speak, to look."""
_LOOKING = frozenset({Verb.EXAMINE, Verb.SEARCH, Verb.READ})
"""What can be done to a part of a thing as to the thing."""
_OF_A_THING = frozenset({*_LOOKING, Verb.TAKE, Verb.OPEN, Verb.CLOSE, Verb.USE})
_WORDED = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE})


class Reader:
    """Goes through the words of one sentence. `rest` are those that are no names."""

    def __init__(self, tokens: list[str], lexicon: Lexicon, code: str | None) -> None:
        self._ahead = Ahead(tokens, lexicon, has_code=code is not None)
        self._lexicon = lexicon
        self._code = code
        self._tokens = tokens
        self.rest: list[str] = []
        self._mentions: list[Mention] = []
        self._unknown: list[str] = []
        self._wondering: list[str] = []
        self._beside: list[str] = []
        self._unheard = False
        self._orders = False
        self._is_bare = False
        self._after_name = -1
        self._found: list[Clause] = []

    @property
    def named(self) -> tuple[Mention, ...]:
        """The names that were read and belong to no clause yet."""
        return tuple(self._mentions)

    def clauses(self) -> list[Clause]:
        """The clauses, the last of them perhaps without a verb."""
        at = 0
        while at < len(self._tokens):
            at += self._read(at)
        if self._mentions or self._unknown or not self._found:
            self._end(None)
        return taken_back(self._found)

    def names_only(self) -> list[str]:
        """Reads names and nothing else; the words that are none and mean something."""
        at, others = 0, list[str]()
        while at < len(self._tokens):
            size, names, _ = self._ahead.longest(at, verbs=False)
            self._mentions += names
            word = same_verb(self._tokens[at], self._lexicon) if not names else None
            if word is not None:
                self._mentions.append(Mention(word=word, role=Role.THING))
            elif not names and not self._ahead.is_light(at) and not is_adverb(self._tokens[at]) and self._tokens[at] not in AFTERWORDS:
                others.append(self._tokens[at])
            at += size or 1
        return others

    def _longest_at(self, at: int) -> tuple[int, list[Mention], Verb | None]:
        return self._ahead.longest(at, after_name=bool(self._mentions))

    def _end(self, verb: Verb | None) -> None:
        if verb is Verb.TAKE and any(mention.role is Role.ABOUT for mention in self._mentions):
            verb = Verb.TALK  # 「시계 얘기를 꺼낸다」
        wondering = verb in _WORDED or (verb in _OF_A_THING and not self._mentions)
        words = [*self._wondering, *self._unknown] if wondering else self._unknown
        unknown = what_matters(verb, words, self._beside)
        to_another = any(TO_SOMEBODY.fullmatch(word) for word in self._unknown)
        unheard = to_another or (self._unheard and bool(unknown or verb is None)) or (self._orders and verb is not Verb.PERSUADE)
        self._found.append(
            Clause(
                verb=verb, mentions=tuple(self._mentions), code=self._code, unknown=tuple(unknown or self._orders * ("?",)), unheard=unheard
            )
        )
        self._mentions, self._unknown, self._wondering, self._unheard, self._orders, self._ahead.body = [], [], [], False, False, ""

    def _read(self, at: int) -> int:
        """Reads on from there; how many words that were."""
        tokens = self._tokens
        token, is_last = tokens[at], at == len(tokens) - 1
        if at and self._found and not self._mentions and _LEADS_ON.fullmatch(tokens[at - 1]) and HELPER.fullmatch(token):
            return 1
        if token in INSTEAD and self._mentions:
            self._mentions.pop()  # 「톱 말고 못을 챙긴다」
            return 1
        size, names, verb = self._longest_at(at)
        if token in AFTERWORDS and not (verb is not None and size > 1):
            self._mark(AFTERWORDS[token], at)
            return 1
        self.rest += beside(names, tokens[at : at + max(size, 1)])
        is_more = size > 1 and verb is not None and QUOTED.fullmatch(token) is not None  # 「범인이라고 말한다」
        quoted = 0 if names or is_last or is_more or self._ahead.is_light(at) else self._quoted(at)
        if quoted:
            self.rest += tokens[at + 1 : at + quoted]
            return quoted
        if verb is not None and self._is_joined(at, size):
            return size
        if size:
            self._mentions += names
            self._after_name = at + size if names else self._after_name
            self._is_bare = bool(names) and "".join(tokens[at : at + size]) == names[0].word
            if verb is not None:
                if self._unknown and self._is_unheard("".join(tokens[at : at + size])):
                    self._unheard = True
                self._end(verb)
            return size
        return self._pass(at)

    def _is_joined(self, at: int, size: int) -> bool:
        """Whether the verb is no deed of its own; then what it says of the next one is kept, and what is only its own is left out."""
        how = joint(self._ahead, self._tokens, at, size, after_name=bool(self._mentions))
        if how is Joint.TAKES_UP and self._mentions and self._last_verb(at + size) in WITH_TOOLS:
            self._mentions[-1] = replace(self._mentions[-1], role=Role.BY)
        elif how is Joint.PURPOSE or (how is Joint.LEADS_ON and self._tokens[at + size - 1].endswith(("러", "며", "면서"))):
            self._unknown = besides_purpose(self._unknown, self._tokens[at + size - 1], is_named=bool(self._mentions))
        elif how in (Joint.REASON, Joint.BEFORE):
            self._unknown, self._mentions = ["?"] if how is Joint.BEFORE and self._mentions else [], []
        elif how is Joint.DESCRIBES:
            self._unknown = []
            self._mentions = [each for each in self._mentions if each.role is not Role.WHO]
        return how is not Joint.NONE

    def _last_verb(self, at: int) -> Verb | None:
        return last_verb(self._ahead, self._tokens, at, after_name=bool(self._mentions))

    def _pass(self, at: int) -> int:
        """Passes over what is no name and no verb, and keeps what might matter; how many words that were."""
        token, after = self._tokens[at], self._tokens[at + 1 : at + 2]
        aside = self._aside(token, after[0]) if after else 0
        if aside:
            return aside
        if self._says_nothing(at):
            if at and self._tokens[at - 1] in ("안", "못") and self._unknown:
                self._unknown.pop()  # 「흔적 안 남게」
        elif PARTS.fullmatch(token) or (self._mentions and PARTS_OF_THINGS.fullmatch(token)):
            self._hold(token)
        else:
            return self._keep(at)
        return 1

    def _aside(self, token: str, after: str) -> int:
        """Passes over what only says where, why, when or how; how many words that were, 0 where it is none of that."""
        if self._unknown and BESIDE.fullmatch(token):
            self._unknown.pop()  # 「소파 위의 가방」: where it is does not matter
        elif SUBORDINATE.fullmatch(token):  # 「목이 마르니까 거실에 간다」
            self._unknown, self._unheard = [], False
            self._mentions = [mention for mention in self._mentions if mention.role is not Role.WHO]
        elif is_before(token, after):
            self._unknown = []
            return 2 if token.endswith("기") else 1
        elif _CONDITION.fullmatch(token):  # 「누가 오면 숨을게」
            self._unheard = True
            self._unknown.append(token)
        elif _TO_WHAT_END.fullmatch(token):
            if self._unknown and OBJECT.fullmatch(self._unknown[-1]):
                self._unknown.pop()  # 「바람을 쐬러」
        elif not (TAKING_UP.fullmatch(token) or (DESCRIBING.fullmatch(token) and PARTS.fullmatch(after))):
            return 0  # else 「누워」, 「들려오는 소리」
        return 1

    def _says_nothing(self, at: int) -> bool:
        """Whether the word only says how, when or how many."""
        token = self._tokens[at]
        is_counter = COUNTERS.fullmatch(token) is not None and COUNTED.fullmatch(self._tokens[at - 1]) is not None
        return self._ahead.is_light(at) or is_adverb(token) or DATED.fullmatch(token) is not None or is_counter

    def _keep(self, at: int) -> int:
        """Keeps the word, if it is no wonder and no aside; how many words that were."""
        token, after = self._tokens[at], self._tokens[at + 1 : at + 2]
        if after and re.fullmatch("있는|있던", after[0]) and SERIAL.fullmatch(token):  # 「걸려 있는」
            self._unknown = [word for word in self._unknown if not word.endswith(("에", "위에", "안에", "밑에", "옆에"))]
            return 2
        if after and ASKED.fullmatch(after[0]) and at + 2 < len(self._tokens):  # 「뭐라고 새겨져 있는지」
            self._wondered()
            return 2
        if after and ASKED.fullmatch(token):
            self._wondered()
        elif not (after and self._is_aside(at)):
            self._unknown.append(token)
        return 1

    def _wondered(self) -> None:
        """What is wondered about a thing is no deed of it: 「소장이 어디로 가는지 따라가 본다」."""
        self._wondering += self._unknown
        self._unknown = []
        # 「차에 독이 들었는지」 asks about the tea.
        role = Role.ABOUT if any(each.role is Role.TO for each in self._mentions) else Role.THING
        self._mentions = [replace(each, role=role) if each.role in (Role.WHO, Role.AS_FOR) else each for each in self._mentions]

    def _hold(self, token: str) -> None:
        """A part of the body, for the verb; a part of the thing before, whose particle is the thing's."""
        self._beside += self._unknown[-1:] if _BESIDE.fullmatch(token) else []
        bare = re.sub(r"(?:을|를|이|가|도|만|이나)$", "", token)
        self._ahead.body = BODY.get(bare, self._ahead.body)
        part = name_of(token, {bare_of: frozenset() for bare_of in (re.sub(r"(?:에서|에다가|에다|에|으로|로)$", "", token),)})
        if self._is_bare and self._mentions and part is not None and part.role is not Role.THING and bare not in BODY:
            self._mentions[-1] = replace(self._mentions[-1], role=part.role)

    def _quoted(self, at: int) -> int:
        """Passes over what is only said or asked for, before the verb that says so; how many words that were, 0 where there is none."""
        tokens = self._tokens
        for size in (2, 1):
            said = "".join(tokens[at : at + size])
            if at + size < len(tokens) and QUOTED.fullmatch(said) and (size == 1 or _ASKED_FOR.match(tokens[at + 1])):
                bare = QUOTED_END.sub("", said)
                is_noun = said.endswith(("라고", "라며", "라는")) and not said.endswith("달라고") and not is_stem(bare)
                verb = None if is_noun else verb_of(f"{bare}다", after_name=True) or verb_of(bare, after_name=True)
                # Who has somebody do something does not do it.
                self._orders = self._orders or (verb is not None and verb not in _SAYING)
                self._wondering += [*self._unknown, *([said] if verb is None or verb not in _SAYING else [])]
                self._wondered()
                return size
        return 0

    def _is_aside(self, at: int) -> bool:
        """Whether the word only describes the name, or the deed, that comes next; or is a part of the name before."""
        tokens = self._tokens
        token = tokens[at]
        size, names, verb = self._longest_at(at + 1)
        if names and size:
            if TELLING_APART.fullmatch(token) or not (_BARE.fullmatch(token) or DESCRIBING.fullmatch(token)):
                return False
            if self._unknown and (PLACED.fullmatch(token) or (DESCRIBING.fullmatch(token) and _ARGUMENT.fullmatch(self._unknown[-1]))):
                self._unknown.pop()  # 「소파에 앉은 여자」, 「밑창이 뜯긴 배」
            if not DESCRIBING.fullmatch(token) and doubtful(names[0], self._lexicon):
                self._unknown.append(token)  # 「화장실 문」 may be another than the one that is known
                return False
            return True
        if verb is not None and SERIAL.fullmatch(token) is not None and _HELPS.match(tokens[at + 1]) is None:
            # 「재생시켜 본다」 tries what is not known: it is no looking.
            return bool(self._mentions)
        is_part = bool(self._mentions) and self._mentions[-1].role is Role.THING and not self._unknown
        return verb in _LOOKING and is_part and (self._is_bare or re.fullmatch(r"[가-힣]+[을를]", token) is not None)

    def _mark(self, role: Role, at: int) -> None:
        """A word that says what the name before it is to the verb; where no name stands before it, that is not known."""
        if role is Role.BY and self._last_verb(at + 1) in WITH_IT:
            return  # 「톱을 집어서 챙긴다」
        before = self._tokens[at - 1] if at else ""
        is_transparent = role is Role.ABOUT and TRANSPARENT.fullmatch(before) is not None
        if self._mentions and (self._after_name == at or is_transparent):
            self._unknown = [word for word in self._unknown if word != before]
            self._mentions[-1] = replace(self._mentions[-1], role=role)
        elif role is Role.ABOUT:
            self._unheard = True
            self._unknown.append(before or self._tokens[at])

    def _is_unheard(self, said: str) -> bool:
        """Whether the last unknown word is what is talked about."""
        last = self._unknown[-1]
        return _UNHEARD.fullmatch(last) is not None or (_SAID.match(said) is not None and QUOTED.fullmatch(last) is None)
