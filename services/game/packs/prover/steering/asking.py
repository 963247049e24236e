"""Asking a state for what conditions speak of."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.game.packs.declared import Declared
from services.game.packs.expressions import CALLED
from services.game.packs.vocabulary import Name as Spelt
from services.game.packs.vocabulary import vocabulary
from services.game.rules.expressions import Among, Arithmetic, Both, Compare, Constant, Either, Minus, Name, Not, Tree
from services.game.rules.pack import Pack


@dataclass(frozen=True, slots=True)
class Asking:
    """The names of a pack, each with the Python that answers it in a state `s`."""

    names: Mapping[str, Spelt]

    def source(self, tree: Tree) -> str | None:
        """The condition or number as Python; None where a state knows nothing of it, for it is the prover's own."""
        match tree:
            case Constant(value):
                return repr(value)
            case Name(path):
                return self.names[path].source if path in self.names else None
            case Not(operand):
                return _joined("(not {})", self.source(operand))
            case Minus(operand):
                return _joined("(-{})", self.source(operand))
            case Both(left, right):
                return _joined("({} and {})", self.source(left), self.source(right))
            case Either(left, right):
                return _joined("({} or {})", self.source(left), self.source(right))
            case Arithmetic(sign, left, right) if sign in CALLED:
                return _joined(f"{CALLED[sign]}({{}}, {{}})", self.source(left), self.source(right))
            case Arithmetic(sign, left, right) | Compare(sign, left, right):
                return _joined(f"({{}} {sign} {{}})", self.source(left), self.source(right))
            case Among(left, options):
                return _joined(f"({{}} in ({''.join(f'{option!r}, ' for option in sorted(options, key=str))}))", self.source(left))


def asking(pack: Pack) -> Asking:
    """How the names of the pack are asked for."""
    people = pack.people.items()
    return Asking(
        vocabulary(
            Declared(
                kinds=dict(pack.kinds),
                flags=tuple(pack.flags),
                variables=tuple(pack.variables),
                statistics=tuple(pack.statistics),
                item_states={item: noun.states for item, noun in pack.items.items()},
                containers=frozenset(item for item, noun in pack.items.items() if noun.container),
                person_statistics={person: tuple(noun.statistics) for person, noun in people},
                person_phases={person: tuple(phase.phase_id for phase in noun.phases) for person, noun in people},
                person_moods={person: noun.moods for person, noun in people},
                person_topics={person: tuple(noun.topics) for person, noun in people},
            )
        )
    )


def _joined(shape: str, *sources: str | None) -> str | None:
    known = [source for source in sources if source is not None]
    return shape.format(*known) if len(known) == len(sources) else None
