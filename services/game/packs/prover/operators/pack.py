"""The operators of a whole pack."""

from collections.abc import Iterator

from services.game.packs.prover.facts import Operator
from services.game.packs.prover.operators.ground import Ground
from services.game.packs.prover.operators.items import operators_of_item
from services.game.packs.prover.operators.locks import operators_of_lock
from services.game.packs.prover.operators.people import operators_of_person
from services.game.packs.prover.operators.places import operators_of_places
from services.game.packs.prover.operators.story import operators_of_story, operators_of_time
from services.game.rules.commands import Verb
from services.game.rules.pack import Pack

SOCIAL_VERBS = frozenset({Verb.MOVE, Verb.WAIT, Verb.SLEEP, Verb.TALK, Verb.PERSUADE, Verb.LIE})
"""What one can do by going about and talking."""


def operators_of(pack: Pack) -> tuple[Operator, ...]:
    """The operators of the pack, in a fixed order."""
    return tuple(_operators(Ground(pack)))


def _operators(ground: Ground) -> Iterator[Operator]:
    yield from operators_of_time(ground)
    yield from operators_of_places(ground)
    for item in ground.pack.items.values():
        yield from operators_of_item(ground, item)
    for person in ground.pack.people.values():
        yield from operators_of_person(ground, person)
    for lock in ground.pack.locks.values():
        yield from operators_of_lock(ground, lock)
    yield from operators_of_story(ground)
