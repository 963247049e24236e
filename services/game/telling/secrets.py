"""What the player can't know yet, by name: no prompt may have it and no telling may say it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from services.game.rules.nouns import Kind
from services.game.rules.pack import Pack
from services.game.rules.sight import sees_item, text_now
from services.game.rules.state import PLAYER, State
from services.game.rules.verbs.things import description_of
from services.game.telling.view import bare_name, has_met, places_known

_NAME_LENGTH_MIN = 2
_CODE_LENGTH_MIN = 3
_BETWEEN = "\0"
_PARTS: Mapping[Kind, tuple[str, ...]] = {Kind.PERSON: ("name", "greeting"), Kind.CLUE: ("name", "text")}
"""The texts of a person or clue that come with knowing of them; of others it is the name."""


def secret_names(pack: Pack, state: State, locale: str, told: Iterable[str] = ()) -> frozenset[str]:
    """The names, in small letters and without articles, of what the player can't know: items, places, people, clues, codes of locks.

    What the player has been told is no secret: what they could have read by now, and the texts in `told`, are held against the names.
    """
    words = _words(_Edition(pack=pack, pack_hash=pack.pack_hash, locale=locale))
    known = _known(pack, state)
    secrets = {name for named, name in words.names.items() if named not in known}
    secrets |= {code for lock, code in words.codes.items() if _is_shut(state, lock, pack.locks[lock].known_by)}
    secrets.difference_update(*[words.said_with(named) for named in known], *[words.said_in(key) for key in _texts_now(pack, state, known)])
    text = _BETWEEN.join(told).casefold()
    return frozenset([secret for secret in secrets if secret not in text])


def knows_item(pack: Pack, state: State, item: str) -> bool:
    """Whether the player sees the item, or must have seen it: what can be told from the state."""
    if item in state.examined or item in state.read or item in state.found:
        return True
    noun = pack.items[item]
    if noun.hidden:
        return False
    if noun.start == PLAYER or noun.start in state.visited:
        return True
    holder = pack.items.get(noun.start)
    if holder is not None and (not holder.container or noun.start in state.opened) and knows_item(pack, state, noun.start):
        return True
    # Most lie where they always did, in a place that was never seen.
    return state.items[item].where != noun.start and sees_item(pack, state, item)


def _known(pack: Pack, state: State) -> frozenset[str]:
    """The items, places, people and clues that the player knows of."""
    items = [item for item in pack.items if knows_item(pack, state, item)]
    people = [person for person in pack.people if has_met(state, person)]
    return places_known(pack, state).union(items, people, state.clues)


def _is_shut(state: State, lock: str, known_by: str | None) -> bool:
    return state.locks[lock].locked and (known_by is None or known_by not in state.clues)


def _texts_now(pack: Pack, state: State, known: frozenset[str]) -> Iterator[str]:
    """The texts that the player has before them or has read, but those that come with whatever they know.

    What they read in another state of things may be missing.
    """
    yield "pack.opening"
    if here := text_now(pack.places[state.player.place].descriptions, state):
        yield here
    for item in state.read:
        yield f"{pack.path(item)}.read"
    for named in known:
        if named in pack.items:
            yield description_of(pack, state, named)
        elif named in pack.people:
            yield from _said(pack, state, named)
    if state.ending is not None:
        yield f"{pack.path(state.ending)}.name"
        yield f"{pack.path(state.ending)}.epilogue"


def _said(pack: Pack, state: State, person: str) -> Iterator[str]:
    for topic in pack.people[person].topics.values():
        key = text_now(topic.lines, state)
        if f"{person}:{topic.topic_id}" in state.talked and key is not None:
            yield key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edition:
    """A pack in one of its languages. Its content hash stands for it."""

    pack_hash: str
    locale: str
    pack: Pack = field(compare=False)


class _Words:
    """What of a pack could be a secret, and which of its texts say it."""

    def __init__(self, edition: _Edition) -> None:
        pack, locale = edition.pack, edition.locale
        names = {named: bare_name(pack, named, locale) for each in (pack.items, pack.places, pack.people, pack.clues) for named in each}
        self.names: Mapping[str, str] = {named: name for named, name in names.items() if len(name) >= _NAME_LENGTH_MIN}
        codes = {lock.lock_id: (lock.code or "").casefold() for lock in pack.locks.values()}
        self.codes: Mapping[str, str] = {lock: code for lock, code in codes.items() if len(code) >= _CODE_LENGTH_MIN}
        self._strings = pack.texts[locale].strings
        self._with = {named: [f"{pack.path(named)}.{part}" for part in _PARTS.get(pack.kinds[named], ("name",))] for named in names}
        self._said: dict[str, frozenset[str]] = {}
        self._said_with: dict[str, frozenset[str]] = {}

    def said_with(self, named: str) -> frozenset[str]:
        """The names and codes that are said to whoever knows an item, a place, a person or a clue."""
        if named not in self._said_with:
            self._said_with[named] = frozenset[str]().union(*map(self.said_in, self._with[named]))
        return self._said_with[named]

    def said_in(self, key: str) -> frozenset[str]:
        """The names and codes that a text says."""
        if key not in self._said:
            text = self._strings[key].casefold()
            self._said[key] = frozenset(one for every in (self.names, self.codes) for one in every.values() if one in text)
        return self._said[key]


@lru_cache(maxsize=128)
def _words(edition: _Edition) -> _Words:
    return _Words(edition)
