"""What opening, unlocking and entering a code may mean."""

from collections.abc import Iterator
from itertools import product

from services.game.rules.commands import Command, Verb
from services.game.rules.nouns import Kind
from services.game.rules.sight import is_locked, is_perceived
from services.game.words.clauses import Clause, Role
from services.game.words.doing import doors_to, possible_uses
from services.game.words.scene import Scene, ids_of


def opens(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Opening; with something, it is unlocking first. What can't be opened as a thing but is a way is gone through."""
    things = ids_of(scene, clause, Kind.ITEM, Kind.DOOR, roles=(Role.THING, Role.AS_FOR, Role.OF, Role.WHO, Role.TO, Role.AND)) or doors_to(
        scene, clause
    )
    tools = ids_of(scene, clause, Kind.ITEM, roles=(Role.BY,))
    if things and tools:
        yield from (Command(verb=Verb.UNLOCK, object=thing, target=tool) for thing, tool in product(things[-1], tools[0]))
        return
    things = things or tools
    if things:
        yield from (Command(verb=verb, object=thing) for thing in things[-1])
    elif not clause.mentions:
        yield Command(verb=verb)


def unlocks(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Unlocking a thing, with a tool or without; pressing what has no lock."""
    things = ids_of(scene, clause, Kind.ITEM, Kind.DOOR, roles=(Role.THING, Role.AS_FOR, Role.OF, Role.WHO, Role.TO, Role.AND, Role.ABOUT))
    things = things or doors_to(scene, clause)
    tools = ids_of(scene, clause, Kind.ITEM, roles=(Role.BY,))
    locks = [[thing for thing in ids if thing in scene.pack.locks_on] or ids for ids in things]
    if locks and tools:
        yield from (Command(verb=verb, object=thing, target=tool) for thing, tool in product(locks[-1], tools[0]))
    elif locks:
        yield from (Command(verb=verb, object=thing) for thing in locks[-1])
        # 「녹음기 단추를 누른다」: pressing what has no lock is using it.
        yield from (use for thing in locks[-1] if thing not in scene.pack.locks_on for use in possible_uses(scene, thing))
    elif tools:
        yield from (Command(verb=verb, object=thing, target=tool) for thing, tool in product(_shut_here(scene), tools[0]))
    elif not clause.mentions:
        yield Command(verb=verb)


def entering(scene: Scene, clause: Clause) -> Iterator[Command]:
    """A code entered at what is named, else at any lock here that is shut and takes one."""
    named = [one for ids in ids_of(scene, clause, Kind.ITEM, Kind.DOOR) for one in ids]
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
