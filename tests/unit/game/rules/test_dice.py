import pytest

from services.game.rules.dice import Dice


@pytest.mark.parametrize(
    ("seed", "depth", "sides", "label", "rolled"),
    [
        (b"maratang", 0, 6, "a", 6),
        (b"maratang", 1, 6, "a", 1),
        (b"maratang", 0, 100, "a", 54),
        (b"maratang", 0, 1_000_000, "label", 133004),
        (b"", 0, 20, "", 11),
        (b"\x00" * 100, 7, 20, "한글", 16),
    ],
)
def test_a_roll_is_the_same_for_ever(seed: bytes, depth: int, sides: int, label: str, rolled: int):
    assert Dice(seed, depth).roll(sides, label) == rolled


def test_every_side_comes_up():
    assert {Dice(b"seed", depth).roll(6, "die") for depth in range(200)} == {1, 2, 3, 4, 5, 6}


def test_label_and_depth_are_told_apart():
    assert len({Dice(b"seed", depth).roll(10**12, label) for depth, label in [(1, "1/1"), (11, "1"), (1, "11"), (1, "1")]}) == 4


def test_a_die_has_a_side():
    with pytest.raises(ValueError, match="at least one side"):
        Dice(b"seed", 0).roll(0, "none")
