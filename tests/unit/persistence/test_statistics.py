"""What stored rows add to the statistics."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.persistence.games import Game, LogRow, SavedGame, Status
from services.persistence.statistics import EndedGame, PlayerCount, PlayerEnding, ScenarioCount, ScenarioEnding, ScenarioWays, count

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINA, BORA = UUID(int=1), UUID(int=2)
ONE, TWO, THREE = UUID(int=11), UUID(int=12), UUID(int=13)


def saved(
    game_id: UUID,
    player_id: UUID,
    *numbers: int,
    endings: dict[int, str] | None = None,
    jumps: tuple[int, ...] = (),
    scenario: str = "tutorial",
) -> SavedGame:
    """A game of which rows are sent; `endings`: those of rows, by number. It is over if the last of them is."""
    endings = endings or {}
    status = Status.ENDED if numbers and numbers[-1] in endings else Status.ACTIVE
    game = Game(
        game_id=game_id, player_id=player_id, scenario_id=scenario, pack_hash="p", locale="ko", seed="s", asked="", epoch=0,
        number=max(numbers, default=0), branch_id="main", depth=0, status=status, ending_id=None, state=b"", state_hash=b"",
        create_time=NOON, update_time=NOON,
    )  # fmt: skip
    rows = tuple(
        LogRow(
            game_id=game_id, number=one, parent=None, branch_id="main", depth=one, revision=1, request_id=None, action_hash=b"", text="",
            record="{}", rule_hash=b"", state_hash=b"", telling=None, create_time=NOON, ending_id=endings.get(one), jump=one in jumps,
        )
        for one in numbers
    )  # fmt: skip
    return SavedGame(game=game, rows=rows)


def rows_of(*games: SavedGame) -> set[tuple[UUID, int]]:
    return {(one.game.game_id, row.number) for one in games for row in one.rows}


def test_new_games_and_rows_count_and_the_opening_is_no_turn():
    games = [saved(TWO, BORA, 0, 1, 2), saved(ONE, MINA, 0), saved(THREE, BORA, 3, scenario="manor")]

    counts = count(games, {ONE, TWO}, rows_of(*games))

    assert counts.players == [PlayerCount(player_id=MINA, games=1, turns=0), PlayerCount(player_id=BORA, games=1, turns=3)]
    assert counts.scenarios == [
        ScenarioCount(scenario_id="manor", games=0, turns=1),
        ScenarioCount(scenario_id="tutorial", games=2, turns=2),
    ]
    assert (counts.player_endings, counts.scenario_endings, counts.ended) == ([], [], [])


def test_a_jump_is_no_turn():
    games = [saved(ONE, MINA, 3, 4, 5, jumps=(4,))]

    assert count(games, set(), rows_of(*games)).players == [PlayerCount(player_id=MINA, games=0, turns=2)]


def test_what_was_stored_before_counts_no_more():
    games = [saved(ONE, MINA, 0, 1, 2, endings={2: "dawn"})]

    counts = count(games, set(), {(ONE, 1)})

    assert counts.players == [PlayerCount(player_id=MINA, games=0, turns=1)]
    assert (counts.player_endings, counts.scenario_endings, counts.ended) == ([], [], [])
    assert count(games, set(), set()).players == []


def test_each_way_to_an_ending_counts():
    games = [saved(ONE, MINA, 1, 2, 3, endings={1: "dawn", 3: "night"}), saved(TWO, MINA, 3, endings={3: "night"})]

    counts = count(games, set(), rows_of(*games))

    assert counts.player_endings == [
        PlayerEnding(player_id=MINA, scenario_id="tutorial", ending_id="dawn", count=1),
        PlayerEnding(player_id=MINA, scenario_id="tutorial", ending_id="night", count=2),
    ]
    assert counts.scenario_endings == [
        ScenarioEnding(scenario_id="tutorial", ending_id="dawn", turns=1, count=1),
        ScenarioEnding(scenario_id="tutorial", ending_id="night", turns=3, count=2),
    ]
    assert counts.ended == [EndedGame(game_id=ONE, end_time=NOON), EndedGame(game_id=TWO, end_time=NOON)]


def test_a_game_that_goes_on_after_an_ending_has_not_ended():
    games = [saved(ONE, MINA, 1, 2, endings={1: "dawn"})]

    counts = count(games, set(), rows_of(*games))

    assert [one.ending_id for one in counts.player_endings] == ["dawn"]
    assert counts.ended == []


@pytest.mark.parametrize(
    ("lengths", "median"),
    [({}, 0), ({7: 1}, 7), ({1: 1, 9: 1}, 1), ({1: 1, 5: 1, 9: 1}, 5), ({3: 10, 4: 9}, 3), ({3: 9, 4: 10}, 4), ({4: 2, 3: 1, 9: 1}, 4)],
)
def test_the_median_is_the_way_in_the_middle(lengths: dict[int, int], median: int):
    ways = tuple(ScenarioEnding(scenario_id="s", ending_id="dawn", turns=turns, count=times) for turns, times in lengths.items())

    assert ScenarioWays(games=0, ways=ways).median_turns == median


def test_endings_are_counted_over_all_ways_to_them():
    ways = [ScenarioEnding(scenario_id="s", ending_id=one, turns=turns, count=2) for one, turns in (("b", 1), ("a", 2), ("b", 3))]

    assert ScenarioWays(games=9, ways=tuple(ways)).endings == {"a": 2, "b": 4}
