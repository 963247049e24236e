"""The RPCs of the catalogue: parse, call, render."""

from maratang.persistence.v1 import scenario_service_pb2
from maratang.persistence.v1.scenario_service_pb2_grpc import ScenarioServiceServicer

from services.chassis.server_calls import Context
from services.persistence.adapters.postgres_scenarios import PostgresScenarios
from services.persistence.adapters.postgres_statistics import PostgresStatistics
from services.persistence.wire import fields
from services.persistence.wire import scenarios as scenario_wire
from services.persistence.wire import statistics as statistics_wire


class Scenarios(ScenarioServiceServicer):
    """The catalogue of scenarios."""

    def __init__(self, scenarios: PostgresScenarios, statistics: PostgresStatistics) -> None:
        self._scenarios = scenarios
        self._statistics = statistics

    async def ListScenarios(
        self, request: scenario_service_pb2.ListScenariosRequest, context: Context
    ) -> scenario_service_pb2.ListScenariosResponse:
        """Lists the published scenarios."""
        size, after = scenario_wire.scenarios_page_in(request)
        return scenario_wire.scenarios_page_out(await self._scenarios.all_published(size + 1, after), size)

    async def GetScenario(self, request: scenario_service_pb2.GetScenarioRequest, context: Context) -> scenario_service_pb2.Scenario:
        """Reads a published scenario."""
        return await published(self._scenarios, request.scenario_id)

    async def GetScenarioStatistics(
        self, request: scenario_service_pb2.GetScenarioStatisticsRequest, context: Context
    ) -> scenario_service_pb2.ScenarioStatistics:
        """How a scenario's games went."""
        scenario_id = (await published(self._scenarios, request.scenario_id)).scenario_id
        return statistics_wire.scenario_out(scenario_id, await self._statistics.of_scenario(scenario_id))


async def published(scenarios: PostgresScenarios, scenario_id: str) -> scenario_service_pb2.Scenario:
    """A scenario as it is published now. Raises NotFound(SCENARIO_NOT_FOUND)."""
    scenario = await scenarios.published(fields.key_in(scenario_id, "scenarioId"))
    if scenario is None:
        raise scenario_wire.no_scenario(scenario_id)
    return scenario_wire.scenario_out(scenario)
