"""What has to be done for a goal, spelt out once: conditions as numbered atoms, and the deeds that bring them about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from services.game.packs.expressions import function_of
from services.game.packs.prover.facts import Growth, Holds, Operator, is_
from services.game.packs.prover.steering.asking import Asking
from services.game.rules.commands import Verb
from services.game.rules.expressions import Among, Arithmetic, Both, Compare, Constant, Either, Minus, Name, Not, Tree, Value, names_in
from services.game.rules.pack import Pack
from services.game.rules.state import PLAYER, State

_CONTRARY = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_Gain = TypeVar("_Gain", Holds, Growth)
_WAITING_COST = 3
_GUESSED_COST = 2
"""What an atom costs of which nobody can say how it comes about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that brings atoms about. `operator` is what it is made of (None: time, or what nobody can say)."""

    operator: Operator | None
    cost: int
    needs: tuple[int, ...]
    brings: tuple[int, ...]
    moves: tuple[tuple[int, int], ...]
    """The atoms about a number that it moves, and by how much at a time (0: to where nobody can say)."""
    place: str | None
    """Where the player has to be for it."""

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is done for it but letting time go by."""
        return self.operator is None or self.operator.verb is Verb.WAIT


@dataclass(slots=True)
class Task:
    """The atoms that bear on a goal, and the deeds that bring them about; `goal` are the atoms that make it up."""

    goal: tuple[int, ...]
    deeds: list[Deed]
    waiting_for: list[list[int]]
    """By atom, the deeds that need it."""
    bounds: list[tuple[int, str, int] | None]
    """By atom: the number it is about, the sign, and what the number is held against."""
    holding: Callable[[State], tuple[bool, ...]]
    numbers: Callable[[State], tuple[int, ...]]
    tests: Sequence[Callable[[State], bool] | None]
    """By atom: whether it holds in a state; None where a state knows nothing of it."""
    trees: Sequence[Tree | None]


def task_of(pack: Pack, operators: Iterable[Operator], tree: Tree, asked: Asking) -> Task:
    """The task of making the condition hold."""
    return _Making(pack, tuple(operators), asked).task(tree)


@dataclass(slots=True)
class _Making:
    pack: Pack
    operators: tuple[Operator, ...]
    asked: Asking
    atoms: dict[object, int] = field(default_factory=dict)
    trees: list[Tree | None] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    bounds: list[tuple[int, str, int] | None] = field(default_factory=list)
    choices: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    needs: dict[int, tuple[int, ...]] = field(default_factory=dict)
    brings: dict[int, list[int]] = field(default_factory=dict)
    moves: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    guessed: list[tuple[int, int]] = field(default_factory=list)

    def task(self, tree: Tree) -> Task:
        goal = tuple(self._conditions(tree))
        holding: Mapping[str, list[tuple[int, Holds]]] = self._by_name(Holds)
        growing: Mapping[str, list[tuple[int, Growth]]] = self._by_name(Growth)
        done = 0
        while done < len(self.trees):
            known = self.trees[done]
            if known is not None:
                self._achieve(done, known, holding, growing)
            done += 1
        deeds = [
            Deed(
                operator=self.operators[number],
                cost=_cost(self.operators[number]),
                needs=needs,
                brings=tuple(dict.fromkeys(self.brings.get(number, ()))),
                moves=tuple(dict.fromkeys(self.moves.get(number, ()))),
                place=_place_of(self.operators[number]),
            )
            for number, needs in self.needs.items()
        ]
        deeds += [Deed(operator=None, cost=0, needs=needs, brings=(atom,), moves=(), place=None) for atom, needs in self.choices]
        deeds += [Deed(operator=None, cost=cost, needs=(), brings=(atom,), moves=(), place=None) for atom, cost in self.guessed]
        waiting_for: list[list[int]] = [[] for _ in self.trees]
        for number, deed in enumerate(deeds):
            for atom in dict.fromkeys(deed.needs):
                waiting_for[atom].append(number)
        sources = [None if tree is None else self.asked.source(tree) for tree in self.trees]
        # Only names of the pack, which are checked, and what the compiler itself wrote get into the sources.
        return Task(
            goal=goal,
            deeds=deeds,
            waiting_for=waiting_for,
            bounds=self.bounds,
            holding=function_of(f"({''.join(f'{source or False}, ' for source in sources)})"),
            numbers=function_of(f"({''.join(f'{self.asked.source(Name(name))}, ' for name in self.numbers)})"),
            tests=[None if source is None else function_of(source) for source in sources],
            trees=self.trees,
        )

    # ---- conditions

    def _conditions(self, tree: Tree, *, be: bool = True) -> Iterator[int]:  # noqa: C901, PLR0912 (one case a kind of tree)
        """The atoms that together make the condition so."""
        match tree:
            case Constant(value):
                if value is not be:
                    yield self._atom("never", None)
            case Not(operand):
                yield from self._conditions(operand, be=not be)
            case Both(left, right) | Either(left, right) if isinstance(tree, Both) is be:
                yield from self._conditions(left, be=be)
                yield from self._conditions(right, be=be)
            case Both(left, right) | Either(left, right):
                yield self._choice((tree, be), [(left, be), (right, be)])
            case Among(Name() as left, options):
                each = [Compare("==", left, Constant(option)) for option in sorted(options, key=str)]
                if be:
                    yield self._choice((tree, be), [(one, True) for one in each])
                else:
                    for one in each:
                        yield from self._conditions(one, be=False)
            case Name(path) if path.endswith(".carried"):
                yield from self._conditions(is_(f"{path.removesuffix('.carried')}.place", PLAYER), be=be)
            case Name(path) if be and path.startswith("person.") and path.endswith((".here", ".sees")):
                yield from self._conditions(Name(f"~met.{path.split('.')[1]}"))
            case Compare(sign, left, right):
                yield self._literal(Compare(sign if be else _CONTRARY[sign], left, right))
            case _:
                yield self._literal(tree if be else Not(tree))

    def _choice(self, key: object, alternatives: Iterable[tuple[Tree, bool]]) -> int:
        """An atom that any of the alternatives brings about."""
        if ("choice", key) in self.atoms:
            return self.atoms["choice", key]
        atom = self._atom(("choice", key), None)
        for tree, be in alternatives:
            self.choices.append((atom, tuple(self._conditions(tree, be=be))))
        return atom

    def _literal(self, tree: Tree) -> int:
        return self._atom(tree, tree)

    def _atom(self, key: object, tree: Tree | None) -> int:
        if key not in self.atoms:
            self.atoms[key] = len(self.trees)
            self.trees.append(tree)
            self.bounds.append(self._bound(tree))
        return self.atoms[key]

    def _bound(self, tree: Tree | None) -> tuple[int, str, int] | None:
        match tree:
            case Compare(sign, Name(path), Constant(int(value))) if not isinstance(value, bool) and path in self.asked.names:
                return self.numbers.setdefault(path, len(self.numbers)), sign, value
        return None

    # ---- deeds

    def _achieve(
        self, atom: int, tree: Tree, holding: Mapping[str, list[tuple[int, Holds]]], growing: Mapping[str, list[tuple[int, Growth]]]
    ) -> None:
        """Note all that brings the atom about."""
        names = names_in(tree)
        match tree:
            case Name(path):
                self._bring(atom, (number for number, gain in holding.get(path, ()) if gain.value is True))
            case Not(Name(path)):
                self._bring(atom, (number for number, gain in holding.get(path, ()) if gain.value is False))
            case Compare("==", Name(path), Constant(value)) if self.bounds[atom] is None:
                self._bring(atom, (number for number, gain in holding.get(path, ()) if gain.value == value))
            case Compare("!=", Name(path), Constant(value)) if self.bounds[atom] is None:
                self._bring(atom, (number for number, gain in holding.get(path, ()) if gain.value != value))
            case Compare(sign, Name(path), Constant(int(value))) if not path.startswith("clock."):
                for number, gain in growing.get(path, ()):
                    self._move(atom, number, gain, sign, value)
            case _:
                is_time = any(name.startswith("clock.") for name in names)
                self.guessed.append((atom, _WAITING_COST if is_time else _GUESSED_COST))

    def _bring(self, atom: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._need(number)
            self.brings.setdefault(number, []).append(atom)

    def _move(self, atom: int, number: int, gain: Growth, sign: str, value: int) -> None:
        match gain.to:
            case Constant(int(to)):
                if _holds(to, sign, value):
                    self._bring(atom, (number,))
                return
            case Arithmetic("+", Name(path), Constant(int(more))) if path == gain.name:
                step = self._capped(path, more)
            case Arithmetic("+", Name(path), Minus(Constant(int(less)))) | Arithmetic("-", Name(path), Constant(int(less))) if (
                path == gain.name
            ):
                step = self._capped(path, -less)
            case _:
                step = 0
        if step == 0 or sign in ("==", "!=") or (step > 0) is (sign in (">", ">=")):
            self._need(number)
            self.moves.setdefault(number, []).append((atom, step))

    def _capped(self, name: str, step: int) -> int:
        """The step as far as the cap of the number lets it be."""
        kind, _, rest = name.partition(".")
        noun = {
            "var": self.pack.variables.get(rest),
            "player": self.pack.statistics.get(rest),
        }.get(kind)
        if kind == "person":
            person, _, key = rest.partition(".")
            noun = self.pack.people[person].statistics.get(key)
        cap = None if noun is None else noun.cap
        return step if cap is None else max(-cap, min(cap, step))

    def _need(self, number: int) -> None:
        if number not in self.needs:
            self.needs[number] = ()
            self.needs[number] = tuple(dict.fromkeys(atom for need in self.operators[number].needs for atom in self._conditions(need)))

    def _by_name(self, kind: type[_Gain]) -> dict[str, list[tuple[int, _Gain]]]:
        found: dict[str, list[tuple[int, _Gain]]] = {}
        for number, operator in enumerate(self.operators):
            for gain in operator.gains:
                if isinstance(gain, kind):
                    found.setdefault(gain.name, []).append((number, gain))
        return found


def _cost(operator: Operator) -> int:
    if operator.verb is None:
        return 0
    return _WAITING_COST if operator.verb is Verb.WAIT else 1


def _place_of(operator: Operator) -> str | None:
    for need in operator.needs:
        match need:
            case Compare("==", Name("player.place"), Constant(str(place))):
                return place
    return None


def _holds(number: Value, sign: str, value: int) -> bool:
    number = int(number)
    return {
        "==": number == value,
        "!=": number != value,
        "<": number < value,
        "<=": number <= value,
        ">": number > value,
        ">=": number >= value,
    }[sign]
