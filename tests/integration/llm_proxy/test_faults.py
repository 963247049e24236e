"""Whatever a model server does, the caller gets the whole text or one reason, and never waits long for it."""

import asyncio
import ssl
from pathlib import Path

import pytest
from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from tests.integration.llm_proxy.conftest import Client, proxy_before, request
from tests.support import fault_server as faulty
from tests.support.fault_server import Behaviour, FaultServer

pytestmark = pytest.mark.anyio

HTML = "text/html"
OVERFLOW = '{"error":{"message":"This model\'s maximum context length is 2048 tokens.","type":"BadRequestError","code":400}}'
NO_MODEL = '{"error":{"message":"The model `gemma` does not exist.","type":"NotFoundError","code":404}}'
PAGE = "<html><script>secret</script></html>"
WHOLE = 'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}],"model":"gemma"}'


async def no_http(exchange: faulty.Exchange) -> None:
    exchange.send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
    exchange.close()


def finish(reason: str) -> Behaviour:
    async def behave(exchange: faulty.Exchange) -> None:
        exchange.token("", finish=reason)
        exchange.end()

    return behave


BEFORE_TEXT: dict[str, tuple[Behaviour, str, str]] = {
    "expired tunnel, as text": (
        faulty.answers(404, "offline", content_type="text/plain", ngrok_error_code="ERR_NGROK_3200"), "TUNNEL_OFFLINE", "headers"
    ),
    "expired tunnel, as a page": (faulty.answers(404, "<p>ERR_NGROK_3200</p>", content_type=HTML), "TUNNEL_OFFLINE", "headers"),
    "agent without server": (
        faulty.answers(502, PAGE, content_type=HTML, ngrok_error_code="ERR_NGROK_8012"), "BACKEND_UNREACHABLE", "headers"
    ),
    "tunnel's limit": (faulty.answers(429, ngrok_error_code="ERR_NGROK_702"), "TUNNEL_RATE_LIMITED", "headers"),
    "interstitial": (faulty.answers(200, PAGE, content_type=HTML), "TUNNEL_INTERSTITIAL", "headers"),
    "Cloudflare without origin": (faulty.answers(530, PAGE, content_type=HTML), "TUNNEL_OFFLINE", "headers"),
    **{
        f"Cloudflare {status}": (faulty.answers(status, PAGE, content_type=HTML, server="cloudflare"), reason, "headers")
        for status, reason in (
            (520, "BACKEND_PROTOCOL_ERROR"), (521, "BACKEND_UNREACHABLE"), (522, "BACKEND_UNREACHABLE"), (523, "BACKEND_UNREACHABLE"),
            (524, "TTFT_TIMEOUT"), (525, "BACKEND_UNREACHABLE"), (526, "BACKEND_UNREACHABLE"),
        )
    },
    "empty body": (faulty.answers(200, ""), "BACKEND_PROTOCOL_ERROR", "headers"),
    "half-closed after headers": (faulty.streams(then=faulty.half_closes), "STREAM_TRUNCATED", "first_token"),
    "unknown model": (faulty.answers(404, NO_MODEL), "UNKNOWN_MODEL", "headers"),
    "key refused": (faulty.answers(401, '{"error":"Unauthorized"}'), "BACKEND_AUTH", "headers"),
    "429": (faulty.answers(429, "{}", retry_after="3"), "BACKEND_OVERLOADED", "headers"),
    "503": (faulty.answers(503, "{}"), "BACKEND_OVERLOADED", "headers"),
    "500": (faulty.answers(500, "boom"), "BACKEND_PROTOCOL_ERROR", "headers"),
    "context overflow": (faulty.answers(400, OVERFLOW), "CONTEXT_LENGTH_EXCEEDED", "headers"),
    "request refused": (faulty.answers(400, '{"error":{"message":"temperature"}}'), "INVALID_PROMPT", "headers"),
    "empty 200": (faulty.answers(200, "", content_type="text/event-stream"), "STREAM_TRUNCATED", "first_token"),
    "no stream": (faulty.answers(200, "{}"), "BACKEND_PROTOCOL_ERROR", "headers"),
    "no HTTP": (no_http, "BACKEND_PROTOCOL_ERROR", "headers"),
    "silence": (faulty.silent, "TTFT_TIMEOUT", "headers"),
    "headers and silence": (faulty.streams(then=faulty.silent), "TTFT_TIMEOUT", "first_token"),
    "comments and no token": (faulty.streams(then=faulty.comments), "TTFT_TIMEOUT", "first_token"),
    "reset before headers": (faulty.resets, "BACKEND_UNREACHABLE", "headers"),
    "closed before headers": (faulty.closes, "BACKEND_UNREACHABLE", "headers"),
    "closed after headers": (faulty.streams(then=faulty.closes), "STREAM_TRUNCATED", "first_token"),
    "malformed chunk": (faulty.streams(then=faulty.sends(b"data: {oh\n\n")), "BACKEND_PROTOCOL_ERROR", "first_token"),
    "error in the stream": (
        faulty.streams(then=faulty.sends(b'data: {"error":{"code":500}}\n\ndata: [DONE]\n\n')), "BACKEND_PROTOCOL_ERROR", "first_token"
    ),
    "503 in the stream": (
        faulty.streams(then=faulty.sends(b'data: {"error":{"code":503}}\n\ndata: [DONE]\n\n')), "BACKEND_OVERLOADED", "first_token"
    ),
    "another model answers": (faulty.says("a", model="other"), "WRONG_MODEL", "first_token"),
}  # fmt: skip
AFTER_TEXT: dict[str, tuple[Behaviour, str, str, str]] = {
    "cut": (faulty.closes, "STREAM_TRUNCATED", "STREAM_INTERRUPTED", "between_tokens"),
    "reset": (faulty.resets, "STREAM_TRUNCATED", "STREAM_INTERRUPTED", "between_tokens"),
    "clean end without a finish reason": (faulty.ends, "STREAM_TRUNCATED", "STREAM_TRUNCATED", "between_tokens"),
    "[DONE] without a finish reason": (faulty.sends(b"data: [DONE]\n\n"), "STREAM_TRUNCATED", "STREAM_TRUNCATED", "between_tokens"),
    "half-close": (faulty.half_closes, "STREAM_TRUNCATED", "STREAM_INTERRUPTED", "between_tokens"),
    "abort as the finish reason": (finish("abort"), "STREAM_TRUNCATED", "STREAM_TRUNCATED", "between_tokens"),
    "stall": (faulty.silent, "STREAM_STALLED", "STREAM_INTERRUPTED", "between_tokens"),
    "stall with comments": (faulty.comments, "STREAM_STALLED", "STREAM_INTERRUPTED", "between_tokens"),
    "malformed chunk": (faulty.sends(b"data: oh\n\n"), "BACKEND_PROTOCOL_ERROR", "STREAM_INTERRUPTED", "between_tokens"),
    "error in the stream": (
        faulty.sends(b'data: {"error":"engine died"}\n\ndata: [DONE]\n\n'), "BACKEND_PROTOCOL_ERROR", "STREAM_INTERRUPTED", "between_tokens"
    ),
}  # fmt: skip


LIMITS: dict[str, dict[str, float]] = {
    "silence": {"connect": 0.5, "headers": 0.1},
    "headers and silence": {"first_token": 0.5},
    "comments and no token": {"first_token": 0.5},
    "stall": {"between_tokens": 0.3},
    "stall with comments": {"between_tokens": 0.3},
}
"""Which limit a fault of that name has to meet; the others meet none, however busy the machine is."""
TOLD_WITHIN = 10.0
"""Seconds: of the caller's 60."""


@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("name", BEFORE_TEXT)
async def test_a_fault_before_the_first_text_has_its_reason(base: FaultServer, name: str, streamed: bool):
    base.behaviour, reason, phase = BEFORE_TEXT[name]
    async with asyncio.timeout(TOLD_WITHIN), proxy_before(base=(base.url,), **LIMITS.get(name, {})) as client:
        with pytest.raises(errors.Failure) as caught:
            await (client.stream() if streamed else client.whole())

    failed = caught.value
    assert (failed.reason, failed.metadata["phase"], failed.metadata["tokensSent"]) == (reason, phase, "0")
    assert failed.metadata["backend"] == "base"
    assert "secret" not in repr(failed.metadata) + failed.message
    assert base.open == 0


@pytest.mark.parametrize("name", AFTER_TEXT)
async def test_a_fault_after_text_is_never_a_whole_answer(base: FaultServer, name: str):
    then, unary_reason, stream_reason, phase = AFTER_TEXT[name]
    base.behaviour = faulty.streams("하나", then=then)
    async with asyncio.timeout(TOLD_WITHIN), proxy_before(base=(base.url,), **LIMITS.get(name, {})) as client:
        with pytest.raises(errors.Failure) as unary:
            await client.whole()
        with pytest.raises(errors.Failure) as streamed:
            await client.stream()

    assert (unary.value.reason, unary.value.metadata["tokensSent"]) == (unary_reason, "0")
    assert client.heard == ["하나"]
    assert (streamed.value.reason, streamed.value.metadata["tokensSent"], streamed.value.metadata["phase"]) == (stream_reason, "1", phase)


async def test_metadata_says_what_happened_where(base: FaultServer, client: Client):
    base.behaviour = BEFORE_TEXT["expired tunnel, as text"][0]
    with pytest.raises(errors.Unavailable) as caught:
        await client.whole()

    assert caught.value.metadata == {
        "backend": "base",
        "model": "gemma",
        "attempts": "1",
        "tokensSent": "0",
        "phase": "headers",
        "httpStatus": "404",
        "ngrokErrorCode": "ERR_NGROK_3200",
    }


async def test_a_server_that_says_when_to_come_again_is_quoted(base: FaultServer, client: Client):
    base.behaviour = BEFORE_TEXT["429"][0]
    with pytest.raises(errors.Exhausted) as caught:
        await client.whole()

    assert caught.value.retry_after
    assert caught.value.retry_after.total_seconds() == 3


async def test_nobody_there_is_unreachable():
    async with faulty.fault_server() as server:
        url = server.url
    async with proxy_before(base=(url,)) as client:
        with pytest.raises(errors.Unavailable) as caught:
            await client.whole()

    assert caught.value.reason == "BACKEND_UNREACHABLE"


async def test_a_black_hole_is_unreachable_within_the_connect_limit():
    with faulty.black_hole() as url:
        async with proxy_before(base=(url,), connect=0.3) as client:
            with pytest.raises(errors.Unavailable) as caught:
                async with asyncio.timeout(TOLD_WITHIN):
                    await client.whole()

    assert caught.value.reason == "BACKEND_UNREACHABLE"


async def test_a_name_that_nobody_has_is_unreachable():
    async with proxy_before(base=("http://model.invalid",)) as client:
        with pytest.raises(errors.Unavailable) as caught:
            async with asyncio.timeout(TOLD_WITHIN):
                await client.whole()
        state = (await client.backend("base")).servers[0].state

    assert (caught.value.reason, state) == ("BACKEND_UNREACHABLE", pb.BackendServer.OFFLINE)


async def test_a_certificate_that_nobody_vouches_for_is_unreachable(tmp_path: Path):
    files = ("-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate"))
    command = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=127.0.0.1")
    making = await asyncio.create_subprocess_exec(*command, *files, stderr=asyncio.subprocess.DEVNULL)
    assert await making.wait() == 0
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    async with faulty.fault_server(tls=tls) as server, proxy_before(base=(f"https://127.0.0.1:{server.port}",)) as client:
        with pytest.raises(errors.Unavailable) as caught:
            await client.whole()

    assert caught.value.reason == "BACKEND_UNREACHABLE"
    assert server.asked == []


async def test_none_configured_is_unreachable():
    async with proxy_before() as client:
        with pytest.raises(errors.Unavailable) as caught:
            await client.whole()

    assert caught.value.reason == "BACKEND_UNREACHABLE"


async def test_a_lost_connection_is_forgiven_once(base: FaultServer, client: Client):
    async def once(exchange: faulty.Exchange) -> None:
        base.behaviour = faulty.says("whole")
        exchange.reset()

    base.behaviour = once
    answer = await client.whole()

    assert (answer.text, answer.generation.attempts) == ("whole", 2)


async def test_a_model_that_was_renamed_is_found_again(base: FaultServer, client: Client):
    await client.whole()
    base.base = "gemma-2"

    async def behave(exchange: faulty.Exchange) -> None:
        known = exchange.body["model"] == "gemma-2"
        await (faulty.says("whole") if known else faulty.answers(404, NO_MODEL))(exchange)

    base.behaviour = behave
    answer = await client.whole()

    assert (answer.generation.model, answer.generation.attempts) == ("gemma-2", 2)


@pytest.mark.parametrize(
    "data",
    [
        WHOLE.encode() + b"\n\n",
        WHOLE.encode() + b"\r\n\r\n: bye\r\n\r\n",
        b'data: {"choices":[{"delta":{"role":"assistant","content":""}}],"model":"gemma"}\n\n' + WHOLE.encode() + b"\n\ndata: [DONE]\n\n",
        b"data: " + b" " * 1024 * 1024 + WHOLE.removeprefix("data: ").encode() + b"\n\ndata: [DONE]\n\n",
    ],
    ids=["no [DONE]", "CRLF", "three events in one read", "a line of 1 MiB"],
)
async def test_an_odd_but_whole_stream_is_whole(base: FaultServer, client: Client, data: bytes):
    base.behaviour = faulty.streams(then=faulty.sends(data))
    answer = await client.whole()

    assert (answer.text, answer.generation.finish_reason, answer.generation.completion_tokens) == ("a", "stop", 0)


async def test_one_byte_at_a_time_is_whole(base: FaultServer, client: Client):
    async def behave(exchange: faulty.Exchange) -> None:
        exchange.head(headers=faulty.STREAM)
        for byte in (WHOLE.replace('"a"', '"문이 열린다"') + "\n\n").encode():
            exchange.chunk(bytes([byte]))
            await asyncio.sleep(0)
        exchange.end()

    base.behaviour = behave

    assert (await client.whole()).text == "문이 열린다"


async def test_what_breaks_after_the_finish_reason_breaks_nothing(base: FaultServer, client: Client):
    async def behave(exchange: faulty.Exchange) -> None:
        exchange.head(headers=faulty.STREAM)
        exchange.token("a", finish="stop")
        await asyncio.sleep(0.05)
        exchange.reset()

    base.behaviour = behave

    assert (await client.whole()).text == "a"


async def test_the_callers_deadline_ends_it_whatever_the_limits_are(base: FaultServer):
    base.behaviour = faulty.silent
    async with asyncio.timeout(TOLD_WITHIN), proxy_before(base=(base.url,)) as client:
        with pytest.raises(errors.OutOfTime):
            await client.stub.Generate(request(), timeout=1)
        await base.until(0)
    assert len(base.asked) == 1
