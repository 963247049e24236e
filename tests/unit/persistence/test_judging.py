"""What becomes of a game that is sent, given what is stored."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.persistence.games import Game, LogRow, SavedGame, Standing, Status, Verdict
from services.persistence.judging import judge

GAME_ID = UUID(int=1)
PLAYER_ID = UUID(int=2)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def sent(number: int, *numbers: int, epoch: int = 1, seed: str = "s") -> SavedGame:
    game = Game(
        game_id=GAME_ID, player_id=PLAYER_ID, scenario_id="tutorial", pack_hash="p", locale="ko", seed=seed, asked="", epoch=epoch,
        number=number, branch_id="main", depth=number, status=Status.ACTIVE, ending_id=None, state=b"", state_hash=b"", create_time=NOON,
        update_time=NOON,
    )  # fmt: skip
    rows = tuple(
        LogRow(
            game_id=GAME_ID, number=one, parent=None, branch_id="main", depth=one, revision=1, request_id=None, action_hash=b"", text="",
            record="{}", rule_hash=b"%d" % one, state_hash=b"", telling=None, create_time=NOON, ending_id=None, jump=False,
        )
        for one in numbers
    )  # fmt: skip
    return SavedGame(game=game, rows=rows)


def stored(number: int, epoch: int = 1, **rule_hashes: bytes) -> Standing:
    """`_3=b"x"`: row 3 was sent again and is stored with this hash."""
    return Standing(
        player_id=PLAYER_ID,
        scenario_id="tutorial",
        seed="s",
        epoch=epoch,
        number=number,
        rule_hashes={int(name.removeprefix("_")): rule_hash for name, rule_hash in rule_hashes.items()},
    )


@pytest.mark.parametrize(
    ("saved", "standing", "verdict"),
    [
        pytest.param(sent(0, 0), None, Verdict.SAVED, id="a new game"),
        pytest.param(sent(2, 0, 1, 2), None, Verdict.SAVED, id="a new game that has been played"),
        pytest.param(sent(0), None, Verdict.GAP, id="a new game without a row"),
        pytest.param(sent(1, 1), None, Verdict.GAP, id="a new game without its opening"),
        pytest.param(sent(4, 4), stored(3), Verdict.SAVED, id="the next row"),
        pytest.param(sent(4, 2, 4), stored(3, _2=b"2"), Verdict.SAVED, id="the next row and a telling that came late"),
        pytest.param(sent(3, 3), stored(3, _3=b"3"), Verdict.SAVED, id="the last row, told"),
        pytest.param(sent(3), stored(3), Verdict.SAVED, id="the game alone"),
        pytest.param(sent(4, 4, epoch=2), stored(3), Verdict.SAVED, id="the next row in a new epoch"),
        pytest.param(sent(3, 3), stored(4, _3=b"3"), Verdict.STALE, id="a number behind"),
        pytest.param(sent(9, 9), stored(3, epoch=2), Verdict.STALE, id="an epoch behind"),
        pytest.param(sent(9, 3), stored(3, epoch=2, _3=b"x"), Verdict.STALE, id="an epoch behind, with another history"),
        pytest.param(sent(2, 2, epoch=2), stored(3, _2=b"2"), Verdict.STALE, id="a number behind in a new epoch"),
        pytest.param(sent(4, 3, 4), stored(3, _3=b"x"), Verdict.DIVERGED, id="another history"),
        pytest.param(sent(2, 2), stored(3, _2=b"x"), Verdict.DIVERGED, id="another history, behind"),
        pytest.param(sent(4, 3, 4, epoch=2), stored(3, _3=b"x"), Verdict.DIVERGED, id="another history in a new epoch"),
        pytest.param(sent(4, 4, seed="t"), stored(3), Verdict.DIVERGED, id="another game"),
        pytest.param(sent(5, 5), stored(3), Verdict.GAP, id="a row missing before"),
        pytest.param(sent(6, 4, 6), stored(3), Verdict.GAP, id="a row missing between"),
        pytest.param(sent(5, 4), stored(3), Verdict.GAP, id="a row missing at the end"),
        pytest.param(sent(4, 4, 5), stored(3), Verdict.GAP, id="a row too many"),
    ],
)
def test_a_game_is_judged_by_what_is_stored(saved: SavedGame, standing: Standing | None, verdict: Verdict):
    outcome = judge(saved, standing)

    assert outcome.verdict is verdict
    assert bool(outcome.detail) == (verdict is not Verdict.SAVED)
