"""An English deed read word by word after its verb: names between prepositions, and what matters of the rest."""

import re
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon, Mention, Role
from services.game.words.english.names import described, is_named, name_at, probably_named
from services.game.words.english.verbs import Said
from services.game.words.english.vocabulary import CODE_FILLERS, FILLERS, PART_OF, PARTS, PHATIC, POINTING, PREPOSITIONS, WHERE

_WORDED = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE})
_HANDING = _WORDED | {Verb.GIVE, Verb.SHOW, Verb.USE, Verb.COMBINE, Verb.UNLOCK, Verb.MOVE}
"""Deeds for which it matters where, or to whom."""
_HANDLING = frozenset({Verb.TAKE, Verb.DROP, Verb.GIVE, Verb.SHOW})
"""Deeds for which a part is another thing than the whole."""
_LOOKING = frozenset({Verb.EXAMINE, Verb.SEARCH, Verb.READ, Verb.OPEN, Verb.CLOSE})
"""What can be done to a part of a thing as to the thing."""
_INSIDE = frozenset({"inside", "under", "underneath", "beneath", "behind"})
"""Looking for what is in something is searching it."""
_IDLE = frozenset({Verb.SLEEP, Verb.WAIT})
"""What can be done anywhere."""
_WAYS = frozenset({"ladder", "stairs", "steps", "staircase", "stairway", "rungs", "path", "way"})
_FOUND = frozenset({"clues", "evidence", "hints", "things", "something", "anything", "everything", "interesting", "useful"})
"""What is no way to go."""
_SOUNDS = frozenset(
    {
        "wind",
        "rain",
        "silence",
        "sea",
        "storm",
        "waves",
        "breathing",
        "heartbeat",
        "dark",
        "darkness",
        "night",
        "quiet",
        "stillness",
        "footsteps",
        "voices",
    }
)
"""What is heard anywhere."""
_SEATS = frozenset(
    {
        "sofa",
        "couch",
        "chair",
        "armchair",
        "bench",
        "bed",
        "floor",
        "stool",
        "seat",
        "settee",
        "window",
        "fire",
        "stove",
        "corner",
        "counter",
        "table",
        "desk",
    }
)
"""Where somebody is who is spoken to."""
_POCKETS = re.compile(r"\bpockets?\b")
_ADVERB = re.compile(r"(?!(?:apply|reply|family|only|belly|jelly|bully)$)[a-z]{3,}ly")
_WHAT_FOR, _OF = "for", "of"
_THERE = frozenset({"here", "there", "it"})
"""What a preposition is already followed by."""


class Reader:
    """Goes through the words of one deed. `said` is its verb, and the words; `is_small_talk`: they are said to somebody."""

    def __init__(self, said: Said, lexicon: Lexicon, code: str | None, *, is_small_talk: bool) -> None:
        self._said = said
        self._lexicon = lexicon
        self._code = code
        self._is_small_talk = is_small_talk or said.verb in _WORDED
        rest = said.rest if said.verb in _HANDLING else PART_OF.sub(lambda part: part[0] if part[1] in lexicon else "", said.rest)
        self._tokens = rest.split()
        self._role, self._preposition = said.role, ""
        self._mentions: list[Mention] = []
        self._unknown: list[str] = []
        self._parts: list[str] = []
        self._is_unheard = self._is_aside = self._points = self._is_doubtful = False
        self._is_inside = _POCKETS.search(said.rest) is not None

    def clause(self) -> Clause:
        """The deed."""
        at = 0
        while at < len(self._tokens):
            at += self._read(at)
        verb = self._said.verb
        if self._parts and verb in _LOOKING and not self._mentions:
            self._points = True  # part of what was named just before
        elif verb in _HANDLING or not self._mentions:
            self._unknown += self._parts  # part of what is not named
        if verb is Verb.EXAMINE and self._mentions and self._is_inside:
            verb = Verb.SEARCH
        return Clause(
            verb=verb,
            mentions=tuple(self._mentions),
            code=self._code,
            unknown=tuple(self._unknown),
            sure=self._said.sure,
            unheard=self._is_unheard,
            points=self._points,
        )

    def _read(self, at: int) -> int:
        """Reads on from there; how many words that were."""
        token = self._tokens[at]
        used, name = name_at(self._tokens, at, self._lexicon, self._role)
        if name is not None:
            self._mentions.append(replace(name, sure=not self._is_doubtful))
            self._role, self._is_aside, self._is_doubtful = Role.THING, False, False
            return used
        if token in PREPOSITIONS:
            self._turn(token)
            return 1
        if token in POINTING and not is_named(self._tokens, at + 1, self._lexicon):
            self._points = True
            return 1
        return self._slip(at, size_min=2) or self._pass(at)

    def _turn(self, preposition: str) -> None:
        """Where the thing is does not matter, once it is named; nor does what one hopes to find in it."""
        verb, is_after = self._said.verb, bool(self._mentions)
        is_where = preposition in WHERE and verb not in _HANDING
        is_idle = verb in _IDLE and preposition in WHERE
        self._is_aside = is_idle or (is_after and (is_where or (preposition == _WHAT_FOR and verb is Verb.SEARCH)))
        self._is_inside = self._is_inside or (preposition in _INSIDE and not is_after)
        self._role, self._preposition = PREPOSITIONS[preposition], preposition

    def _pass(self, at: int) -> int:
        """Passes over what is no name, and keeps what might matter; how many words that were."""
        token = self._tokens[at]
        if token in PARTS:
            self._parts += [] if self._mentions else [token]
        elif token in _THERE:
            self._role = Role.THING
        elif not self._says_nothing(token):
            thing = described(self._tokens, at, self._lexicon, self._said.verb)
            if thing is not None:
                self._is_doubtful = self._is_doubtful or not thing.sure
            elif not self._is_aside and not (self._is_small_talk and token in PHATIC):
                return self._slip(at, size_min=1) or self._keep(token)
        return 1

    def _says_nothing(self, token: str) -> bool:
        if self._said.verb is Verb.MOVE and token in _FOUND:
            return False
        if self._said.verb is Verb.LISTEN and token in _SOUNDS:
            return True
        if self._said.verb in _WORDED and self._mentions and self._preposition in WHERE and token in _SEATS:
            return True
        if self._said.verb is Verb.MOVE and token in _WAYS:
            return True
        return token in FILLERS or _ADVERB.fullmatch(token) is not None or (self._code is not None and token in CODE_FILLERS)

    def _slip(self, at: int, *, size_min: int) -> int:
        """Reads a name with a slip of the finger in it; how many words it has, 0 where there is none."""
        if size_min > 1 and (self._said.verb is None or is_named(self._tokens, at + 1, self._lexicon)):
            return 0
        size, word = probably_named(self._tokens, at, self._lexicon)
        if word is None or size < size_min:
            return 0
        self._mentions.append(Mention(word=word, role=self._role, sure=False))
        return size

    def _keep(self, token: str) -> int:
        self._unknown.append(token)
        # What they are asked about, or who is asked.
        is_topic = (self._role is Role.ABOUT and self._preposition != _OF) or (self._said.verb in _WORDED and not self._mentions)
        self._is_unheard = self._is_unheard or is_topic
        return 1
