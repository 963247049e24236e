"""From a clause to the commands it may mean, in the rules' own terms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from services.game.rules.admissible import admissible
from services.game.rules.commands import Command, Verb
from services.game.rules.nouns import Kind
from services.game.rules.pack import Pack
from services.game.rules.sight import exits_here, is_locked, is_perceived, people_here
from services.game.rules.state import State
from services.game.rules.verbs.speech import WORDED_VERBS
from services.game.words.clauses import Clause, Lexicon, Role
from services.game.words.lexicon import CLUE, topic_of

_PLACING = (Role.TO, Role.ABOUT)
_THINGS = (Kind.ITEM, Kind.DOOR, Kind.PERSON)
_DIRECT = (Role.THING, Role.WHO, Role.AND, Role.BY)
_SPOKEN_TO = (Role.TO, Role.AND, Role.BY, Role.FROM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a clause is understood by: the game as it stands."""

    pack: Pack
    state: State
    lexicon: Lexicon


def commands_of(scene: Scene, clause: Clause) -> tuple[Command, ...]:
    """The commands that the clause may mean, the likeliest first; whether they are possible now is not asked. Empty: it means none."""
    if clause.verb not in (None, Verb.ACCUSE) and any(
        mention.role is Role.WHO and _is_person(scene, mention.word) for mention in clause.mentions
    ):
        return ()  # what somebody else is said to do is not the player's deed
    if clause.code is not None and clause.verb in _CODED:
        return tuple(dict.fromkeys(_entering(scene, clause)))
    if clause.verb is None:
        return tuple(dict.fromkeys(_bare(scene, clause)))
    meaning = _MEANINGS[clause.verb]
    each = [clause]
    if clause.verb in _ONE_BY_ONE and any(mention.role is Role.AND for mention in clause.mentions):
        # 「퓨즈와 드라이버를 챙긴다」: one turn is one deed, so each is a reading.
        each = [replace(clause, mentions=(mention,)) for mention in clause.mentions]
    return tuple(dict.fromkeys(command for one in each for command in meaning(scene, one, clause.verb)))


def is_read(scene: Scene, clause: Clause) -> bool:
    """Whether every word that matters was read: of what is said to somebody, the words themselves don't."""
    if not clause.unknown:
        return True
    return clause.verb in WORDED_VERBS and not clause.unheard and any(_is_person(scene, mention.word) for mention in clause.mentions)


def about(scene: Scene, clause: Clause) -> tuple[Command, ...]:
    """What can be done now with what the clause names, or by its verb: to choose from, where more can't be told."""
    named = {one.removeprefix(CLUE) for mention in clause.mentions for one in scene.lexicon[mention.word]}
    return tuple(
        command
        for command in admissible(scene.pack, scene.state)
        if (clause.verb is None or command.verb is clause.verb)
        and (not named or named & {command.object, command.target, f"topic:{command.object}:{command.topic}", *command.clues})
    )


def _ids(scene: Scene, clause: Clause, *kinds: Kind, roles: tuple[Role, ...] = tuple(Role)) -> list[list[str]]:
    """For each name of those kinds in those roles, what it may be."""
    found = []
    for mention in clause.mentions:
        ids = [one for one in sorted(scene.lexicon[mention.word]) if scene.pack.kinds.get(one) in kinds]
        if ids and mention.role in roles:
            found.append(ids)
    return found


def _topics(scene: Scene, clause: Clause) -> list[tuple[str, str]]:
    """The topics named, by person; the last name first, for who is spoken to stands before what is spoken of."""
    named = (topic_of(one) for mention in reversed(clause.mentions) for one in sorted(scene.lexicon[mention.word]))
    return [topic for topic in named if topic is not None]


def _moves(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    if _ids(scene, clause, Kind.ITEM, roles=(Role.THING, Role.BY)):
        return  # 「사진을 들고 거실로 간다」 is more than going
    here = scene.state.player.place
    left = _ids(scene, clause, Kind.PLACE, roles=(Role.FROM,))
    places = _ids(scene, clause, Kind.PLACE, roles=tuple(role for role in Role if role is not Role.FROM))
    if places:
        # Who goes from here to there names both; the place they are in is not where they go.
        elsewhere = [ids for ids in places if here not in ids] or places
        yield from (Command(verb=verb, object=place) for place in elsewhere[-1])
        return
    if left and not any(here in ids for ids in left):
        return  # one can't leave where one isn't
    doors = {door for ids in _ids(scene, clause, Kind.DOOR) for door in ids}
    ways = [way for way in exits_here(scene.pack, scene.state) if not doors or way.door in doors]
    if doors or left or not clause.mentions:
        yield from (Command(verb=verb, object=way.to) for way in ways)
    elif people := _ids(scene, clause, Kind.PERSON):
        yield from (Command(verb=Verb.TALK, object=person) for person in people[0])


def _searches(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    things = _ids(scene, clause, *_THINGS, roles=tuple(role for role in Role if role is not Role.ABOUT)) or _ids(scene, clause, *_THINGS)
    if things:
        yield from (Command(verb=verb, object=thing) for thing in things[-1])
    else:
        elsewhere = [one for ids in _ids(scene, clause, Kind.PLACE) for one in ids if one != scene.state.player.place]
        yield Command(verb=verb, object=elsewhere[0] if elsewhere else None)


def _examines(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    things = _ids(scene, clause, *_THINGS, roles=_DIRECT) or _ids(scene, clause, *_THINGS)
    if things:
        yield from (Command(verb=verb, object=thing) for thing in things[-1])
        return
    places = [one for ids in _ids(scene, clause, Kind.PLACE) for one in ids if one != scene.state.player.place]
    yield Command(verb=verb, object=places[0]) if places else Command(verb=Verb.LOOK)


def _does(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """A verb with one object: the name that is neither where nor whence, else any."""
    named = _ids(scene, clause, *_THINGS, roles=_DIRECT) or _ids(scene, clause, *_THINGS)
    if named:
        yield from (Command(verb=verb, object=one) for one in named[0])
    elif not clause.mentions:
        yield Command(verb=verb)


def _hands(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    people: list[str | None] = [*next(iter(_ids(scene, clause, Kind.PERSON)), people_here(scene.pack, scene.state))] or [None]
    items = next(iter(_ids(scene, clause, Kind.ITEM)), None)
    if items is not None:
        yield from (Command(verb=verb, object=item, target=person) for item, person in product(items, people))
    elif not any(True for mention in clause.mentions if mention.role is Role.THING and not _is_person(scene, mention.word)):
        yield Command(verb=verb)


def _is_person(scene: Scene, word: str) -> bool:
    return any(scene.pack.kinds.get(one) is Kind.PERSON for one in scene.lexicon[word])


def _uses(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    things = _ids(scene, clause, *_THINGS)
    if len(things) >= 2:
        first, second = _instrument_first(scene, clause, things)
        yield from (Command(verb=verb, object=one, target=other) for one, other in product(first, second) if one in scene.pack.items)
        yield from (Command(verb=verb, object=other, target=one) for one, other in product(first, second) if other in scene.pack.items)
        yield from (
            Command(verb=Verb.UNLOCK, object=other, target=one) for one, other in product(first, second) if other in scene.pack.locks_on
        )
    elif things:
        for one in things[0]:
            if one in scene.pack.items:
                yield Command(verb=verb, object=one)
            yield from _possible_uses(scene, one)
    elif not clause.mentions:
        yield Command(verb=verb)


def _possible_uses(scene: Scene, named: str) -> Iterator[Command]:
    """What using the thing, or using something on it, can be now."""
    for command in admissible(scene.pack, scene.state):
        if command.verb is Verb.USE and named in (command.object, command.target):
            yield command


def _instrument_first(scene: Scene, clause: Clause, things: list[list[str]]) -> tuple[list[str], list[str]]:
    """Of two names, the one that is used, then the one it is used on."""
    by = _ids(scene, clause, *_THINGS, roles=(Role.BY,))
    to = _ids(scene, clause, *_THINGS, roles=_PLACING)
    if by:
        return by[0], next(ids for ids in things if ids != by[0]) if any(ids != by[0] for ids in things) else by[0]
    if to:
        return next((ids for ids in things if ids != to[0]), to[0]), to[0]
    return things[0], things[1]


def _combines(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    items = _ids(scene, clause, Kind.ITEM)
    if len(items) >= 2:
        yield from (Command(verb=verb, object=one, target=other) for one, other in product(items[0], items[1]))
        yield from (Command(verb=Verb.USE, object=one, target=other) for one, other in product(items[0], items[1]))
    elif items:
        yield from (Command(verb=verb, object=one) for one in items[0])


def _opens(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Opening; with something, it is unlocking first. What can't be opened as a thing but is a way is gone through."""
    things = _ids(scene, clause, Kind.ITEM, Kind.DOOR, roles=(Role.THING, Role.WHO, Role.TO, Role.AND)) or _doors_to(scene, clause)
    tools = _ids(scene, clause, Kind.ITEM, roles=(Role.BY,))
    if things and tools:
        yield from (Command(verb=Verb.UNLOCK, object=thing, target=tool) for thing, tool in product(things[-1], tools[0]))
        return
    things = things or tools
    if things:
        yield from (Command(verb=verb, object=thing) for thing in things[-1])
    elif not clause.mentions:
        yield Command(verb=verb)


def _unlocks(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    things = _ids(scene, clause, Kind.ITEM, Kind.DOOR, roles=(Role.THING, Role.WHO, Role.TO, Role.AND, Role.ABOUT))
    things = things or _doors_to(scene, clause)
    tools = _ids(scene, clause, Kind.ITEM, roles=(Role.BY,))
    locks = [[thing for thing in ids if thing in scene.pack.locks_on] or ids for ids in things]
    if locks and tools:
        yield from (Command(verb=verb, object=thing, target=tool) for thing, tool in product(locks[-1], tools[0]))
    elif locks:
        yield from (Command(verb=verb, object=thing) for thing in locks[-1])
        # 「녹음기 단추를 누른다」: pressing what has no lock is using it.
        yield from (use for thing in locks[-1] if thing not in scene.pack.locks_on for use in _possible_uses(scene, thing))
    elif tools:
        yield from (Command(verb=verb, object=thing, target=tool) for thing, tool in product(_shut_here(scene), tools[0]))
    elif not clause.mentions:
        yield Command(verb=verb)


def _doors_to(scene: Scene, clause: Clause) -> list[list[str]]:
    """The doors of the ways to the places named: who opens the office opens its door."""
    named = {place for ids in _ids(scene, clause, Kind.PLACE) for place in ids}
    doors = [way.door for way in exits_here(scene.pack, scene.state) if way.to in named and way.door is not None]
    return [list(dict.fromkeys(doors))] if doors else []


def _entering(scene: Scene, clause: Clause) -> Iterator[Command]:
    """A code entered at what is named, else at any lock here that is shut and takes one."""
    named = [one for ids in _ids(scene, clause, Kind.ITEM, Kind.DOOR) for one in ids]
    things = [one for one in named if one in scene.pack.locks_on] or named or _shut_here(scene, coded=True)
    yield from (Command(verb=Verb.UNLOCK, object=thing, code=clause.code) for thing in things)


def _shut_here(scene: Scene, *, coded: bool = False) -> list[str]:
    return [
        thing
        for thing, lock in scene.pack.locks_on.items()
        if is_perceived(scene.pack, scene.state, thing)
        and is_locked(scene.pack, scene.state, thing)
        and (lock.code is not None or not coded)
    ]


def _talks(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    people = next(iter(_ids(scene, clause, Kind.PERSON, roles=_SPOKEN_TO)), None)
    people = people or next(iter(_ids(scene, clause, Kind.PERSON)), None)
    topics = _topics(scene, clause)
    asked = [topic for topic in topics if people is None or topic[0] in people]
    if asked and _asks_more(scene, clause, people):
        word = next(
            mention.word for mention in reversed(clause.mentions) if any(topic_of(one) in asked for one in scene.lexicon[mention.word])
        )
        meant = [topic for topic in asked if f"topic:{topic[0]}:{topic[1]}" in scene.lexicon[word]]
        yield from (Command(verb=verb, object=person, topic=topic) for person, topic in meant)
    elif people is not None and (
        unheard := [
            mention.word for mention in clause.mentions if mention.role is Role.ABOUT and not set(people) & scene.lexicon[mention.word]
        ]
    ):
        # It is known, and no topic: the rules say that this is not the time.
        yield from (Command(verb=verb, object=person, topic=unheard[-1]) for person in people)
    elif people is not None or not clause.mentions:
        spoken_to: list[str | None] = [*(people or people_here(scene.pack, scene.state))] or [None]
        yield from (Command(verb=verb, object=person) for person in spoken_to)


def _asks_more(scene: Scene, clause: Clause, people: list[str] | None) -> bool:
    """Whether something is named besides the person who is spoken to, or as what is spoken about."""
    if people is None:
        return True
    return any(
        mention.role is Role.ABOUT or not set(people) & scene.lexicon[mention.word]
        for mention in clause.mentions
        if any(topic_of(one) for one in scene.lexicon[mention.word])
    )


def _accuses(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Of what somebody is accused is a clue, or several; where none is named, what there is to choose from."""
    people = next(iter(_ids(scene, clause, Kind.PERSON)), [])
    named = {one.removeprefix(CLUE) for mention in clause.mentions for one in scene.lexicon[mention.word] if one.startswith(CLUE)}
    clues = tuple(clue for clue in scene.pack.clues if clue in named)
    if clues or not (choices := [command for command in about(scene, clause) if command.object in people]):
        yield from (Command(verb=verb, object=person, clues=clues) for person in people)
    else:
        yield from choices


def _hides(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    items = _ids(scene, clause, Kind.ITEM)
    yield from (Command(verb=verb, object=item) for item in items[-1]) if items else [Command(verb=verb)]


def _listens(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """At a door or a place, or just so; what plays is switched on to listen to it."""
    named = next(iter(_ids(scene, clause, Kind.DOOR, Kind.PLACE, Kind.ITEM)), None)
    if named is None:
        yield Command(verb=verb)
        return
    here = scene.state.player.place
    for one in named:
        uses = [use for use in _possible_uses(scene, one) if use.object == one and use.target is None]
        yield from uses or [Command(verb=verb, object=None if one == here else one)]


def _alone(_scene: Scene, _clause: Clause, verb: Verb) -> Iterator[Command]:
    """A verb that needs nothing, whatever place or thing is named with it."""
    yield Command(verb=verb)


def _bare(scene: Scene, clause: Clause) -> Iterator[Command]:
    """A name alone: a place is gone to, a code is entered; all else has to be asked."""
    if clause.code is not None:
        yield from _entering(scene, clause)
    elif len(clause.mentions) == 1:
        places = _ids(scene, clause, Kind.PLACE)
        others = [one for one in scene.lexicon[clause.mentions[0].word] if scene.pack.kinds.get(one) is not Kind.PLACE]
        if places and not others:
            yield from (Command(verb=Verb.MOVE, object=place) for place in places[0])


_CODED = frozenset({None, Verb.UNLOCK, Verb.OPEN, Verb.USE, Verb.COMBINE, Verb.MOVE})  # to "enter" is to go, but for a code
_ONE_BY_ONE = frozenset({Verb.SEARCH, Verb.EXAMINE, Verb.TAKE, Verb.DROP, Verb.OPEN, Verb.CLOSE, Verb.READ, Verb.FOLLOW, Verb.MOVE})

_MEANINGS: dict[Verb, Callable[[Scene, Clause, Verb], Iterator[Command]]] = {
    Verb.MOVE: _moves,
    Verb.SEARCH: _searches,
    Verb.EXAMINE: _examines,
    Verb.TAKE: _does,
    Verb.DROP: _does,
    Verb.GIVE: _hands,
    Verb.SHOW: _hands,
    Verb.USE: _uses,
    Verb.COMBINE: _combines,
    Verb.OPEN: _opens,
    Verb.CLOSE: _does,
    Verb.UNLOCK: _unlocks,
    Verb.READ: _does,
    Verb.TALK: _talks,
    Verb.PERSUADE: _talks,
    Verb.LIE: _talks,
    Verb.ACCUSE: _accuses,
    Verb.HIDE: _hides,
    Verb.LISTEN: _listens,
    Verb.FOLLOW: _does,
    Verb.WAIT: _alone,
    Verb.SLEEP: _alone,
}
