"""Names in English text: the longest that is known, what describes them, and names with a slip of the finger in them."""

from services.game.rules.commands import Verb
from services.game.words.clauses import Lexicon, Mention, Role
from services.game.words.english.vocabulary import DESCRIBING, FILLERS, PHATIC, PREPOSITIONS, TELLING_APART
from services.game.words.typos import meant

_WINDOW_MAX = 6
_LIKE_PERCENT, _NEARLY_PERCENT = 72, 88
"""How like a name a word, and two words, must be."""
_POSSESSIVES = frozenset({"her", "his", "their"})
_LOOKING = frozenset({Verb.EXAMINE, Verb.SEARCH, Verb.READ, Verb.LISTEN, Verb.OPEN, Verb.CLOSE})
"""What can be done to a part of a thing as to the thing."""


def name_at(tokens: list[str], at: int, lexicon: Lexicon, role: Role = Role.THING) -> tuple[int, Mention | None]:
    """How many words from there are a name, and the name."""
    if at >= len(tokens) or (tokens[at] in _POSSESSIVES and name_at(tokens, at + 1, lexicon)[1] is not None):
        return 0, None  # her bag is a bag
    for size in range(min(_WINDOW_MAX, len(tokens) - at), 0, -1):
        joined = " ".join(tokens[at : at + size])
        spelt = (joined, joined.removesuffix("'s"), joined.removesuffix("s"), joined.removesuffix("s'"), f"{joined}s")
        for word in (*spelt, joined.replace(" ", "") if size > 1 else joined):
            if word in lexicon and (word == joined or word not in FILLERS):
                is_whose = joined.endswith(("'s", "s'")) and word != joined and at + size < len(tokens)
                return size, Mention(word=word, role=Role.OF if is_whose else role)
    return 0, None


def is_named(tokens: list[str], at: int, lexicon: Lexicon) -> bool:
    """Whether a name begins there."""
    return name_at(tokens, at, lexicon)[1] is not None


def probably_named(tokens: list[str], at: int, lexicon: Lexicon) -> tuple[int, str | None]:
    """A name of two words or one with a slip of the finger in it, and how many words it takes."""
    is_word = DESCRIBING.fullmatch(tokens[at]) is not None or tokens[at] in PHATIC
    for size in (2,) if is_word else (2, 1):
        known = (word for word in lexicon if " " in word) if size > 1 else lexicon
        percent = _NEARLY_PERCENT if size > 1 else _LIKE_PERCENT
        probably = meant(" ".join(tokens[at : at + size]), known, alike_percent=percent) if at + size <= len(tokens) else None
        if probably is not None:
            return size, probably
    return 1, None


def described(tokens: list[str], at: int, lexicon: Lexicon, verb: Verb | None) -> Mention | None:
    """The name that the word there only describes, or is a part of; None where it does not.

    It is not sure where the thing has a name with another such word in it: who says "pantry door" may not mean the front door.
    """
    if verb is None or tokens[at] in TELLING_APART:
        return None
    after = at + 1
    if verb in _LOOKING and tokens[after : after + 1] == ["of"]:  # the lining of the coat
        after += 1
        while after < len(tokens) and tokens[after] in FILLERS:
            after += 1
        return name_at(tokens, after, lexicon)[1]
    if is_named(tokens, after, lexicon):
        between = [tokens[at]]
    elif (
        after < len(tokens)
        and tokens[after] not in (PREPOSITIONS.keys() | FILLERS | TELLING_APART)
        and is_named(tokens, after + 1, lexicon)
    ):
        between = tokens[at : after + 1]  # two words that describe
        after += 1
    else:
        return None
    name = name_at(tokens, after, lexicon)[1]
    if name is None or all(DESCRIBING.fullmatch(word) for word in between) or not _is_told_apart(name, lexicon):
        return name
    return Mention(word=name.word, role=name.role, sure=False)


def _is_told_apart(name: Mention, lexicon: Lexicon) -> bool:
    """Whether what is named so has a longer name too, with what it is told apart by before it."""
    return any(word.endswith(f" {name.word}") and lexicon[word] & lexicon[name.word] for word in lexicon)
