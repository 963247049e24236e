"""A slice of `make bots`."""

import pytest

from tests.support.bot_games import play_game
from tests.support.bots import BOTS
from tests.support.scenarios import NAMES, scenario, ways_of
from tests.support.winning import Judge, Outlook

SEED = 1
GAMES = {"tutorial": 12, "snowmark": 6}


@pytest.mark.parametrize("kind", BOTS)
@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_done_nothing_breaks_and_the_game_ends_and_replays(name: str, kind: str):
    pack, trials = scenario(name)
    ways = ways_of(name) if set(trials.witnesses) >= set(pack.endings) else {}
    if kind == "follower" and not ways:
        return
    played = [play_game(pack, kind, number, SEED, ways) for number in range(GAMES[name])]
    assert all(each.ending in pack.endings for each in played)


def test_in_the_middle_of_a_game_it_can_still_be_won():
    pack, _ = scenario("tutorial")
    judge = Judge(pack)
    middles = [play_game(pack, kind, 0, SEED, ways_of("tutorial")).middle for kind in BOTS]
    assert {judge.outlook(state) for state in middles} == {Outlook.WON}
