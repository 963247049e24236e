"""Games in numbers: what is added when games are stored, and what is read."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.persistence.games import SavedGame, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerCount:
    """Games that a player began and turns that the player took."""

    player_id: UUID
    games: int
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerEnding:
    """How often a player came to an ending."""

    player_id: UUID
    scenario_id: str
    ending_id: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioCount:
    """Games begun of a scenario and turns taken in it."""

    scenario_id: str
    games: int
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioEnding:
    """How often an ending was come to after so many turns."""

    scenario_id: str
    ending_id: str
    turns: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioWays:
    """How a scenario's games went: how many were begun, and the ways they came to endings."""

    games: int
    ways: tuple[ScenarioEnding, ...]

    @property
    def endings(self) -> dict[str, int]:
        """How often each ending was found, by its id."""
        found = Counter[str]()
        for way in self.ways:
            found[way.ending_id] += way.count
        return dict(sorted(found.items()))

    @property
    def median_turns(self) -> int:
        """The lower median of the ways' lengths; 0: there are none."""
        before, half = 0, sum(way.count for way in self.ways) / 2
        for way in sorted(self.ways, key=lambda one: one.turns):
            before += way.count
            if before >= half:
                return way.turns
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedGame:
    """A game that has come to an ending, and when."""

    game_id: UUID
    end_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What some stored rows add to the statistics, each in the order of its key, so that writers never wait for each other in a ring."""

    players: list[PlayerCount]
    player_endings: list[PlayerEnding]
    scenarios: list[ScenarioCount]
    scenario_endings: list[ScenarioEnding]
    ended: list[EndedGame]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSum:
    """The calls of one day, purpose, model and outcome, summed."""

    day: date
    purpose: str
    backend: str | None
    model: str | None
    outcome: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    first_token_time: timedelta
    total_time: timedelta


def count(saved: Sequence[SavedGame], begun: Collection[UUID], new: Collection[tuple[UUID, int]]) -> Counts:
    """What `saved` adds, of which the games `begun` and the rows `new` (game, number) were not stored before.

    The opening (row 0) and jumps are no turns that anybody takes. An ending counts each time a turn comes to it, on whatever branch.
    """
    players_games, players_turns = Counter[UUID](), Counter[UUID]()
    scenarios_games, scenarios_turns = Counter[str](), Counter[str]()
    found, ways = Counter[tuple[UUID, str, str]](), Counter[tuple[str, str, int]]()
    ended = []
    for one in saved:
        game, rows = one.game, [row for row in one.rows if (row.game_id, row.number) in new]
        games, turns = int(game.game_id in begun), sum(row.number > 0 and not row.jump for row in rows)
        players_games[game.player_id] += games
        players_turns[game.player_id] += turns
        scenarios_games[game.scenario_id] += games
        scenarios_turns[game.scenario_id] += turns
        for row in rows:
            if row.ending_id is not None:
                found[game.player_id, game.scenario_id, row.ending_id] += 1
                ways[game.scenario_id, row.ending_id, row.depth] += 1
        if rows and rows[-1].ending_id is not None and game.status is Status.ENDED:
            ended.append(EndedGame(game_id=game.game_id, end_time=rows[-1].create_time))
    return Counts(
        players=[
            PlayerCount(player_id=one, games=players_games[one], turns=players_turns[one])
            for one in sorted(players_games)
            if players_games[one] or players_turns[one]
        ],
        player_endings=[
            PlayerEnding(player_id=player_id, scenario_id=scenario_id, ending_id=ending_id, count=times)
            for (player_id, scenario_id, ending_id), times in sorted(found.items())
        ],
        scenarios=[
            ScenarioCount(scenario_id=one, games=scenarios_games[one], turns=scenarios_turns[one])
            for one in sorted(scenarios_games)
            if scenarios_games[one] or scenarios_turns[one]
        ],
        scenario_endings=[
            ScenarioEnding(scenario_id=scenario_id, ending_id=ending_id, turns=turns, count=times)
            for (scenario_id, ending_id, turns), times in sorted(ways.items())
        ],
        ended=sorted(ended, key=lambda one: one.game_id),
    )
