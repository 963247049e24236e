"""The words that name something now: what is perceived, what is known, and what people can be asked about."""

import re
from functools import lru_cache

from services.game.rules.pack import Pack
from services.game.rules.sight import doors_here, exits_here, inventory, items_here, people_here
from services.game.rules.state import State, topic_key
from services.game.rules.verbs.people import topics_now
from services.game.telling.secrets import knows_item
from services.game.telling.view import has_met, places_known
from services.game.words.clauses import Lexicon

_TOPIC = "topic:"
CLUE = "clue:"
"""What the ids of clues begin with in the lexicon."""
_DOOR = {"ko": "문", "en": "door"}
_PRONOUNS = {
    "ko": ("그녀", "그사람", "저사람", "이사람", "그분", "저분", "걔", "쟤", "그놈", "그여자", "그남자", "저여자", "저남자"),
    "en": ("him", "her", "them"),
}
_KIN = {
    "ko": (
        ("할머니", "할매", "할멈", "할무이", "할망"),
        ("할아버지", "할배", "할아범", "하르방"),
        ("아저씨", "아재"),
        ("아주머니", "아줌마", "아지매"),
    ),
    "en": (
        ("granny", "grandma", "gran", "grandmother", "nan", "nana"),
        ("grandpa", "grandfather", "granddad", "grandad", "gramps"),
        ("doctor", "doc"),
        ("captain", "cap", "skipper"),
        ("sergeant", "sarge"),
        ("professor", "prof"),
    ),
}
"""What one calls people by who are called by another word of the row."""
_ARTICLE = re.compile(r"^(?:the|a|an|some|my|your)\s+")


def lexicon(pack: Pack, state: State, locale: str) -> Lexicon:
    """Every word for something here; then, for words that name nothing here, for something known. Topics stand beside both."""
    known_ids = _known(pack, state)
    here, here_short = _words(pack, _perceived(pack, state), locale)
    known, _ = _words(pack, known_ids, locale)
    words = {**here_short, **known, **here}
    for way in exits_here(pack, state):
        for term in (pack.name(way.to, locale), *pack.aliases(way.to, locale)):
            words.setdefault(word(f"{term} {_DOOR[locale]}", locale), frozenset({way.door or way.to}))
    people = people_here(pack, state)
    words = {**{each: frozenset(people) for each in _PRONOUNS[locale] if people}, **words}
    for clue in state.clues:
        term = word(pack.name(clue, locale), locale)
        words[term] = words.get(term, frozenset()) | {f"{CLUE}{clue}"}
    for row in _KIN[locale]:
        meant = next((words[each] for each in row if each in words), None)
        words = {**dict.fromkeys(row, meant), **words} if meant is not None and meant <= pack.people.keys() else words
    called = _called(pack, known_ids, locale)
    for person in people:
        for topic in pack.people[person].topics:
            if is_raised(pack, state, person, topic):
                path = pack.topic_path(person, topic)
                texts = pack.texts[locale]
                terms = {word(term, locale) for term in (texts.strings[f"{path}.name"], *texts.aliases.get(path, ()))}
                # Who asks about the briefcase asks about the case.
                for term in terms.union(*(others for others in called if others & terms)):
                    words[term] = words.get(term, frozenset()) | {f"{_TOPIC}{topic_key(person, topic)}"}
    return words


def _called(pack: Pack, named: list[str], locale: str) -> list[set[str]]:
    """For each of those, people aside, all its words."""
    things = dict.fromkeys(one for one in named if one not in pack.people)
    return [{word(term, locale) for term in (pack.name(one, locale), *pack.aliases(one, locale))} for one in things]


@lru_cache(maxsize=8192)
def word(term: str, locale: str) -> str:
    """The term as the lexicon has it: small letters, no article; Korean without blanks."""
    folded = term.casefold().replace("-", " ").strip()
    return "".join(folded.split()) if locale == "ko" else _ARTICLE.sub("", folded)


def topic_of(named: str) -> tuple[str, str] | None:
    """The person and the topic that an id of the lexicon names; None where it names no topic."""
    if not named.startswith(_TOPIC):
        return None
    person, _, topic = named.removeprefix(_TOPIC).partition(":")
    return person, topic


def is_raised(pack: Pack, state: State, person: str, topic: str) -> bool:
    """Whether the player can know of the topic: it can be raised now, or was before."""
    return topic_key(person, topic) in state.talked or any(now.topic_id == topic for now in topics_now(pack, state, person))


def _perceived(pack: Pack, state: State) -> list[str]:
    ways = [way.to for way in exits_here(pack, state)]
    things = [*items_here(pack, state), *inventory(pack, state)]
    return [*things, *people_here(pack, state), *doors_here(pack, state), *ways, state.player.place]


def _known(pack: Pack, state: State) -> list[str]:
    items = [item for item in pack.items if knows_item(pack, state, item)]
    doors = [way.door for place in state.visited for way in pack.places[place].exits if way.door is not None]
    return [*items, *(person for person in pack.people if has_met(state, person)), *doors, *places_known(pack, state)]


def _words(pack: Pack, named: list[str], locale: str) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """By name or alias, and by the last word alone of those that have several; an alias that is another's own name gives way to it."""
    names: dict[str, frozenset[str]] = {}
    aliases: dict[str, frozenset[str]] = {}
    short: dict[str, frozenset[str]] = {}
    for one in named:
        own = pack.name(one, locale)
        _add(names, word(own, locale), one)
        for term in pack.aliases(one, locale):
            _add(aliases, word(term, locale), one)
        for term in (own, *pack.aliases(one, locale)):
            last = word(term.split()[-1], locale)
            if len(last) > 1:
                _add(short, last, one)
    return {**aliases, **names}, short


def _add(words: dict[str, frozenset[str]], term: str, named: str) -> None:
    words[term] = words.get(term, frozenset()) | {named}
