"""What operators see of a turn: one line a call, and one trace through all four services."""

from collections.abc import AsyncIterator

import pytest
import structlog
from structlog.testing import capture_logs

from services.chassis import context
from tests.support.eventually import eventually
from tests.support.player import Player, browser, sign_in, told
from tests.support.system import System

pytestmark = pytest.mark.anyio
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CANARY = "서랍장을 열어 본다"


@pytest.fixture
async def player(system: System) -> AsyncIterator[Player]:
    async with browser(system.url) as http:
        yield await sign_in(http)


async def test_a_call_is_one_line_of_ids_and_times_and_never_of_words(system: System, player: Player):
    player_id = (await player.get("/v1/players/me"))["playerId"]
    with capture_logs(processors=[structlog.processors.format_exc_info]) as lines:
        await player.begin()
        events = await player.turn(CANARY, **{"x-request-id": "r-17"})
        assert events[-1].name == "done", events

        def of(event: str, **facts: str) -> list[dict[str, object]]:
            return [one for one in lines if one["event"] == event and facts.items() <= one.items()]

        async def logged() -> tuple[list[dict[str, object]], ...] | None:
            found = (
                of("call", method="StreamTurn"),
                of("call", method="StreamGenerate"),
                of("request", route="/v1/games/{game_id}/turns:stream"),
            )
            return found if all(found) else None

        (turn,), (generation,), (request,) = await eventually(logged)

    assert {name: turn[name] for name in ("grpc_service", "code", "reason", "game", "turn", "player", "told_by")} == {
        "grpc_service": "maratang.game.v1.GameService",
        "code": "OK",
        "reason": "",
        "game": player.game_id,
        "turn": 1,
        "player": context.known_as(player_id),
        "told_by": "base",
    }
    assert 0 < turn["resolved_ms"] <= turn["text_ms"] <= turn["done_ms"] <= turn["duration_ms"]
    assert (generation["backend"], generation["model"], generation["attempts"], generation["code"]) == ("base", system.base.base, 1, "OK")
    assert generation["first_token_ms"] >= 0 < generation["duration_ms"]
    assert (request["status"], request["game"]) == (200, player.game_id)
    said = str(lines)
    for secret in (CANARY, player.token, player_id, told(events), system.services.credential.reveal()):
        assert secret not in said


async def test_what_a_player_does_is_one_trace_through_all_four_services(system: System, player: Player):
    system.spans.clear()
    sent = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    await player.http.post("/v1/players:guest", json={}, headers=sent)
    made = await player.call("POST", "/v1/games", {"scenarioId": "tutorial", "locale": "en"}, **sent)
    player.game = made.json()
    await player.turn("open the nightstand", **sent)

    async def spans() -> dict[str, set[str]] | None:
        found: dict[str, set[str]] = {}
        for span in system.spans.get_finished_spans():
            if f"{span.context.trace_id:032x}" == TRACE:
                found.setdefault(str(span.resource.attributes["service.name"]), set()).add(span.name)
        return found if found.keys() == {"gateway", "game", "llm_proxy", "persistence"} else None

    of_service = await eventually(spans)
    assert "HTTP POST" in of_service["gateway"]
    assert {"maratang.game.v1.GameService/CreateGame", "maratang.game.v1.GameService/StreamTurn"} <= of_service["game"]
    assert "maratang.llm_proxy.v1.GenerationService/StreamGenerate" in of_service["llm_proxy"]

    of_trace = [one for one in system.spans.get_finished_spans() if f"{one.context.trace_id:032x}" == TRACE]
    by_id = {one.context.span_id: one for one in of_trace}
    turn = next(one for one in of_trace if one.name.endswith("/StreamTurn"))
    generation = next(one for one in of_trace if one.name.endswith("/StreamGenerate"))
    stored = next(one for one in of_trace if one.name.endswith("ArchiveService/CreatePlayer"))
    assert by_id[stored.parent.span_id].name.endswith("/CreateGuest")
    assert generation.parent.span_id == turn.context.span_id
    assert by_id[turn.parent.span_id].name == "HTTP POST"
    assert turn.attributes["maratang.turn"] == 1
    asked = next(one for one in reversed(system.base.asked) if "traceparent" in one.headers)
    assert asked.headers["traceparent"].split("-")[1] == TRACE
