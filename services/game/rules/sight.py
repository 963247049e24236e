"""What the player can see and reach from where they are."""

from services.game.rules.nouns import Exit, Lock, LockKind, Variant
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, State, Status


def sees_item(pack: Pack, state: State, item: str) -> bool:
    """Whether the player carries the item or sees it here: found, and with nothing closed over it."""
    here = state.player.place
    held = item
    for _ in range(len(pack.items)):  # a bound, for packs that put two things into each other
        noun = pack.items[held]
        if noun.hidden and held not in state.found:
            return False
        where = state.items[held].where
        if where in (here, PLAYER):
            return True
        holder = pack.items.get(where)
        if holder is None or (holder.container and where not in state.opened):
            return False
        held = where
    return False


def carries(state: State, item: str) -> bool:
    """Whether the item is in the player's hands; what lies in a thing they carry is not."""
    known = state.items.get(item)
    return known is not None and known.where == PLAYER


def items_here(pack: Pack, state: State) -> tuple[str, ...]:
    """The items that can be seen and are not carried, in the pack's order; what lies in a carried thing is among them."""
    # Most lie in another place: whoever is asked of all looks at that first.
    near = {state.player.place, *pack.items}
    return tuple([item for item in pack.items if state.items[item].where in near and sees_item(pack, state, item)])


def inventory(pack: Pack, state: State) -> tuple[str, ...]:
    """The items in the player's hands, in the pack's order."""
    return tuple([item for item in pack.items if state.items[item].where == PLAYER])


def people_here(pack: Pack, state: State) -> tuple[str, ...]:
    """The people in the player's place, in the pack's order."""
    return tuple(person for person in pack.people if is_here(state, person))


def is_here(state: State, person: str) -> bool:
    """Whether the person is in the player's place, and not missing."""
    known = state.people.get(person)
    return known is not None and known.place == state.player.place and known.status is not Status.MISSING


def exits_here(pack: Pack, state: State) -> tuple[Exit, ...]:
    """The ways out that are there now, open or not."""
    return tuple([way for way in pack.places[state.player.place].exits if way.when is None or way.when.holds(state)])


def doors_here(pack: Pack, state: State) -> tuple[str, ...]:
    """The doors of the ways out that are there now."""
    return tuple(dict.fromkeys(way.door for way in exits_here(pack, state) if way.door is not None))


def is_locked(pack: Pack, state: State, thing: str) -> bool:
    """Whether the door or container is locked."""
    lock = pack.locks_on.get(thing)
    return lock is not None and state.locks[lock.lock_id].locked


def is_shut(lock: Lock, day: int, slot: int) -> bool:
    """Whether a lock that nobody has touched is locked at that time: as it starts, or by its hours."""
    if lock.kind is not LockKind.TIMED:
        return lock.starts_locked
    return not any(hours.day in (None, day) and hours.first <= slot <= hours.last for hours in lock.hours)


def is_perceived(pack: Pack, state: State, named: str) -> bool:
    """Whether the id is of an item the player sees, a person here, or a door here. False for ids that the pack doesn't have."""
    if named in pack.items:
        return sees_item(pack, state, named)
    return is_here(state, named) or named in doors_here(pack, state)


def text_now(variants: tuple[Variant, ...], state: State) -> str | None:
    """The key of the first text whose test holds; None where none does."""
    return next((variant.text for variant in variants if variant.when is None or variant.when(state)), None)
