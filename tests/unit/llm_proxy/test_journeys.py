"""What may follow a fault, and after how long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.generation import Ask, Message, Policy, Route, ServedBy
from services.llm_proxy.journeys import MAX_ATTEMPTS, Journey
from services.llm_proxy.routing import Choice
from services.llm_proxy.schema import Schema
from services.llm_proxy.verdicts import VERDICTS

HERE = Choice(server=1, model="gemma", served_by=ServedBy.BASE, degraded=False)
USER = Message(role="user", text="문을 연다")


def journey(*sent: str, attempts: int = 1, continues: bool = False, schema: Schema | None = None, said: str = "") -> Journey:
    messages = (USER, Message(role="assistant", text=said)) if said else (USER,)
    ask = Ask(
        request_id="",
        route=Route(policy=Policy.BASE),
        messages=messages,
        fallback_messages=(USER,),
        max_tokens=9,
        schema=schema,
        continue_interrupted=continues,
        continue_last_message=bool(said),
    )
    return Journey(ask=ask, began=0.0, deadline=60.0, streamed=True, attempts=attempts, model="gemma", sent=list(sent))


def http(status: int, reason: str) -> Fault:
    return Fault(reason, Phase.HEADERS, http_status=status)


@pytest.mark.parametrize(
    ("fault", "goes_on", "here_again"),
    [
        (Fault("TTFT_TIMEOUT", Phase.FIRST_TOKEN), True, False),
        (Fault("STREAM_STALLED", Phase.BETWEEN_TOKENS), True, False),
        (Fault("BACKEND_UNREACHABLE", Phase.CONNECT), True, False),
        (http(404, "TUNNEL_OFFLINE"), True, False),
        (http(401, "BACKEND_AUTH"), True, False),
        (http(500, "BACKEND_PROTOCOL_ERROR"), True, True),
        (http(502, "BACKEND_UNREACHABLE"), True, True),
        (http(504, "BACKEND_UNREACHABLE"), True, True),
        (http(521, "BACKEND_UNREACHABLE"), True, False),
        (http(503, "BACKEND_OVERLOADED"), True, True),
        (http(429, "TUNNEL_RATE_LIMITED"), True, True),
        (Fault("STREAM_TRUNCATED", Phase.BETWEEN_TOKENS), True, True),
        (Fault("WRONG_MODEL", Phase.FIRST_TOKEN), True, False),
        (Fault("STRUCTURED_OUTPUT_INVALID", Phase.BETWEEN_TOKENS), True, True),
        (http(400, "INVALID_PROMPT"), False, False),
        (http(400, "CONTEXT_LENGTH_EXCEEDED"), True, False),
    ],
)
def test_what_may_follow(fault: Fault, goes_on: bool, here_again: bool):
    one = journey()

    assert one.goes_on_after(HERE, fault) is goes_on
    assert (1 not in one.tried.gone) is here_again


def test_once_here_is_once():
    one = journey()
    for again in (True, False):
        one.goes_on_after(HERE, http(500, "BACKEND_PROTOCOL_ERROR"))
        assert (1 not in one.tried.gone) is again


def test_three_attempts_are_enough():
    assert not journey(attempts=MAX_ATTEMPTS).goes_on_after(HERE, http(503, "BACKEND_OVERLOADED"))


@given(reason=st.sampled_from(sorted(VERDICTS)), phase=st.sampled_from(list(Phase)), continues=st.booleans())
def test_after_text_nothing_follows_but_one_continuation_by_the_same_model(reason: str, phase: Phase, continues: bool):
    one = journey("하나", continues=continues)
    first = one.goes_on_after(HERE, Fault(reason, phase))

    assert continues or not first
    assert not first or one.tried.model == "gemma"
    assert not first or not one.goes_on_after(HERE, Fault(reason, phase))


def test_what_was_said_is_gone_on_from():
    broke = Fault("STREAM_INTERRUPTED", Phase.BETWEEN_TOKENS)
    plain, begun = journey("하나", " 둘", continues=True), journey("하나", continues=True, said="문이 ")
    assert plain.messages(HERE) == (USER,)
    assert plain.goes_on_after(HERE, broke)
    assert begun.goes_on_after(HERE, broke)

    assert plain.messages(HERE) == (USER, Message(role="assistant", text="하나 둘"))
    assert begun.messages(HERE) == (USER, Message(role="assistant", text="문이 하나"))


def test_a_text_with_a_schema_is_never_gone_on_with():
    broke = Fault("STREAM_INTERRUPTED", Phase.BETWEEN_TOKENS)

    assert not journey("{", continues=True, schema=Schema("{}")).goes_on_after(HERE, broke)


def test_the_pause_is_by_chance_and_longer_for_want_of_room():
    busy, broken = journey(), journey()
    fault, breaks = http(503, "BACKEND_OVERLOADED"), http(500, "BACKEND_PROTOCOL_ERROR")
    assert busy.pause(1, fault, lambda: 1.0) == 0
    busy.goes_on_after(HERE, fault)
    broken.goes_on_after(HERE, breaks)

    assert (busy.pause(1, fault, lambda: 1.0), broken.pause(1, breaks, lambda: 1.0)) == (0.4, 0.1)
    assert (busy.pause(1, fault, lambda: 0.0), busy.pause(2, fault, lambda: 1.0)) == (0, 0)


@pytest.mark.parametrize(("retry_after", "pause"), [(1, 1.0), (2, 2.0), (3, 0.4), (3600, 0.4)])
def test_a_server_that_says_when_to_come_again_is_believed_up_to_two_seconds(retry_after: int, pause: float):
    one = journey()
    fault = Fault("BACKEND_OVERLOADED", Phase.HEADERS, http_status=429, retry_after=timedelta(seconds=retry_after))
    one.goes_on_after(HERE, fault)

    assert one.pause(1, fault, lambda: 1.0) == pause


def test_nothing_is_tried_that_could_not_be_in_time():
    one = journey()

    assert one.has_time(59.0, 0.4, None)
    assert not one.has_time(59.0, 0.4, 1.0)
    assert not one.has_time(59.6, 0.0, None)


def test_a_lost_connection_is_forgiven_once():
    one, lost = journey(), Fault("BACKEND_UNREACHABLE", Phase.HEADERS)

    assert [one.forgives(lost), one.forgives(lost)] == [True, False]
    assert not journey().forgives(http(502, "BACKEND_UNREACHABLE"))
