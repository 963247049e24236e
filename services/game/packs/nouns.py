"""The places, doors, items and locks of a pack, read from its files."""

from services.game.packs.consequences import read_effects
from services.game.packs.fields import items, scalar
from services.game.packs.reading import NUMBER_MAX, Reading
from services.game.packs.source import Node, is_null
from services.game.rules.commands import CODE_LENGTH_MAX, Verb
from services.game.rules.expressions import NEVER
from services.game.rules.noise import EVERYWHERE
from services.game.rules.nouns import Door, Exit, Hours, Item, Kind, Lock, LockKind, Need, Place, Trust, Use
from services.game.rules.state import GONE, PLAYER

_SLOTS_MAX = 100
_ATTEMPTS_MAX = 1000
_OF_KIND = {
    "keys": LockKind.KEY,
    "code": LockKind.CODE,
    "known_by": LockKind.CODE,
    "sequence": LockKind.SEQUENCE,
    "items": LockKind.ITEMS,
    "consumes": LockKind.ITEMS,
    "trust": LockKind.TRUST,
    "hours": LockKind.TIMED,
}
"""What only a lock of that kind says of itself."""
_OPTIONAL = ("known_by", "consumes")


def read_places(reading: Reading) -> dict[str, Place]:
    """The rooms with their ways out and what they look like."""
    return {named: _place(reading, named, reading.declared.bodies[named]) for named in reading.declared.of(Kind.PLACE)}


def _place(reading: Reading, named: str, node: Node) -> Place:
    fields, spot = reading.fields(node, "a place"), reading.declared.spots[named]
    reading.want(f"place.{named}.name", spot)
    exits = tuple(_exit(reading, each) for each in fields.items("exits"))
    descriptions = reading.variants(fields.node("descriptions"), f"place.{named}.descriptions", f"place.{named}.description", spot)
    hides = fields.boolean("hides", default=False)
    fields.done()
    return Place(place_id=named, exits=exits, descriptions=descriptions, hides=hides)


def _exit(reading: Reading, node: Node) -> Exit:
    fields = reading.fields(node, "an exit")
    to, door = fields.need("to"), fields.node("door")
    way = Exit(
        to="" if to is None else reading.id(to, Kind.PLACE),
        door=None if door is None else reading.id(door, Kind.DOOR),
        when=reading.test(fields.node("when")),
        slots=fields.integer("slots", default=1, minimum=0, maximum=_SLOTS_MAX),
        noise=fields.integer("noise", default=0, minimum=0, maximum=EVERYWHERE),
    )
    fields.done()
    return way


def read_doors(reading: Reading, places: dict[str, Place]) -> dict[str, Door]:
    """The doors; the exits that name them say between which places they are."""
    doors = {}
    for named in reading.declared.of(Kind.DOOR):
        fields, spot = reading.fields(reading.declared.bodies[named], "a door"), reading.declared.spots[named]
        reading.want(f"door.{named}.name", spot)
        reading.want(f"door.{named}.description", spot)
        beside = tuple(place for place, noun in places.items() if any(way.door == named for way in noun.exits))
        if not beside:
            reading.problems.add(spot, f"no exit leads through the door {named!r}")
        doors[named] = Door(door_id=named, places=beside, starts_open=fields.boolean("open", default=False))
        fields.done()
    return doors


def read_items(reading: Reading) -> dict[str, Item]:
    """The things, with what using them comes to."""
    return {named: _item(reading, named, reading.declared.bodies[named]) for named in reading.declared.of(Kind.ITEM)}


def _item(reading: Reading, named: str, node: Node) -> Item:
    fields, spot = reading.fields(node, "an item"), reading.declared.spots[named]
    start = fields.need("in")
    readable = fields.boolean("readable", default=False)
    reading.want(f"item.{named}.name", spot)
    if readable:
        reading.want(f"item.{named}.read", spot)
    starts_open, is_container = _container(reading, fields.mapping.entries.get("container"))
    fields.node("container")
    fields.items("states")
    item = Item(
        item_id=named,
        start="" if start is None else reading.id(start, Kind.PLACE, Kind.ITEM, Kind.PERSON, also=(PLAYER, GONE)),
        portable=fields.boolean("portable", default=True),
        hidden=fields.boolean("hidden", default=False),
        readable=readable,
        container=is_container,
        starts_open=starts_open,
        hides=fields.boolean("hides", default=False),
        states=reading.declared.item_states[named],
        descriptions=reading.variants(fields.node("descriptions"), f"item.{named}.descriptions", f"item.{named}.description", spot),
        uses=tuple(_use(reading, named, number, each) for number, each in enumerate(fields.items("uses"), start=1)),
    )
    fields.done()
    return item


def _container(reading: Reading, node: Node | None) -> tuple[bool, bool]:
    """Whether it starts open, and whether it is a container: `container: {open: true}`, or `container:` for one that is closed."""
    if node is None or is_null(node):
        return False, node is not None
    fields = reading.fields(node, "a container")
    starts_open = fields.boolean("open", default=False)
    fields.done()
    return starts_open, True


def _use(reading: Reading, item: str, number: int, node: Node) -> Use:
    fields = reading.fields(node, "a use")
    verb = fields.choice("verb", (Verb.USE, Verb.COMBINE), Verb.USE)
    on, text = fields.node("on"), fields.text("text", "")
    if verb is Verb.COMBINE and on is None:
        reading.problems.add(node.spot, "combine needs 'on': the item it is put together with")
    kinds = (Kind.ITEM,) if verb is Verb.COMBINE else (Kind.ITEM, Kind.DOOR, Kind.PERSON)
    use = Use(
        use_id=f"{item}.{number}",
        verb=verb,
        on=None if on is None else reading.id(on, *kinds),
        when=reading.test(fields.node("when")),
        effects=read_effects(reading, fields.items("effects")),
        consumes=fields.boolean("consumes", default=False),
        slots=fields.integer("slots", default=1, minimum=0, maximum=_SLOTS_MAX),
        noise=None if fields.node("noise") is None else fields.integer("noise", minimum=0, maximum=EVERYWHERE),
        text=reading.want(f"item.{item}.use.{text}", node.spot) if text else None,
    )
    fields.done()
    return use


def read_locks(reading: Reading, *, days: int, slots_per_day: int) -> dict[str, Lock]:
    """The locks, each on one door or container."""
    locks: dict[str, Lock] = {}
    for named in reading.declared.of(Kind.LOCK):
        lock = _lock(reading, named, reading.declared.bodies[named], days, slots_per_day)
        other = next((known for known in locks.values() if known.on == lock.on), None)
        if other is not None and lock.on:
            reading.problems.add(reading.declared.spots[named], f"{lock.on!r} has a lock already: {other.lock_id!r}")
        locks[named] = lock
    return locks


def _lock(reading: Reading, named: str, node: Node, days: int, slots_per_day: int) -> Lock:
    fields = reading.fields(node, "a lock")
    kind = fields.choice("kind", tuple(LockKind))
    on, known_by = fields.need("on"), fields.node("known_by")
    thing = "" if on is None else reading.id(on, Kind.DOOR, Kind.ITEM)
    if on is not None and scalar(on, reading.problems, "on").text != thing:
        thing = ""  # noted, and no door or item of another lock
    if on is not None and reading.declared.kinds.get(thing) is Kind.ITEM and thing not in reading.declared.containers:
        reading.problems.add(on.spot, f"{thing!r} is no container: it can't be locked")
    for key, of_kind in _OF_KIND.items():
        if kind is not of_kind and fields.node(key) is not None:
            reading.problems.add(
                fields.mapping.keys[key], f"{key!r} is for a lock of the kind {of_kind.value!r}, and this is {kind.value!r}"
            )
    code = fields.text("code", "") if kind is LockKind.CODE else None
    if code and (len(code) > CODE_LENGTH_MAX or code != "".join(code.split())):
        reading.problems.add(node.spot, f"a code has 1 to {CODE_LENGTH_MAX} characters and no blanks")
    for key, of_kind in _OF_KIND.items():
        needed = fields.need(key) if kind is of_kind and key not in _OPTIONAL else None
        if needed is not None and not items(needed):
            reading.problems.add(needed.spot, f"a lock of kind {kind.value!r} needs at least one of its {key}")
    lock = Lock(
        lock_id=named,
        on=thing,
        kind=kind,
        keys=reading.ids(fields.items("keys"), Kind.ITEM),
        code=code,
        known_by=None if known_by is None else reading.id(known_by, Kind.CLUE),
        sequence=reading.ids(fields.items("sequence"), Kind.ITEM),
        items=reading.ids(fields.items("items"), Kind.ITEM),
        consumes=fields.boolean("consumes", default=False),
        trust=_trust(reading, fields.node("trust")),
        hours=tuple(_hours(reading, each, days, slots_per_day) for each in fields.items("hours")),
        needs=tuple(_need(reading, named, each) for each in fields.items("needs")),
        starts_locked=fields.boolean("locked", default=True),
        attempts=fields.integer("attempts", default=0, minimum=0, maximum=_ATTEMPTS_MAX) or None,
        on_open=read_effects(reading, fields.items("on_open")),
        on_fail=read_effects(reading, fields.items("on_fail")),
    )
    fields.done()
    return lock


def _trust(reading: Reading, node: Node | None) -> Trust | None:
    """`trust: {person: mina, statistic: trust, at_least: 50}`."""
    if node is None:
        return None
    fields = reading.fields(node, "trust")
    who, statistic = fields.need("person"), fields.need("statistic")
    at_least = fields.integer("at_least", minimum=-NUMBER_MAX, maximum=NUMBER_MAX)
    fields.done()
    if who is None or statistic is None:
        return None
    person = reading.id(who, Kind.PERSON)
    known = reading.declared.person_statistics.get(person, ())
    return Trust(person=person, statistic=reading.one_of(statistic, f"statistic of {person}", known), at_least=at_least)


def _hours(reading: Reading, node: Node, days: int, slots_per_day: int) -> Hours:
    """`{from: 3, until: 5, day: 2}`: slots, both included; what begins after the last slot of a day, or of the game, never comes."""
    fields = reading.fields(node, "hours")
    first = fields.integer("from", minimum=1, maximum=slots_per_day)
    hours = Hours(
        day=fields.integer("day", default=0, minimum=1, maximum=days) or None,
        first=first,
        last=fields.integer("until", minimum=first, maximum=_SLOTS_MAX),
    )
    fields.done()
    return hours


def _need(reading: Reading, lock: str, node: Node) -> Need:
    fields = reading.fields(node, "a need")
    test, otherwise = reading.test(fields.need("when")), fields.text("otherwise")
    fields.done()
    return Need(when=test or NEVER, otherwise=reading.want(f"lock.{lock}.needs.{otherwise}", node.spot))
