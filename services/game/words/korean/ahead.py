"""What the next words of a Korean sentence are: a name or a verb, the longest reading first."""

import re

from services.game.rules.commands import Verb
from services.game.words.clauses import Lexicon, Mention
from services.game.words.korean.endings import QUOTED
from services.game.words.korean.names import glued, is_adverb, name_of, probably_named, says_nothing
from services.game.words.korean.verbs import verb_of
from services.game.words.korean.vocabulary import AFTERWORDS, ASKED, PARTS, PARTS_OF_THINGS, SUBORDINATE

_WINDOW_MAX = 5
_HELPS = re.compile(
    r"보|봐|본|볼|봅|봤|주|줘|준|줄|줬|드리|드려|드린|드릴|드립|놓|놔|버리|버려|버린|버릴|두|둔|둬|둘|싶|하|"
    r"한|할|합|해|했|있|가|간|갈|갔|오|온|와|올|든|들고|대"
)
"""Verbs that help another."""
_GOES_ON = re.compile(r"[가-힣]+(?:고|고서|다가|며|면서|러)")


class Ahead:
    """Looks ahead in the words of one sentence. `body` is the part of the body that was named last: 「귀를」."""

    def __init__(self, tokens: list[str], lexicon: Lexicon, *, has_code: bool) -> None:
        self._tokens = tokens
        self._lexicon = lexicon
        self._has_code = has_code
        self.body = ""

    def is_light(self, at: int) -> bool:
        """Whether the text means the same without the word."""
        token = self._tokens[at]
        return (at == 0 and token in ("자", "야")) or (token not in self._lexicon and token not in AFTERWORDS and says_nothing(token))

    def is_skipped(self, at: int) -> bool:
        """Whether a verb of several words may have the word in it: 「귀를 바짝 붙인다」."""
        return self.is_light(at) or (is_adverb(self._tokens[at]) and name_of(self._tokens[at], self._lexicon) is None)

    def longest(self, at: int, *, verbs: bool = True, after_name: bool = False) -> tuple[int, list[Mention], Verb | None]:
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
            if not verbs or self._is_wondered(at, size) or self.is_skipped(at + size - 1) or (is_name and self._has_code and size > 1):
                continue
            if self.is_skipped(at):
                verb = verb_of(joined, least=len(tokens[at])) if size > 1 else None  # 「가만히 있는다」
            else:
                verb = self._verb(at, size, after_name=after_name, least=len(tokens[at]) if is_name or is_two else 0)
            if verb is not None:
                return size, [], verb
        token = tokens[at]
        if self.is_light(at) or PARTS.fullmatch(token) or PARTS_OF_THINGS.fullmatch(token):
            return 0, [], None
        together = glued(token, lexicon)
        if together is not None and (verbs or together[1] is None):
            return 1, [together[0]], together[1]
        aside = QUOTED.fullmatch(token) or ASKED.fullmatch(token) or is_adverb(token) or SUBORDINATE.fullmatch(token)
        probably = None if aside or not verbs else probably_named(token, lexicon)
        return (1, [probably], None) if probably is not None else (0, [], None)

    def _is_wondered(self, at: int, size: int) -> bool:
        """Whether the words go on to what is only wondered: 「무슨 얘기 하는지」."""
        after = self._tokens[at + size : at + size + 1]
        return bool(after) and after[0][0] in "하되했한할" and (ASKED.fullmatch(after[0]) or QUOTED.fullmatch(after[0])) is not None

    def _goes_on(self, at: int, size: int, plain: str) -> bool:
        """Whether the words after the first only help its verb, or are part of a verb of several words."""
        first = self._tokens[at]
        if verb_of(plain, after_name=True, least=len(first)) is not None:
            return True
        later = [token for number, token in enumerate(self._tokens[at + 1 : at + size], start=at + 1) if not self.is_skipped(number)]
        if any(name_of(token, self._lexicon) is not None for token in later):
            return False
        return all(_HELPS.match(token) is not None or verb_of(token, after_name=True) is None for token in later)

    def _verb(self, at: int, size: int, *, after_name: bool, least: int) -> Verb | None:
        """The verb that those words are; with a part of the body before it, the verb that they are with it."""
        tokens = self._tokens
        joined = "".join(tokens[at : at + size])
        if at + size < len(tokens) and (ASKED.fullmatch(joined) or QUOTED.fullmatch(joined)):
            return None
        # 「눈 좀 붙인다」
        plain = "".join(tokens[number] for number in range(at, at + size) if not self.is_skipped(number))
        if size > 1 and not self._goes_on(at, size, plain):
            return None
        bodily = verb_of(self.body + plain, least=len(self.body) + least) if self.body else None
        return bodily or verb_of(plain, after_name=after_name, least=least)
