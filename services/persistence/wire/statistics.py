"""Statistics on the wire."""

from collections.abc import Sequence

from google.protobuf.duration_pb2 import Duration
from maratang.persistence.v1 import admin_service_pb2, player_data_service_pb2, scenario_service_pb2
from maratang.persistence.v1.model_call_pb2 import ModelCall

from services.persistence.statistics import ModelSum, PlayerCount, PlayerEnding, ScenarioWays
from services.persistence.wire.fields import invalid

_DAYS, _DAYS_MOST = 7, 366


def player_out(counted: PlayerCount, endings: Sequence[PlayerEnding]) -> player_data_service_pb2.PlayerStatistics:
    """A player's games in numbers."""
    return player_data_service_pb2.PlayerStatistics(
        games=counted.games,
        turns=counted.turns,
        endings=[
            player_data_service_pb2.FoundEnding(scenario_id=one.scenario_id, ending_id=one.ending_id, count=one.count) for one in endings
        ],
    )


def scenario_out(scenario_id: str, ways: ScenarioWays) -> scenario_service_pb2.ScenarioStatistics:
    """How a scenario's games went."""
    return scenario_service_pb2.ScenarioStatistics(
        scenario_id=scenario_id,
        games=ways.games,
        median_turns=ways.median_turns,
        endings=[scenario_service_pb2.EndingCount(ending_id=one, count=times) for one, times in ways.endings.items()],
    )


def days_in(request: admin_service_pb2.ListModelStatisticsRequest) -> int:
    """How many days back."""
    if not 0 <= request.days <= _DAYS_MOST:
        raise invalid("days", f"is {request.days}, not 1 to {_DAYS_MOST}")
    return request.days or _DAYS


def models_out(sums: Sequence[ModelSum]) -> admin_service_pb2.ListModelStatisticsResponse:
    """How models did."""
    return admin_service_pb2.ListModelStatisticsResponse(statistics=[_model_out(one) for one in sums])


def _model_out(one: ModelSum) -> admin_service_pb2.ModelStatistics:
    made = admin_service_pb2.ModelStatistics(
        day=one.day.isoformat(),
        purpose=ModelCall.Purpose.Value(one.purpose),
        backend=one.backend or "",
        model=one.model or "",
        outcome=one.outcome,
        calls=one.calls,
        prompt_tokens=one.prompt_tokens,
        completion_tokens=one.completion_tokens,
        first_token_time=Duration(),
        total_time=Duration(),
    )
    made.first_token_time.FromTimedelta(one.first_token_time)
    made.total_time.FromTimedelta(one.total_time)
    return made
