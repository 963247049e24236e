"""Going, searching, hiding, listening, and what is done to doors."""

from collections.abc import Iterable, Iterator

from services.game.packs.prover.facts import (
    ANY,
    Happening,
    Holds,
    Operator,
    any_of,
    at,
    is_,
    opened,
)
from services.game.packs.prover.operators.ground import Ground
from services.game.packs.prover.operators.making import operator
from services.game.packs.prover.operators.trees import ALWAYS
from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.expressions import Tree
from services.game.rules.nouns import Item


def operators_of_places(ground: Ground) -> Iterator[Operator]:
    """Getting about, and what is done in places and to doors."""
    for place in ground.pack.places.values():
        here = place.place_id
        for way in place.exits:
            needs = [at(here), way.when.tree if way.when else ALWAYS]
            gains = [Holds("player.place", way.to), Holds(f"place.{way.to}.visited", value=True)]
            happens = [Happening(EventKind.MOVED, place=way.to)]
            if way.door is not None:
                needs.append(any_of([opened(ground.pack, way.door), ground.unlocked(way.door)]))
                gains += [Holds(opened(ground.pack, way.door).path, value=True)]
                happens.append(Happening(EventKind.OPENED, object=way.door))
            yield from operator(ground, way.to, f"the way from {here} to {way.to}", needs, verb=Verb.MOVE, gains=gains, happens=happens)
        searched = [Holds(f"place.{here}.searched", value=True)]
        happens = [Happening(EventKind.SEARCHED, place=here)]
        yield from operator(ground, here, f"searching {here}", (at(here),), verb=Verb.SEARCH, gains=searched, happens=happens)
        if place.hides:
            yield from hiding(ground, here, (at(here),), None, here)
        if ground.pack.has_night:
            heard = [Happening(EventKind.LISTENED, object=named) for named in (None, *ground.pack.neighbours[here])]
            yield from operator(ground, here, "listening", (at(here),), verb=Verb.LISTEN, happens=heard)
    for door in ground.pack.doors.values():
        here_ = any_of([at(place) for place in door.places])
        yield from examining(ground, door.door_id, here_, f"door.{door.door_id}.examined", None)
        yield from closing(ground, door.door_id, here_)
        if ground.pack.has_night:
            heard = [Happening(EventKind.LISTENED, object=door.door_id)]
            yield from operator(ground, door.door_id, "listening", (here_,), verb=Verb.LISTEN, happens=heard)


def hiding(ground: Ground, about: str, needs: Iterable[Tree], item: str | None, place: str | None) -> Iterator[Operator]:
    """Hiding in a place, or in an item."""
    happens = [Happening(EventKind.HID, object=item, place=place or ANY)]
    yield from operator(
        ground, about, f"hiding in {about}", needs, verb=Verb.HIDE, gains=[Holds("player.hidden", value=True)], happens=happens
    )


def examining(ground: Ground, named: str, needs: Tree, mark: str, states: Item | None) -> Iterator[Operator]:
    """Examining a thing, in each of its states."""
    values = states.states if states is not None and states.states else (None,)
    for value in values:
        needed = [needs] if value is None else [needs, is_(f"item.{named}.state", value)]
        happens = [Happening(EventKind.EXAMINED, object=named, value=value)]
        yield from operator(
            ground, named, f"examining {named}", needed, verb=Verb.EXAMINE, gains=[Holds(mark, value=True)], happens=happens
        )


def closing(ground: Ground, thing: str, needs: Tree) -> Iterator[Operator]:
    """Opening and closing a door or container."""
    name = opened(ground.pack, thing)
    happens = [Happening(EventKind.OPENED, object=thing)]
    yield from operator(
        ground,
        thing,
        f"opening {thing}",
        (needs, ground.unlocked(thing)),
        verb=Verb.OPEN,
        gains=[Holds(name.path, value=True)],
        happens=happens,
    )
    happens = [Happening(EventKind.CLOSED, object=thing)]
    yield from operator(
        ground, thing, f"closing {thing}", (needs, name), verb=Verb.CLOSE, gains=[Holds(name.path, value=False)], happens=happens
    )
