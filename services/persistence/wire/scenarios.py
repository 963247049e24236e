"""Scenarios and packs on the wire."""

from collections.abc import Sequence

from maratang.persistence.v1 import admin_service_pb2, archive_service_pb2, scenario_service_pb2

from services.chassis import errors
from services.persistence.audit import Deed
from services.persistence.scenarios import Pack, Scenario
from services.persistence.wire.audit import reason_in
from services.persistence.wire.fields import key_in, page_size_in, page_token_in, page_token_out, request_id_in

_DEFAULT, _MOST = 20, 100


def scenario_out(scenario: Scenario) -> scenario_service_pb2.Scenario:
    """A scenario."""
    return scenario_service_pb2.Scenario(
        scenario_id=scenario.scenario_id,
        version=scenario.version,
        pack_hash=scenario.pack_hash,
        rating=scenario.rating,
        words=[
            scenario_service_pb2.Scenario.Words(locale=words.locale, title=words.title, summary=words.summary) for words in scenario.words
        ],
        days=scenario.days,
        slots_per_day=scenario.slots_per_day,
        endings=scenario.endings,
    )


def scenarios_page_in(request: scenario_service_pb2.ListScenariosRequest) -> tuple[int, str]:
    """How many scenarios to list, and behind which id."""
    position = page_token_in(request.page_token, 1)
    return page_size_in(request.page_size, default=_DEFAULT, most=_MOST), key_in(position[0], "pageToken") if position else ""


def scenarios_page_out(found: Sequence[Scenario], size: int) -> scenario_service_pb2.ListScenariosResponse:
    """A page of what was found, one more than which means that there is more."""
    page = found[:size]
    return scenario_service_pb2.ListScenariosResponse(
        scenarios=[scenario_out(one) for one in page], next_page_token=page_token_out(page[-1].scenario_id) if len(found) > size else ""
    )


def pinned_in(request: admin_service_pb2.PublishPackRequest, operator: str) -> tuple[str, Deed]:
    """Which pack new games are to be pinned to, and the deed."""
    deed = Deed(
        actor=operator,
        method="PublishPack",
        subject=request.pack_hash,
        reason=reason_in(request.reason),
        request_id=request_id_in(request.request_id),
    )
    return key_in(request.pack_hash, "packHash"), deed


def pack_out(pack: Pack) -> archive_service_pb2.StoredPack:
    """A pack's files."""
    return archive_service_pb2.StoredPack(pack_hash=pack.scenario.pack_hash, scenario_id=pack.scenario.scenario_id, files=pack.files)


def no_scenario(scenario_id: str) -> errors.NotFound:
    """The failure of asking for a scenario that is not published."""
    return errors.NotFound("SCENARIO_NOT_FOUND", "no published scenario has this id", metadata={"scenarioId": scenario_id})


def no_pack(pack_hash: str) -> errors.NotFound:
    """The failure of asking for a pack that is not stored."""
    return errors.NotFound("PACK_NOT_FOUND", "no pack of this content hash is stored", metadata={"packHash": pack_hash})
