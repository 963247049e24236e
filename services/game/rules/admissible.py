"""All that can be done now."""

from collections.abc import Iterator

from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.decide import check
from services.game.rules.pack import Pack
from services.game.rules.sight import doors_here, exits_here, inventory, items_here, people_here
from services.game.rules.state import State
from services.game.rules.verbs.people import topics_now


def admissible(pack: Pack, state: State) -> tuple[Command, ...]:
    """Every command that `decide` accepts now, in a fixed order, the free verbs first.

    Two kinds are left out, for there is no end to them: codes typed in (a code lock is listed once its code is known
    for sure, and then without it), and keys spelt out (a lock is listed without its key).
    """
    return tuple(command for command in _imaginable(pack, state) if _possible(pack, state, command))


def _possible(pack: Pack, state: State, command: Command) -> bool:
    try:
        check(pack, state, command)
    except Refused:
        return False
    return True


def _imaginable(pack: Pack, state: State) -> Iterator[Command]:
    yield from (Command(verb=verb) for verb in Verb if verb in FREE_VERBS)
    if state.ending is not None:
        return
    yield from (Command(verb=Verb.MOVE, object=way.to) for way in exits_here(pack, state))
    yield Command(verb=Verb.SEARCH)
    carried, people, doors = inventory(pack, state), people_here(pack, state), doors_here(pack, state)
    things = (*items_here(pack, state), *carried)
    yield from (Command(verb=Verb.EXAMINE, object=named) for named in (*things, *people, *doors))
    yield from (Command(verb=verb, object=named) for named in (*things, *doors) for verb in (Verb.OPEN, Verb.CLOSE, Verb.UNLOCK))
    for item in things:
        yield from _with_item(pack, item)
    for person in people:
        yield from _with_person(pack, state, person, carried)
    yield Command(verb=Verb.WAIT)
    yield Command(verb=Verb.SLEEP)


def _with_item(pack: Pack, item: str) -> Iterator[Command]:
    yield from (Command(verb=verb, object=item) for verb in (Verb.SEARCH, Verb.TAKE, Verb.DROP, Verb.READ))
    for verb, on in dict.fromkeys((use.verb, use.on) for use in pack.items[item].uses):
        yield Command(verb=verb, object=item, target=on)


def _with_person(pack: Pack, state: State, person: str, carried: tuple[str, ...]) -> Iterator[Command]:
    for item in carried:
        yield Command(verb=Verb.GIVE, object=item, target=person)
        yield Command(verb=Verb.SHOW, object=item, target=person)
    yield Command(verb=Verb.TALK, object=person)
    yield from (Command(verb=Verb.TALK, object=person, topic=topic.topic_id) for topic in topics_now(pack, state, person))
