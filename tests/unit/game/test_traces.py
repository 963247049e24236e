"""The trace of a turn, from what was gathered to what persistence is sent."""

from dataclasses import replace

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import model_call_pb2

from services.game.adapters.archive import Archive
from services.game.opening import opened, opening_row
from services.game.rules import codec
from services.game.stored import LiveGame
from services.game.telling.answers import Check, ToldBy
from services.game.traces import Called, Judged, Purpose, Told, Tracing
from tests.support.playthroughs import tutorial

pytestmark = pytest.mark.anyio

PACK, _ = tutorial()
JUDGING = Called(
    call_id="c1", purpose=Purpose.JUDGEMENT, backend="vllm", model="gemma", prompt_tokens=90, completion_tokens=4, first_token_ms=0,
    duration_ms=31, created_ms=1_700_000_000_123,
)  # fmt: skip
TELLING = replace(JUDGING, call_id="c2", purpose=Purpose.TELLING, first_token_ms=40)
JUDGED = Judged(person_id="olga", labels=("believes", "doubts"), label="doubts", duration_ms=33)
UNJUDGED = replace(JUDGED, label=None)
TOLD = Told(told_by=ToldBy.LORA, model="gemma", checks=(Check(name="secrets", passed=False),), kept=False, duration_ms=70)
TOLD_AGAIN = replace(TOLD, told_by=ToldBy.TEMPLATE, model="", checks=(), kept=True)


class Sent:
    """A stub that takes what is saved."""

    async def SaveGames(self, request: pb.SaveGamesRequest, *, timeout: float) -> pb.SaveGamesResponse:  # noqa: ASYNC109  as gRPC's stubs have it
        """Keeps the request."""
        self.request = request
        return pb.SaveGamesResponse()


async def sent(trace: dict[str, object]) -> list[pb.TurnTrace]:
    """The traces that are sent of a row with that trace."""
    state, _ = opened(PACK, "s")
    game = LiveGame(
        game_id="g", owner="p", scenario_id="tutorial", pack_hash=PACK.pack_hash, locale="en", seed="s", epoch=0, number=0, persisted=-1,
        branch_id="main", depth=0, status="ACTIVE", ending="", state=b"", state_hash=codec.state_hash(state), asked="", created_ms=1,
        updated_ms=1,
    )  # fmt: skip
    stub = Sent()
    await Archive(stub).save([(game, [replace(opening_row(game, PACK), trace=trace)])])  # type: ignore[arg-type]  # all of the stub that is asked
    return list(stub.request.games[0].traces)


async def test_all_that_was_gathered_of_a_turn_is_sent():
    decided = Tracing(calls=[JUDGING], judgements=[JUDGED, UNJUDGED]).after({})
    told = Tracing(calls=[TELLING], tellings=[TOLD, TOLD_AGAIN]).after(decided)
    call = model_call_pb2.ModelCall(
        call_id="c1", purpose="JUDGEMENT", backend="vllm", model="gemma", outcome="OK", prompt_tokens=90, completion_tokens=4,
        first_token_ms=0, duration_ms=31, create_time=Timestamp(seconds=1_700_000_000, nanos=123_000_000),
    )  # fmt: skip
    telling = model_call_pb2.ModelCall()
    telling.CopyFrom(call)
    telling.MergeFrom(model_call_pb2.ModelCall(call_id="c2", purpose="TELLING", first_token_ms=40))
    judgement = {"person_id": "olga", "labels": ["believes", "doubts"], "duration_ms": 33}
    assert await sent(told) == [
        pb.TurnTrace(
            number=0,
            judgements=[pb.Judgement(**judgement, label="doubts"), pb.Judgement(**judgement)],
            tellings=[
                pb.ToldText(told_by="LORA", model="gemma", checks=[{"name": "secrets"}], kept=False, duration_ms=70),
                pb.ToldText(told_by="TEMPLATE", kept=True, duration_ms=70),
            ],
            model_calls=[call, telling],
        )
    ]


async def test_a_row_that_carries_no_trace_has_none_sent():
    assert Tracing().after({}) == {}
    assert await sent({}) == []
