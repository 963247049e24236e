import pytest

from services.game.packs.declared import Declared
from services.game.packs.errors import PackError
from services.game.packs.expressions import Expressions
from services.game.packs.source import Problems, Scalar, Spot
from services.game.packs.vocabulary import vocabulary
from services.game.rules.begin import begin
from services.game.rules.nouns import Kind
from services.game.rules.state import State
from tests.support.small_pack import small_pack

PACK = small_pack()
STATE: State = begin(PACK, b"seed")[0]
DECLARED = Declared(
    kinds=dict(PACK.kinds),
    flags=tuple(PACK.flags),
    variables=tuple(PACK.variables),
    statistics=tuple(PACK.statistics),
    item_states={item: noun.states for item, noun in PACK.items.items()},
    containers=frozenset({"chest"}),
    person_statistics={"guard": ("favour",)},
    person_phases={"guard": ("stern", "friendly")},
    person_moods={"guard": ("calm", "cross")},
    person_topics={"guard": ("weather",)},
)


def scalar(text: str) -> Scalar:
    spot = Spot(file="rules.yaml", line=7, column=11)
    return Scalar(spot=spot, text=text, quoted=False, content=spot)


def compiled(text: str) -> tuple[Expressions, Problems, Scalar]:
    problems = Problems()
    return Expressions(vocabulary(DECLARED), problems), problems, scalar(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("!true", False),
        ("!flag.alarm", True),
        ("flag.alarm || var.noise == 0", True),
        ("flag.alarm && var.noise == 0 || true", True),
        ("true || flag.alarm && false", True),
        ("(true || flag.alarm) && false", False),
        ("var.noise + 2 * 3 == 6", True),
        ("(var.noise + 2) * 3 == 6", True),
        ("7 / 2 == 3 && -7 / 2 == -3", True),
        ("7 % 3 == 1 && -7 % 3 == -1", True),
        ("3 - 2 - 1 == 0", True),
        ("player.nerve >= 50 && player.nerve < 51", True),
        ("player.place == 'cell'", True),
        ('player.place != "yard"', True),
        ("player.place in ['yard', 'attic']", False),
        ("var.noise in [0, 1]", True),
        ("item.wire.place == 'player'", True),
        ("item.wire.carried && !item.coin.carried", True),
        ("item.ladder.state == 'down'", True),
        ("item.key.found || item.chest.open", False),
        ("lock.gate_lock.locked && lock.gate_lock.failures == 0", True),
        ("person.guard.phase == 'stern' && person.guard.mood == 'calm'", True),
        ("person.guard.here", False),
        ("person.guard.status == 'well'", True),
        ("person.guard.place == 'nowhere'", False),
        ("person.guard.told.weather || person.guard.knows.bribe || person.guard.under.giddy", False),
        ("place.cell.visited && !place.yard.visited", True),
        ("clock.day == 1 && clock.slot == 1 && clock.phase == 'day' && clock.turn == 0", True),
        ("condition.giddy || rule.echo || clue.number || door.gate.open", False),
        ("person.guard.place == player.place", False),
    ],
)
def test_an_expression_says(text: str, expected: bool):
    expressions, problems, source = compiled(text)
    assert expressions.test(source)(STATE) is expected
    assert problems.errors == []


def test_a_number_can_be_computed():
    expressions, _, source = compiled("player.nerve / 4 - 1")
    assert expressions.amount(source)(STATE) == 11


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("flag.alrm", 1, "unknown name 'flag.alrm' (did you mean 'flag.alarm'?)"),
        ("true && person.gard.here", 9, "unknown name 'person.gard.here' (did you mean 'person.guard.here'?)"),
        ("true true", 6, "'true' can't stand here"),
        ("true &&", 8, "the expression breaks off"),
        ("", 1, "the expression breaks off"),
        ("flag.alarm = true", 12, "'=' can't stand here (write == to compare)"),
        ("flag.alarm and true", 12, "'and' can't stand here (write &&)"),
        ("var.noise", 1, "true or false is wanted here, and this is a number"),
        ("flag.alarm + 1 == 2", 1, "a number is wanted here, and this is true or false"),
        ("1 && true", 1, "true or false is wanted here, and this is a number"),
        ("var.noise == 'loud'", 14, "a number and the word 'loud' are never equal"),
        ("player.place == 'yrad'", 17, "'yrad' is never a place (did you mean 'yard'?)"),
        ("item.ladder.state in ['up', 'dwon']", 29, "'dwon' is never a state of ladder (did you mean 'down'?)"),
        ("var.noise in 3", 14, "after 'in' stands a list: ['a', 'b']"),
        ("var.noise in [var.noise]", 15, "a list holds words or numbers written out"),
        ("var.noise == [1]", 14, "a list stands only after 'in'"),
        ("1 / var.noise == 1", 5, "what stands after / is a number written out, and not 0"),
        ("1 % 0 == 1", 5, "what stands after % is a number written out, and not 0"),
        ("1 < 2 < 3", 7, "'<' can't stand here"),
        ("true || " * 80 + "true", 1, "an expression has at most 500 characters"),
    ],
)
def test_a_wrong_expression_is_refused_at_its_column(text: str, column: int, message: str):
    expressions, problems, source = compiled(text)
    expressions.test(source)
    assert problems.errors == [PackError("rules.yaml", 7, 10 + column, message)]


def test_the_vocabulary_has_every_kind_of_name_it_promises():
    names = vocabulary(DECLARED)
    assert {name.partition(".")[0] for name in names} == {
        "flag", "var", "player", "condition", "clue", "rule", "clock", "place", "item", "door", "lock", "person",
    }  # fmt: skip
    assert Kind.RULE in DECLARED.kinds.values()
