"""How turns came about, on the wire."""

import json
from collections.abc import Iterator, Sequence
from uuid import UUID

from google.protobuf.descriptor import EnumDescriptor
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import model_call_pb2

from services.chassis import errors
from services.persistence.games import LogRow
from services.persistence.traces import Judgement, ModelCall, Telling, Traces
from services.persistence.wire.fields import invalid, text_in, time_in, uuid_in

CALLS_MOST = 1000
_NAME_MOST = 200
_EACH_MOST = 32
_OUTCOMES = frozenset({"OK", "CUT", *errors.reasons()})


def traces_in(traces: Sequence[pb.TurnTrace], rows: Sequence[LogRow]) -> Traces:
    """The traces of rows that are sent with them. Raises errors.Invalid."""
    by_number = {row.number: row for row in rows}
    tellings: list[Telling] = []
    judgements: list[Judgement] = []
    calls: list[ModelCall] = []
    for trace in traces:
        row = by_number.pop(trace.number, None)
        if row is None:
            raise invalid("traces.number", f"{trace.number} is of no row that was sent, or comes twice")
        for name in ("tellings", "judgements", "model_calls"):
            if len(getattr(trace, name)) > _EACH_MOST:
                raise invalid(f"traces.{name}", f"are more than {_EACH_MOST}")
        if trace.tellings:
            tellings += _tellings_in(trace, row)
        if trace.judgements:
            judgements += _judgements_in(trace, row)
        calls += [_call_in(one, "traces.modelCalls", row.game_id, row.number) for one in trace.model_calls]
    return Traces(tellings=tuple(tellings), judgements=tuple(judgements), model_calls=_each_once(calls, "traces.modelCalls"))


def calls_in(request: pb.RecordModelCallsRequest) -> tuple[ModelCall, ...]:
    """Calls that came to no turn. Raises errors.Invalid."""
    if len(request.calls) > CALLS_MOST:
        raise invalid("calls", f"has {len(request.calls)} calls, at most {CALLS_MOST} are allowed")
    return _each_once([_call_in(one, "calls", None, None) for one in request.calls], "calls")


def _tellings_in(trace: pb.TurnTrace, row: LogRow) -> Iterator[Telling]:
    for attempt, one in enumerate(trace.tellings, 1):
        checks = [{"name": text_in(check.name, "traces.tellings.checks", most=_NAME_MOST), "passed": check.passed} for check in one.checks]
        yield Telling(
            game_id=row.game_id,
            number=row.number,
            attempt=attempt,
            told_by=_name_in(pb.ToldText.ToldBy.DESCRIPTOR, one.told_by, "traces.tellings.toldBy"),
            model=text_in(one.model, "traces.tellings.model", most=_NAME_MOST) or None,
            checks=json.dumps(checks, ensure_ascii=False),
            kept=one.kept,
            duration_ms=_amount_in(one.duration_ms, "traces.tellings.durationMs"),
            create_time=row.create_time,
        )


def _judgements_in(trace: pb.TurnTrace, row: LogRow) -> Iterator[Judgement]:
    for attempt, one in enumerate(trace.judgements, 1):
        labels = [text_in(label, "traces.judgements.labels", most=_NAME_MOST, required=True) for label in one.labels]
        yield Judgement(
            game_id=row.game_id,
            number=row.number,
            attempt=attempt,
            person_id=text_in(one.person_id, "traces.judgements.personId", most=_NAME_MOST, required=True),
            labels=json.dumps(labels, ensure_ascii=False),
            label=text_in(one.label, "traces.judgements.label", most=_NAME_MOST) or None,
            duration_ms=_amount_in(one.duration_ms, "traces.judgements.durationMs"),
            create_time=row.create_time,
        )


def _call_in(call: model_call_pb2.ModelCall, field: str, game_id: UUID | None, number: int | None) -> ModelCall:
    if call.outcome not in _OUTCOMES:
        raise invalid(f"{field}.outcome", "is none of OK, CUT and the reasons of failures")
    create_time = time_in(call.create_time, f"{field}.createTime")
    return ModelCall(
        call_id=uuid_in(call.call_id, f"{field}.callId"),
        game_id=game_id,
        number=number,
        purpose=_name_in(model_call_pb2.ModelCall.Purpose.DESCRIPTOR, call.purpose, f"{field}.purpose"),
        backend=text_in(call.backend, f"{field}.backend", most=_NAME_MOST) or None,
        model=text_in(call.model, f"{field}.model", most=_NAME_MOST) or None,
        outcome=call.outcome,
        prompt_tokens=_amount_in(call.prompt_tokens, f"{field}.promptTokens"),
        completion_tokens=_amount_in(call.completion_tokens, f"{field}.completionTokens"),
        first_token_ms=_amount_in(call.first_token_ms, f"{field}.firstTokenMs") if call.HasField("first_token_ms") else None,
        duration_ms=_amount_in(call.duration_ms, f"{field}.durationMs"),
        create_time=create_time,
    )


def _each_once(calls: list[ModelCall], field: str) -> tuple[ModelCall, ...]:
    if len({call.call_id for call in calls}) < len(calls):
        raise invalid(f"{field}.callId", "comes twice")
    return tuple(calls)


def _name_in(kind: EnumDescriptor, number: int, field: str) -> str:
    """The name of an enum's value. Raises errors.Invalid for none, and for one of a later contract."""
    value = kind.values_by_number.get(number)
    if value is None or value.number == 0:
        raise invalid(field, "says nothing that is known here")
    name: str = value.name
    return name


def _amount_in(amount: int, field: str) -> int:
    if amount < 0:
        raise invalid(field, f"is {amount}, below 0")
    return amount
