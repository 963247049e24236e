import pytest

from maratang_client.shapes import Action, Command, CommandVerb
from services.local.playing.orders import NAMES, Order, Ordered, Unclear, meaning

OFFERED = tuple(Action(label=f"number {number}", command=Command(verb=CommandVerb.WAIT, object=str(number))) for number in range(1, 13))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("1", OFFERED[0]),
        ("12", OFFERED[11]),
        ("3.", OFFERED[2]),
        ("4)", OFFERED[3]),
        ("13", Unclear(written="13")),
        ("99", Unclear(written="99")),
        ("0", "0"),
        ("0417", "0417"),
        ("417", "417"),
        ("٣", "٣"),
        ("-1", "-1"),
        ("1번 문을 연다", "1번 문을 연다"),
        ("외투를 뒤진다", "외투를 뒤진다"),
        ("/look", Ordered(order=Order.LOOK)),
        ("/LOOK", Ordered(order=Order.LOOK)),
        ("/ look", Ordered(order=Order.LOOK)),
        ("/lang  en ", Ordered(order=Order.LANG, rest="en")),
        ("/가방", Ordered(order=Order.BAG)),
        ("/q", Ordered(order=Order.QUIT)),
        ("quit", Ordered(order=Order.QUIT)),
        ("q", "q"),
        ("/", Unclear(written="/")),
        ("/dance", Unclear(written="/dance")),
    ],
)
def test_what_a_line_means(written: str, means: object):
    assert meaning(written, OFFERED) == means


def test_no_number_means_anything_while_nothing_is_offered():
    assert meaning("1", ()) == Unclear(written="1")


def test_every_order_has_a_name_of_its_own_and_a_korean_one():
    assert {order.value for order in Order} <= NAMES.keys()
    assert {order for name, order in NAMES.items() if not name.isascii()} == set(Order)
