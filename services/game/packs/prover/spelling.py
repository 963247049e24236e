"""Conditions, spelt for authors."""

from services.game.rules.expressions import Among, Arithmetic, Both, Compare, Constant, Either, Minus, Name, Not, Tree


def spell(tree: Tree) -> str:
    """The condition in the language of packs."""
    match tree:
        case Name(path):
            return path
        case Constant(value):
            return str(value).lower() if isinstance(value, bool) else repr(value)
        case Not(operand):
            return f"!{spell(operand)}"
        case Minus(operand):
            return f"-{spell(operand)}"
        case Both(left, right):
            return f"{spell(left)} && {spell(right)}"
        case Either(left, right):
            return f"({spell(left)} || {spell(right)})"
        case Arithmetic(sign, left, right) | Compare(sign, left, right):
            return f"{spell(left)} {sign} {spell(right)}"
        case Among(left, options):
            return f"{spell(left)} in [{', '.join(repr(option) for option in sorted(options, key=str))}]"
