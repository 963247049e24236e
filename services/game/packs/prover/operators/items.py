"""What is done with items."""

from collections.abc import Iterator

from services.game.packs.prover.facts import (
    ANY,
    Happening,
    Holds,
    Operator,
    at,
    carried,
    is_,
    opened,
    seen,
)
from services.game.packs.prover.operators.effects import consumed, found, taken
from services.game.packs.prover.operators.ground import Ground
from services.game.packs.prover.operators.making import operator
from services.game.packs.prover.operators.places import closing, examining, hiding
from services.game.packs.prover.operators.trees import ALWAYS
from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.expressions import Name, Tree, names_in
from services.game.rules.nouns import Item, Use
from services.game.rules.state import PLAYER


def operators_of_item(ground: Ground, noun: Item) -> Iterator[Operator]:
    """All that is done with the item."""
    item = noun.item_id
    yield from _coming_in_sight(ground, noun)
    can_hold: list[Tree] = [seen(item)] if not noun.portable else [carried(item)]
    yield from examining(ground, item, seen(item), f"item.{item}.examined", noun)
    if noun.portable:
        yield from operator(ground, item, f"taking {item}", (seen(item),), verb=Verb.TAKE, gains=taken(ground, item))
        for place in ground.pack.places:
            dropped = [Happening(EventKind.DROPPED, object=item, place=place)]
            gains = [Holds(f"item.{item}.place", place)]
            yield from operator(ground, item, f"dropping {item}", (carried(item), at(place)), verb=Verb.DROP, gains=gains, happens=dropped)
    else:
        happens = [Happening(EventKind.SEARCHED, object=item, place=ANY)]
        open_ = opened(ground.pack, item) if noun.container else ALWAYS
        gains = [Holds(f"item.{item}.searched", value=True)]
        yield from operator(ground, item, f"searching {item}", (seen(item), open_), verb=Verb.SEARCH, gains=gains, happens=happens)
    if noun.readable:
        happens, gains = [Happening(EventKind.READ, object=item)], [Holds(f"item.{item}.read", value=True)]
        yield from operator(ground, item, f"reading {item}", (seen(item),), verb=Verb.READ, gains=gains, happens=happens)
    if noun.container:
        yield from closing(ground, item, seen(item))
    if noun.hides:
        yield from hiding(ground, item, (seen(item),), item, None)
    for use in noun.uses:
        rivals = [each.when.tree for each in noun.uses if (each.verb, each.on) == (use.verb, use.on) and each.when is not None]
        yield from _use(ground, item, use, can_hold, frozenset().union(*map(names_in, rivals)))
    if item in ground.pack.sequences:
        happens = [Happening(EventKind.USED, object=item)]
        yield from operator(
            ground,
            item,
            f"using {item}",
            can_hold,
            verb=Verb.USE,
            on=f"{item}>",
            gains=[Holds(f"~used.{item}", value=True)],
            happens=happens,
        )


def _coming_in_sight(ground: Ground, noun: Item) -> Iterator[Operator]:
    item = noun.item_id
    was_found = [Name(f"item.{item}.found")] if noun.hidden else []
    sight = [Holds(seen(item).path, value=True)]
    for where in sorted(ground.locations[item]):
        lies = is_(f"item.{item}.place", where)
        if where == PLAYER:
            yield from operator(ground, item, f"{item} in hand", (lies,), gains=sight)
        elif where in ground.pack.places:
            yield from operator(ground, item, f"{item} in {where}", (lies, at(where), *was_found), gains=sight)
            if was_found and where in ground.hidden_in[item]:
                yield from operator(
                    ground, item, f"searching {where}", (lies, at(where)), verb=Verb.SEARCH, on=where, gains=found(ground, item)
                )
        elif where in ground.pack.items:
            open_ = [opened(ground.pack, where)] if ground.pack.items[where].container else []
            yield from operator(ground, item, f"{item} in {where}", (lies, seen(where), *open_, *was_found), gains=sight)
            if was_found and where in ground.hidden_in[item] and not ground.pack.items[where].portable:
                needs = (lies, seen(where), *open_)
                yield from operator(ground, item, f"searching {where}", needs, verb=Verb.SEARCH, on=where, gains=found(ground, item))


def _use(ground: Ground, item: str, use: Use, can_hold: list[Tree], reads: frozenset[str]) -> Iterator[Operator]:
    needs = [*can_hold, use.when.tree if use.when else ALWAYS]
    if use.on is not None:
        other = ground.pack.items.get(use.on)
        needs.append(carried(use.on) if use.verb is Verb.COMBINE and other is not None and other.portable else ground.there(use.on))
    kind = EventKind.USED if use.verb is Verb.USE else EventKind.COMBINED
    gains = list(consumed(ground, item)) if use.consumes else []
    label = f"using {item}" + (f" on {use.on}" if use.on else "")
    happens = [Happening(kind, object=item, subject=use.on)]
    yield from operator(
        ground,
        item,
        label,
        needs,
        verb=use.verb,
        on=f"{item}>{use.on or ''}",
        gains=gains,
        happens=happens,
        effects=use.effects,
        once=use.consumes,
        reads=reads,
    )
