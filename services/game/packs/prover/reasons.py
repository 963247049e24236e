"""Why something can never be: the first things in the chain that are wanting."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.game.packs.prover.facts import Growth, Operator
from services.game.packs.prover.goals import Goal
from services.game.packs.prover.operators.trees import conjuncts
from services.game.packs.prover.relaxation import CONTRADICTION, Fact, Relaxation, relax
from services.game.packs.prover.report import Code, Finding
from services.game.rules.pack import Pack
from services.game.rules.state import GONE


def explain(  # noqa: C901 (from what is wanting to what mends it, in one place)
    pack: Pack, relaxation: Relaxation, operators: Sequence[Operator], unreachable: Sequence[Goal]
) -> Iterator[Finding]:
    """A finding for each root of it: what nothing brings about, or what goes round in a circle; not for what only follows."""
    bringing: dict[Fact, list[Operator]] = {}
    growing: dict[str, list[Operator]] = {}
    for operator in operators:
        for gain in operator.gains:
            if isinstance(gain, Growth):
                growing.setdefault(gain.name, []).append(operator)
            else:
                bringing.setdefault((gain.name, gain.value), []).append(operator)
    graph: dict[Fact, set[Fact]] = {}
    wanted = {goal: set(relaxation.missing(goal.tree)) for goal in unreachable}
    open_ = [fact for facts in wanted.values() for fact in facts]
    while open_:
        fact = open_.pop()
        if fact in graph:
            continue
        operators_of = bringing.get(fact, []) or growing.get(fact[0], [])
        graph[fact] = {missing for operator in operators_of for need in operator.needs for missing in relaxation.missing(need)}
        open_ += graph[fact]
    reach = {fact: _reached(graph, fact) for fact in graph}
    mended = {fact: _mended(pack, operators, fact, wanted, reach) for fact in graph}
    left = set(unreachable)
    while left and graph:
        fact = min(graph, key=lambda fact: (-len(mended[fact] & left), fact in reach[fact], len(graph[fact]), str(fact)))
        if not mended[fact] & left:
            break
        left -= mended[fact]
        blocked = [goal for goal in unreachable if goal in mended[fact]]
        # Of a circle, what would open all of it.
        circle = {other for other in reach[fact] if fact in reach[other] and mended[other] >= mended[fact]}
        nowhere = _nowhere(pack, circle | {fact})
        if nowhere is not None:
            message = f"the item {nowhere!r} never comes into the game{_so(blocked)}"
            yield Finding(code=Code.UNREACHABLE, is_error=True, about=nowhere, message=message)
        else:
            yield _finding(pack, fact, circle, blocked, relaxation, _about(fact, operators, relaxation))
    for goal in unreachable:
        if goal in left:
            message = f"nobody can ever reach the {goal.kind} {goal.name!r}: more than one thing is wanting"
            yield Finding(code=Code.UNREACHABLE, is_error=True, about=goal.name.partition(":")[0], message=message)


def _mended(
    pack: Pack, operators: Sequence[Operator], fact: Fact, wanted: Mapping[Goal, set[Fact]], reach: Mapping[Fact, set[Fact]]
) -> set[Goal]:
    """The goals that could be reached, if only the fact came about."""
    if fact[0] == CONTRADICTION:
        return {goal for goal, facts in wanted.items() if any(fact == one or fact in reach[one] for one in facts)}
    world = relax(pack, operators, granted=fact).world
    return {goal for goal in wanted if world.can(goal.tree)}


def shadowed(pack: Pack) -> Iterator[Finding]:
    """The endings that another one always forestalls: it is looked for at the same time, goes first, and asks no more."""
    endings = list(pack.endings.values())
    for number, ending in enumerate(endings):
        for other in endings[:number]:
            asked = set() if other.when is None else set(conjuncts([other.when.tree]))
            given = set() if ending.when is None else set(conjuncts([ending.when.tree]))
            if other.trigger is ending.trigger is not None and asked <= given:
                message = f"the ending {ending.ending_id!r} can never come: {other.ending_id!r} goes before it and holds whenever it does"
                yield Finding(code=Code.UNREACHABLE, is_error=True, about=ending.ending_id, message=message)
                break


def _nowhere(pack: Pack, facts: Iterable[Fact]) -> str | None:
    """The item among what they are about that begins outside the game, so that it is no circle that keeps it there."""
    items = sorted(named for fact in facts if (named := _named(fact)) in pack.items)
    return next((item for item in items if pack.items[item].start == GONE), None)


def _reached(graph: Mapping[Fact, set[Fact]], fact: Fact) -> set[Fact]:
    reached: set[Fact] = set()
    open_ = [*graph[fact]]
    while open_:
        other = open_.pop()
        if other not in reached:
            reached.add(other)
            open_ += graph[other]
    return reached


def _about(fact: Fact, operators: Iterable[Operator], relaxation: Relaxation) -> str:
    """The id of what waits for the fact, so that the finding can be placed."""
    for operator in operators:
        if any(fact in relaxation.missing(need) for need in operator.needs):
            return operator.about.partition(":")[0]
    return ""


def _finding(pack: Pack, fact: Fact, circle: set[Fact], blocked: Sequence[Goal], relaxation: Relaxation, about: str) -> Finding:
    so = _so(blocked)
    name, value = fact
    if name == CONTRADICTION:
        return Finding(code=Code.CONTRADICTION, is_error=True, about=about, message=f"the condition {value} can never hold{so}")
    things = sorted({_named(each) for each in circle | {fact}} - {""})
    things = [thing for thing in things if thing not in pack.places and thing not in pack.doors] or things
    if len(circle) > 1 and (own_lock := _behind_own_lock(pack, things)):
        thing, lock = own_lock
        message = f"{thing!r} lies behind the lock {lock!r}, which it is to open{so}"
        return Finding(code=Code.CIRCLE, is_error=True, about=thing, message=message)
    if len(circle) > 1 and things:
        message = f"{' and '.join(things)} each need the other first{so}"
        return Finding(code=Code.CIRCLE, is_error=True, about=things[0], message=message)
    own = _named(fact)
    return Finding(
        code=Code.UNREACHABLE,
        is_error=True,
        about=own if own and not name.startswith("person.") else about,
        message=_wanting(fact, relaxation) + so,
    )


def _behind_own_lock(pack: Pack, things: Sequence[str]) -> tuple[str, str] | None:
    """Where the only lock of a circle is opened by one of its things: that thing, and the lock."""
    locks = [pack.locks[thing] for thing in things if thing in pack.locks]
    if len(locks) != 1:
        return None
    opening = {*locks[0].keys, *locks[0].items, locks[0].known_by}
    return next(((thing, locks[0].lock_id) for thing in things if thing in opening), None)


def _wanting(fact: Fact, relaxation: Relaxation) -> str:
    name, value = fact
    kind, _, rest = name.partition(".")
    named, _, aspect = rest.partition(".")
    if name in relaxation.world.bounds:
        low, high = relaxation.world.bounds[name]
        return f"{name} {value} is asked for, and it is never outside {low:.0f} to {high:.0f}"
    if name == "player.place":
        return f"no way leads to the place {value!r}"
    if kind == "item" and aspect == "place":
        return f"the item {named!r} never comes to {value!r}"
    message = _WANTING.get(kind)
    if message is not None:
        return message.format(named=named, rest=rest, value=str(value).lower(), unlocks="locks" if value else "unlocks")
    if kind.startswith("~"):
        return f"the event that {kind.removeprefix('~')!r} waits for never happens"
    return f"{name} is never {str(value).lower() if isinstance(value, bool) else repr(value)}"


_WANTING = {
    "clue": "nothing ever gives the clue '{named}'",
    "flag": "nothing ever sets flag.{named} to {value}",
    "lock": "nothing ever {unlocks} the lock '{named}'",
    "place": "no way leads to the place '{named}'",
    "~ending": "nothing ever leads to the ending '{rest}'",
    "~seen": "the item '{rest}' can never be perceived",
    "~met": "the person '{rest}' can never be met",
    "~due": "nothing ever schedules the rule '{rest}'",
}
"""What to say of what never comes, by the kind of its name."""


def _named(fact: Fact) -> str:
    """The id that the fact is about."""
    name, value = fact
    kind, _, rest = name.partition(".")
    if name == "player.place":
        return str(value)
    if kind in ("flag", "var", "player", "clock"):
        return ""
    return rest.partition(".")[0] if kind in ("~seen", "~met", "~ending") or not kind.startswith("~") else kind.removeprefix("~")


def _so(blocked: Sequence[Goal]) -> str:
    if not blocked:
        return ""
    first = [f"the {goal.kind} {goal.name!r}" for goal in blocked[:3]]
    more = f" and {len(blocked) - 3} more" if len(blocked) > 3 else ""
    return f"; so nobody can reach {', '.join(first)}{more}"
