"""What going, looking, taking, giving and using may mean."""

from collections.abc import Iterator
from itertools import product

from services.game.rules.admissible import admissible
from services.game.rules.commands import Command, Verb
from services.game.rules.nouns import Kind
from services.game.rules.sight import exits_here, people_here
from services.game.words.clauses import Clause, Role
from services.game.words.scene import Scene, ids_of, is_person

_PLACING = (Role.TO, Role.ABOUT)
_THINGS = (Kind.ITEM, Kind.DOOR, Kind.PERSON)
_DIRECT = (Role.THING, Role.AS_FOR, Role.OF, Role.WHO, Role.AND, Role.BY)


def moves(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Going somewhere, out of here, through a door, or up to somebody."""
    if ids_of(scene, clause, Kind.ITEM, roles=(Role.THING, Role.AS_FOR, Role.OF, Role.BY)):
        return  # 「사진을 들고 거실로 간다」 is more than going
    here = scene.state.player.place
    left = ids_of(scene, clause, Kind.PLACE, roles=(Role.FROM,))
    places = ids_of(scene, clause, Kind.PLACE, roles=tuple(role for role in Role if role is not Role.FROM))
    if places:
        # Who goes from here to there names both; the place they are in is not where they go.
        elsewhere = [ids for ids in places if here not in ids] or places
        yield from (Command(verb=verb, object=place) for place in elsewhere[-1])
        return
    if left and not any(here in ids for ids in left):
        return  # one can't leave where one isn't
    doors = {door for ids in ids_of(scene, clause, Kind.DOOR) for door in ids}
    ways = [way for way in exits_here(scene.pack, scene.state) if not doors or way.door in doors]
    if doors or left or not clause.mentions:
        yield from (Command(verb=verb, object=way.to) for way in ways)
    elif people := ids_of(scene, clause, Kind.PERSON, roles=(Role.TO, Role.BY)):
        yield from (Command(verb=Verb.TALK, object=person) for person in people[0])


def searches(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Searching a thing, or the place."""
    things = ids_of(scene, clause, *_THINGS, roles=tuple(role for role in Role if role is not Role.ABOUT)) or ids_of(
        scene, clause, *_THINGS
    )
    if things:
        yield from (Command(verb=verb, object=thing) for thing in things[-1])
    else:
        elsewhere = [one for ids in ids_of(scene, clause, Kind.PLACE) for one in ids if one != scene.state.player.place]
        yield Command(verb=verb, object=elsewhere[0] if elsewhere else None)


def examines(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Looking at a thing, or about."""
    placed = tuple(role for role in Role if role is not Role.ABOUT)
    things = (
        ids_of(scene, clause, *_THINGS, roles=_DIRECT) or ids_of(scene, clause, *_THINGS, roles=placed) or ids_of(scene, clause, *_THINGS)
    )
    if things:
        yield from (Command(verb=verb, object=thing) for thing in things[-1])
        return
    places = [one for ids in ids_of(scene, clause, Kind.PLACE) for one in ids if one != scene.state.player.place]
    yield Command(verb=verb, object=places[0]) if places else Command(verb=Verb.LOOK)


def does(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """A verb with one object: the name that is neither where nor whence, else any."""
    direct = tuple(role for role in _DIRECT if role is not Role.BY)
    named = ids_of(scene, clause, *_THINGS, roles=direct) or ids_of(
        scene, clause, *_THINGS, roles=tuple(each for each in Role if each is not Role.BY)
    )
    whole = ids_of(scene, clause, *_THINGS, roles=tuple(role for role in direct if role is not Role.OF))
    if named:
        for one in (whole or named)[0]:
            # Who reads a person looks at them.
            yield Command(verb=Verb.EXAMINE if verb is Verb.READ and one in scene.pack.people else verb, object=one)
    elif not clause.mentions:
        yield Command(verb=verb)


def hands(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Giving or showing something to somebody; who is here, where nobody is named."""
    people: list[str | None] = [*next(iter(ids_of(scene, clause, Kind.PERSON)), people_here(scene.pack, scene.state))] or [None]
    items = next(iter(ids_of(scene, clause, Kind.ITEM)), None)
    if items is not None:
        yield from (Command(verb=verb, object=item, target=person) for item, person in product(items, people))
    elif not any(True for mention in clause.mentions if mention.role in (Role.THING, Role.AS_FOR) and not is_person(scene, mention.word)):
        yield Command(verb=verb)


def uses(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Using a thing, or one on another."""
    things = ids_of(scene, clause, *_THINGS)
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
            yield from possible_uses(scene, one)
            # 「소장실 자물쇠에 열쇠를 꽂는다」
            yield from (Command(verb=Verb.UNLOCK, object=door, target=one) for ids in doors_to(scene, clause) for door in ids)
    elif not clause.mentions:
        yield Command(verb=verb)


def possible_uses(scene: Scene, named: str) -> Iterator[Command]:
    """What using the thing, or using something on it, can be now."""
    for command in admissible(scene.pack, scene.state):
        if command.verb is Verb.USE and named in (command.object, command.target):
            yield command


def doors_to(scene: Scene, clause: Clause) -> list[list[str]]:
    """The doors of the ways to the places named: who opens the office opens its door."""
    named = {place for ids in ids_of(scene, clause, Kind.PLACE) for place in ids}
    doors = [way.door for way in exits_here(scene.pack, scene.state) if way.to in named and way.door is not None]
    return [list(dict.fromkeys(doors))] if doors else []


def _instrument_first(scene: Scene, clause: Clause, things: list[list[str]]) -> tuple[list[str], list[str]]:
    """Of two names, the one that is used, then the one it is used on."""
    by = ids_of(scene, clause, *_THINGS, roles=(Role.BY,))
    to = ids_of(scene, clause, *_THINGS, roles=_PLACING)
    if by:
        return by[0], next(ids for ids in things if ids != by[0]) if any(ids != by[0] for ids in things) else by[0]
    if to:
        return next((ids for ids in things if ids != to[0]), to[0]), to[0]
    return things[0], things[1]


def combines(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Putting two things together."""
    items = ids_of(scene, clause, Kind.ITEM)
    if len(items) >= 2:
        yield from (Command(verb=verb, object=one, target=other) for one, other in product(items[0], items[1]))
        yield from (Command(verb=Verb.USE, object=one, target=other) for one, other in product(items[0], items[1]))
        yield from (Command(verb=Verb.USE, object=other, target=one) for one, other in product(items[0], items[1]))
    elif items:
        yield from (Command(verb=verb, object=one) for one in items[0])
