"""Every answer that is no stream has exactly one reason, and every reason one verdict."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import errors
from services.llm_proxy import faults
from services.llm_proxy.conditions import Signal
from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.verdicts import VERDICTS, verdict

HTML = "text/html; charset=utf-8"
JSON = "application/json"
VLLM_404 = '{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}'
TOO_LONG = (
    '{"error":{"message":"This model\'s maximum context length is 2048 tokens. However, you requested 9999","type":"BadRequestError"}}'
)
LLAMA_TOO_LONG = '{"error":{"code":400,"message":"request exceeds the available context size","type":"exceed_context_size_error"}}'


@pytest.mark.parametrize(
    ("status", "content_type", "body", "ngrok", "reason"),
    [
        (404, "text/plain", "", "ERR_NGROK_3200", "TUNNEL_OFFLINE"),
        (404, HTML, "<html>gone</html>", "ERR_NGROK_3200", "TUNNEL_OFFLINE"),
        (404, HTML, "<html>ERR_NGROK_3200</html>", "", "TUNNEL_OFFLINE"),
        (404, JSON, VLLM_404, "ERR_NGROK_3200", "TUNNEL_OFFLINE"),
        (404, JSON, VLLM_404, "", "UNKNOWN_MODEL"),
        (404, JSON, '{"detail":"Not Found"}', "", "BACKEND_PROTOCOL_ERROR"),
        (404, HTML, "<h1>404</h1>", "", "BACKEND_PROTOCOL_ERROR"),
        (502, HTML, "", "ERR_NGROK_8012", "BACKEND_UNREACHABLE"),
        (502, HTML, "", "ERR_NGROK_3004", "BACKEND_PROTOCOL_ERROR"),
        (429, HTML, "", "ERR_NGROK_702", "TUNNEL_RATE_LIMITED"),
        (429, HTML, "", "ERR_NGROK_99999", "TUNNEL_RATE_LIMITED"),
        (503, HTML, "", "ERR_NGROK_99999", "TUNNEL_OFFLINE"),
        (200, HTML, "<html>You are about to visit</html>", "ERR_NGROK_6024", "TUNNEL_INTERSTITIAL"),
        (200, HTML, "<html>welcome</html>", "", "TUNNEL_INTERSTITIAL"),
        (200, JSON, "{}", "", "BACKEND_PROTOCOL_ERROR"),
        (200, "", "", "", "BACKEND_PROTOCOL_ERROR"),
        (307, "", "", "", "BACKEND_PROTOCOL_ERROR"),
        (400, JSON, '{"error":{"message":"temperature must be non-negative"}}', "", "INVALID_PROMPT"),
        (400, JSON, TOO_LONG, "", "CONTEXT_LENGTH_EXCEEDED"),
        (400, JSON, LLAMA_TOO_LONG, "", "CONTEXT_LENGTH_EXCEEDED"),
        (413, JSON, "", "", "INVALID_PROMPT"),
        (422, JSON, "{}", "", "INVALID_PROMPT"),
        (401, JSON, '{"error":"Unauthorized"}', "", "BACKEND_AUTH"),
        (403, JSON, "", "", "BACKEND_AUTH"),
        (429, JSON, "{}", "", "BACKEND_OVERLOADED"),
        (503, JSON, '{"error":{"message":"Loading model","type":"unavailable_error","code":503}}', "", "BACKEND_OVERLOADED"),
        (500, JSON, "boom", "", "BACKEND_PROTOCOL_ERROR"),
        (502, HTML, "<html>nginx</html>", "", "BACKEND_UNREACHABLE"),
        (504, HTML, "", "", "BACKEND_UNREACHABLE"),
        (521, HTML, "", "", "BACKEND_UNREACHABLE"),
        (524, HTML, "", "", "TTFT_TIMEOUT"),
        (530, HTML, "error code: 1033", "", "TUNNEL_OFFLINE"),
    ],
)
def test_an_answer_that_is_no_stream_has_one_reason(status: int, content_type: str, body: str, ngrok: str, reason: str):
    headers = {"content-type": content_type} | ({"ngrok-error-code": ngrok} if ngrok else {})
    fault = faults.of_response(status, headers, body.encode(), phase=Phase.HEADERS)

    assert fault.reason == reason
    assert fault.metadata["httpStatus"] == str(status)
    assert fault.metadata.get("ngrokErrorCode", "") in {ngrok, "ERR_NGROK_3200"}


@given(
    status=st.integers(100, 599),
    content_type=st.sampled_from([HTML, JSON, "", "text/event-stream"]),
    body=st.binary(max_size=50) | st.sampled_from([b"[]", b'{"error":[1]}', b'{"error":null}', b'{"error":{"code":"x","message":7}}']),
    ngrok=st.text("ERNGOK_0123456789", max_size=16),
)
def test_no_answer_is_beyond_reason(status: int, content_type: str, body: bytes, ngrok: str):
    fault = faults.of_response(status, {"content-type": content_type, "ngrok-error-code": ngrok}, body, phase=Phase.HEADERS)

    assert verdict(fault)
    assert errors.failure(fault.reason, fault.message, metadata=fault.metadata)


def test_a_server_may_say_when_to_come_again():
    fault = faults.of_response(503, {"retry-after": "7"}, b"", phase=Phase.HEADERS)

    assert fault.retry_after == timedelta(seconds=7)
    assert faults.of_response(503, {"retry-after": "Wed, 21 Oct"}, b"", phase=Phase.HEADERS).retry_after is None


@pytest.mark.parametrize("reason", VERDICTS)
def test_every_verdict_is_about_a_reason_of_the_contract(reason: str):
    assert reason in errors.reasons()
    assert Fault(reason, Phase.HEADERS).message


@pytest.mark.parametrize("reason", VERDICTS)
def test_whatever_a_look_meets_keeps_the_server_from_being_asked(reason: str):
    met = verdict(Fault(reason, Phase.MODELS))

    assert met.signal in {Signal.AWAY, Signal.REFUSED}
    assert met.whole_server
    assert met.elsewhere


def test_every_reason_that_the_contract_has_for_model_servers_has_a_verdict_or_is_made_here():
    made_here = {"BREAKER_OPEN", "ADAPTER_UNAVAILABLE", "PROXY_OVERLOADED"}
    reasons = errors.reasons()
    about_models = set(reasons[reasons.index("INVALID_PROMPT") : reasons.index("STRUCTURED_OUTPUT_INVALID") + 1])

    assert about_models == set(VERDICTS) | made_here
