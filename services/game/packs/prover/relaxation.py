"""What could ever be, if nothing that is true were ever undone; and what stands in the way of the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.game.packs.prover.facts import Growth, Operator
from services.game.packs.prover.spelling import spell
from services.game.packs.prover.world import Bounds, World
from services.game.rules.begin import start
from services.game.rules.expressions import Among, Arithmetic, Both, Compare, Constant, Either, Name, Not, Tree, Value
from services.game.rules.nouns import Statistic
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, DayPhase, State, Status, condition_key, number_key, topic_key

Fact = tuple[str, Value]
"""A name and a value that it could have; a number that is wanted is a name and a word such as ">= 40"."""
CONTRADICTION = "~contradiction"
"""The name of the fact that is wanting where a condition rules itself out."""
_ENDLESS = float("inf")
_NO_BOUNDS: Bounds = (0, _ENDLESS)


@dataclass(slots=True)
class Relaxation:
    """The end of the growth: the world, and by fact the operator that first brought it (none: it was so from the start)."""

    world: World
    brought_by: dict[Fact, Operator] = field(default_factory=dict)
    grown_by: dict[str, list[Operator]] = field(default_factory=dict)
    """By number: the operators that move it."""
    order: dict[Fact, int] = field(default_factory=dict)
    """How many facts came before it."""

    def can(self, tree: Tree) -> bool:
        """Whether the condition could ever hold. No is certain."""
        return self.world.can(tree)

    def missing(self, tree: Tree, *, be: bool = True) -> Iterator[Fact]:
        """The facts for want of which the condition can't be so."""
        if self.world.can(tree, be=be):
            return
        match tree:
            case Not(operand):
                yield from self.missing(operand, be=not be)
            case Both(left, right) if be and self.world.can(left) and self.world.can(right):
                yield CONTRADICTION, spell(tree)
            case Both(left, right) | Either(left, right):
                yield from self.missing(left, be=be)
                yield from self.missing(right, be=be)
            case Compare(sign, left, Constant(value)) if isinstance(left, Name):
                yield (
                    left.path,
                    value if (sign == "==") is be and not _is_ordered(sign, value) else f"{sign if be else 'not ' + sign} {value}",
                )
            case Compare(sign, left, right):
                yield from ((name, f"{sign} {right}") for name in _names(left))
            case Among(left, options):
                yield from ((name, option) for name in _names(left) for option in sorted(options, key=str))
            case Name(path):
                yield path, be

    def plan(self, tree: Tree) -> set[Fact]:
        """The facts of one relaxed way to the condition: what a search towards it may count."""
        facts: set[Fact] = set()
        open_ = list(self._wanted(tree))
        while open_:
            fact = open_.pop()
            if fact in facts:
                continue
            facts.add(fact)
            operator = self.brought_by.get(fact)
            operators = [operator] if operator is not None else self.grown_by.get(fact[0], [])[:3]
            for each in operators:
                open_ += [wanted for need in each.needs for wanted in self._wanted(need)]
        return facts

    def _wanted(self, tree: Tree) -> Iterator[Fact]:
        """The facts that a condition speaks of, in the sense that lets it hold; of two ways the one that came first."""
        match tree:
            case Not(Name(path)):
                yield path, False
            case Name(path) if path.endswith(".carried"):
                yield f"{path.removesuffix('.carried')}.place", PLAYER
            case Name(path):
                yield path, True
            case Both(left, right):
                yield from self._wanted(left)
                yield from self._wanted(right)
            case Either(left, right):
                yield from self._wanted(min(left, right, key=self._rank))
            case Compare("==", Name(path), Constant(value)):
                yield path, value
            case Compare(sign, Name(path), Constant(value)):
                yield path, f"{sign} {value}"
            case Among(Name(path), options):
                yield path, min(options, key=str)

    def _rank(self, tree: Tree) -> float:
        """How late the condition became possible."""
        if not self.world.can(tree):
            return _ENDLESS
        match tree:
            case Both(left, right):
                return max(self._rank(left), self._rank(right))
            case Either(left, right):
                return min(self._rank(left), self._rank(right))
        return max((self.order.get(fact, 0) for fact in self._wanted(tree)), default=0)


def relax(pack: Pack, operators: Iterable[Operator], state: State | None = None, granted: Fact | None = None) -> Relaxation:
    """Let everything happen that could, from the state (None: before the game's first turn), until nothing more comes of it.

    `granted`: a fact that is so from the beginning, whatever brings it.
    """
    now = start(pack, b"prover") if state is None else state
    found = Relaxation(world=world_of(pack, now))
    limits = _limits(pack, now)
    if granted is not None:
        _grant(found.world, granted)
        low, high = found.world.bounds.get(granted[0], _NO_BOUNDS)
        least, most = limits.get(granted[0], _NO_BOUNDS)
        limits[granted[0]] = min(low, least), max(high, most)  # what is granted may lie beyond what the number is held within
    waiting, growing = list(operators), list[Operator]()
    starts = dict(found.world.bounds)
    changed = True
    while changed:
        changed, still = False, []
        for operator in waiting:
            if all(found.world.can(need) for need in operator.needs):
                changed |= _apply(found, operator)
                if any(isinstance(gain, Growth) for gain in operator.gains):
                    growing.append(operator)
            else:
                still.append(operator)
        waiting = still
        changed |= _grow(found, growing, starts, limits)
    return found


def _grant(world: World, fact: Fact) -> None:
    name, value = fact
    if name not in world.bounds:
        world.words[name] = world.words.get(name, set()) | {value}
        if name == "player.place":  # who is there has been there
            world.words[f"place.{value}.visited"] = {False, True}
        return
    sign, _, number = str(value).rpartition(" ")
    low, high = world.bounds[name]
    wanted = int(number) + {">": 1, "<": -1}.get(sign, 0) if number.lstrip("-").isdecimal() else 0
    world.bounds[name] = (min(low, wanted), max(high, wanted))


def _apply(found: Relaxation, operator: Operator) -> bool:
    changed = False
    for gain in operator.gains:
        if isinstance(gain, Growth):
            found.grown_by.setdefault(gain.name, []).append(operator)
            changed = True
            continue
        known = found.world.words.setdefault(gain.name, {False} if isinstance(gain.value, bool) else set())
        if gain.value not in known:
            known.add(gain.value)
            found.brought_by[gain.name, gain.value] = operator
            found.order[gain.name, gain.value] = len(found.order) + 1
            changed = True
    return changed


def _grow(found: Relaxation, growing: Iterable[Operator], starts: dict[str, Bounds], limits: dict[str, Bounds]) -> bool:
    """Let the numbers become all that the operators make of them; what can happen again and again goes to the limit at once."""
    low_high = {name: [*bounds] for name, bounds in starts.items()}
    clues = sum(True in values for name, values in found.world.words.items() if name.startswith("clue."))
    low_high["player.clues"][1] = clues
    for operator in growing:
        for gain in operator.gains:
            if not isinstance(gain, Growth) or gain.name not in low_high:
                continue
            least, most = limits.get(gain.name, _NO_BOUNDS)
            bounds = low_high[gain.name]
            match gain.to:
                case Arithmetic("+", Name(path), more) if path == gain.name:
                    low, high = found.world.number(more)
                    bounds[0] = least if low < 0 and not gain.once else bounds[0] + min(low, 0)
                    bounds[1] = most if high > 0 and not gain.once else bounds[1] + max(high, 0)
                case _:
                    low, high = found.world.number(gain.to)
                    bounds[0], bounds[1] = min(bounds[0], low), max(bounds[1], high)
            bounds[0], bounds[1] = max(bounds[0], least), min(bounds[1], most)
    grown = {name: (low, high) for name, (low, high) in low_high.items()}
    changed = grown != found.world.bounds
    found.world.bounds = grown
    return changed


def world_of(pack: Pack, now: State) -> World:
    """The world in which everything is as in the state."""
    words: dict[str, set[Value]] = {
        "player.place": {now.player.place},
        "player.hidden": {False, bool(now.player.hidden)},
        "clock.phase": {phase.value for phase in DayPhase if pack.has_night or phase is not DayPhase.NIGHT},
    }
    bounds: dict[str, Bounds] = {
        "clock.day": (1, pack.days),
        "clock.slot": (1, pack.slots_per_day),
        "clock.turn": (0, _ENDLESS),
        "player.clues": (0, len(now.clues)),
    }
    words |= {f"flag.{flag}": {value} for flag, value in now.flags.items()}
    words |= {f"clue.{clue}": {clue in now.clues} for clue in pack.clues}
    words |= {f"rule.{rule.rule_id}": {rule.rule_id in now.fired} for rule in pack.rules}
    bounds |= {f"var.{variable}": (value, value) for variable, value in now.variables.items()}
    bounds |= {f"player.{key}": (value, value) for key, value in now.player.statistics.items()}
    for place in pack.places:
        words[f"place.{place}.visited"] = {place in now.visited, place == now.player.place}
        words[f"place.{place}.searched"] = {place in now.searched}
    for door in pack.doors:
        words |= {f"door.{door}.open": {door in now.opened}, f"door.{door}.examined": {door in now.examined}}
    for lock in pack.locks:
        known = now.locks[lock]
        words[f"lock.{lock}.locked"] = {known.locked}
        bounds |= {f"lock.{lock}.failures": (0, known.failures), f"lock.{lock}.progress": (0, known.progress)}
    for item in pack.items:
        marks = {mark: {item in getattr(now, mark)} for mark in ("found", "examined", "searched", "read")}
        words |= {f"item.{item}.{mark}": set[Value](values) for mark, values in marks.items()}
        words |= {f"item.{item}.place": {now.items[item].where}, f"item.{item}.state": {now.items[item].state}}
        words[f"item.{item}.open"] = {item in now.opened}
    for bearer in (PLAYER, *pack.people):
        for condition in pack.conditions:
            name = f"condition.{condition}" if bearer == PLAYER else f"person.{bearer}.under.{condition}"
            borne = now.conditions.get(condition_key(bearer, condition))
            words[name] = {borne is not None, False}
            bounds[f"{name}.strength"] = (0, borne.strength if borne else 0)
    for person in pack.people:
        _person(pack, now, person, words, bounds)
    return World(words=words, bounds=bounds)


def _person(pack: Pack, now: State, person: str, words: dict[str, set[Value]], bounds: dict[str, Bounds]) -> None:
    known, prefix = now.people[person], f"person.{person}"
    words |= {
        f"{prefix}.place": {known.place or "nowhere"},
        f"{prefix}.status": {Status(known.status).value},
        f"{prefix}.phase": {known.phase},
        f"{prefix}.mood": {known.mood},
        f"{prefix}.talked": {person in now.talked},
        f"{prefix}.examined": {person in now.examined},
    }
    words |= {f"{prefix}.told.{topic}": {topic_key(person, topic) in now.talked} for topic in pack.people[person].topics}
    words |= {f"{prefix}.knows.{clue}": {clue in known.knows} for clue in pack.clues}
    bounds |= {f"{prefix}.{key}": (value, value) for key, value in known.statistics.items()}
    bounds[f"{prefix}.noticed"] = (0, known.noticed)


def _limits(pack: Pack, now: State) -> dict[str, Bounds]:
    """What each number is held within: its own bounds, and what the mornings that are left let it become."""
    mornings = pack.days - now.clock.day + 1

    def of(prefix: str, person: str | None, nouns: Iterable[tuple[str, Statistic]]) -> Iterator[tuple[str, Bounds]]:
        for key, noun in nouns:
            low, high = noun.minimum, noun.maximum
            dawn = now.dawn.get(number_key(person, key))
            if noun.day_cap is not None and dawn is not None:
                low, high = max(low, dawn - mornings * noun.day_cap), min(high, dawn + mornings * noun.day_cap)
            yield f"{prefix}.{key}", (low, high)

    limits: dict[str, Bounds] = {f"var.{key}": (noun.minimum, noun.maximum) for key, noun in pack.variables.items()}
    limits |= of("player", None, pack.statistics.items())
    for person in pack.people.values():
        limits |= of(f"person.{person.person_id}", person.person_id, person.statistics.items())
    return limits


def _is_ordered(sign: str, value: Value) -> bool:
    return sign not in ("==", "!=") or (isinstance(value, int) and not isinstance(value, bool))


def _names(tree: Tree) -> Iterator[str]:
    match tree:
        case Name(path):
            yield path
        case Arithmetic(_, left, right):
            yield from _names(left)
            yield from _names(right)
