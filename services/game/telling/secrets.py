"""What the player can't know yet, by name: no prompt may have it and no telling may say it."""

from collections.abc import Iterable, Iterator

from services.game.rules.pack import Pack
from services.game.rules.sight import sees_item, text_now
from services.game.rules.state import PLAYER, State
from services.game.rules.verbs.things import description_of
from services.game.telling.view import bare_name, description, has_met, places_known

_NAME_LENGTH_MIN = 2
_CODE_LENGTH_MIN = 3


def secret_names(pack: Pack, state: State, locale: str, told: Iterable[str] = ()) -> frozenset[str]:
    """The names, in small letters and without articles, of what the player can't know: items, places, people, clues, codes of locks.

    What the player has been told is no secret: what they could have read by now, and the texts in `told`, are held against the names.
    """
    known_texts = "\n".join((*_known_texts(pack, state, locale), *told)).casefold()
    names = (bare_name(pack, named, locale) for named in _unknown(pack, state))
    codes = (lock.code.casefold() for lock in pack.locks.values() if lock.code is not None and _is_shut(state, lock.lock_id, lock.known_by))
    return frozenset(
        secret
        for secrets, least in ((names, _NAME_LENGTH_MIN), (codes, _CODE_LENGTH_MIN))
        for secret in secrets
        if len(secret) >= least and secret not in known_texts
    )


def knows_item(pack: Pack, state: State, item: str) -> bool:
    """Whether the player sees the item, or must have seen it: what can be told from the state."""
    if sees_item(pack, state, item) or item in state.examined or item in state.read or item in state.found:
        return True
    noun = pack.items[item]
    if noun.hidden:
        return False
    if noun.start in pack.items:
        holder = pack.items[noun.start]
        return knows_item(pack, state, noun.start) and (not holder.container or noun.start in state.opened)
    return noun.start == PLAYER or noun.start in state.visited


def _unknown(pack: Pack, state: State) -> Iterator[str]:
    places = places_known(pack, state)
    yield from (item for item in pack.items if not knows_item(pack, state, item))
    yield from (place for place in pack.places if place not in places)
    yield from (person for person in pack.people if not has_met(state, person))
    yield from (clue for clue in pack.clues if clue not in state.clues)


def _is_shut(state: State, lock: str, known_by: str | None) -> bool:
    return state.locks[lock].locked and (known_by is None or known_by not in state.clues)


def _known_texts(pack: Pack, state: State, locale: str) -> Iterator[str]:
    """What the player has before them or has read, names included; what they read in another state of things may be missing."""
    yield pack.text("pack.opening", locale)
    yield description(pack, state, locale)
    for place in places_known(pack, state):
        yield pack.name(place, locale)
    for item in pack.items:
        if knows_item(pack, state, item):
            yield pack.name(item, locale)
            yield pack.text(description_of(pack, state, item), locale)
        if item in state.read:
            yield pack.text(f"{pack.path(item)}.read", locale)
    if state.ending is not None:
        yield pack.name(state.ending, locale)
        yield pack.text(f"{pack.path(state.ending)}.epilogue", locale)
    for clue in state.clues:
        yield pack.name(clue, locale)
        yield pack.text(f"{pack.path(clue)}.text", locale)
    for person in pack.people:
        if has_met(state, person):
            yield pack.name(person, locale)
            yield from _said(pack, state, person, locale)


def _said(pack: Pack, state: State, person: str, locale: str) -> Iterator[str]:
    yield pack.text(f"{pack.path(person)}.greeting", locale)
    for topic in pack.people[person].topics.values():
        key = text_now(topic.lines, state)
        if f"{person}:{topic.topic_id}" in state.talked and key is not None:
            yield pack.text(key, locale)
