"""What went wrong at a model server, read from what it sent: every fault gets exactly one reason of the contract."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import orjson

MAX_BODY_BYTES = 16 * 1024
"""How much of an error's body is worth reading."""

_NGROK_CODE = re.compile(r"ERR_NGROK_(\d{1,5})")
_NGROK = {
    "3004": "BACKEND_PROTOCOL_ERROR",  # the server's answer is no HTTP
    "3200": "TUNNEL_OFFLINE",
    "6024": "TUNNEL_INTERSTITIAL",
    "8012": "BACKEND_UNREACHABLE",  # the tunnel's agent is there, the server behind it is not
    "702": "TUNNEL_RATE_LIMITED",
    "725": "TUNNEL_RATE_LIMITED",  # the month's bandwidth
    "727": "TUNNEL_RATE_LIMITED",  # the month's requests
}
_STATUS = {
    400: "INVALID_PROMPT",
    401: "BACKEND_AUTH",
    403: "BACKEND_AUTH",
    413: "INVALID_PROMPT",
    422: "INVALID_PROMPT",
    429: "BACKEND_OVERLOADED",
    502: "BACKEND_UNREACHABLE",  # vLLM has no 502 and no 504: something before it does not get through
    503: "BACKEND_OVERLOADED",
    504: "BACKEND_UNREACHABLE",
    521: "BACKEND_UNREACHABLE",  # from here on Cloudflare's own
    522: "BACKEND_UNREACHABLE",
    523: "BACKEND_UNREACHABLE",
    524: "TTFT_TIMEOUT",
    525: "BACKEND_UNREACHABLE",
    526: "BACKEND_UNREACHABLE",
    530: "TUNNEL_OFFLINE",
}
_MESSAGES = {
    "INVALID_PROMPT": "the model server refuses the request",
    "CONTEXT_LENGTH_EXCEEDED": "the prompt and max_tokens do not fit the model's context",
    "UNKNOWN_MODEL": "the model server does not serve this model",
    "TUNNEL_OFFLINE": "the tunnel to the model server is down or has expired: start it again, or set its new URL",
    "BACKEND_UNREACHABLE": "the model server can't be reached",
    "BACKEND_AUTH": "the model server refuses the proxy's key: check VLLM_API_KEY or LORA_VLLM_API_KEY",
    "BACKEND_OVERLOADED": "the model server has no room now",
    "TUNNEL_RATE_LIMITED": "the tunnel's limit is used up",
    "TUNNEL_INTERSTITIAL": "the URL answers with a page for browsers instead of the model's API",
    "TTFT_TIMEOUT": "the model server gave no first token in time",
    "STREAM_STALLED": "the model server stopped giving tokens",
    "STREAM_TRUNCATED": "the model server's stream ended before the text did",
    "STREAM_INTERRUPTED": "the connection to the model server broke before the text was whole",
    "WRONG_MODEL": "the model server answered with another model than was asked",
    "STRUCTURED_OUTPUT_INVALID": "the text does not fit the schema",
    "BACKEND_PROTOCOL_ERROR": "the model server's answer is not what its protocol says",
}
_OVERFLOW = re.compile(r"context.{0,3}(length|size|window)|maximum model length|max_model_len", re.IGNORECASE)


class Phase(StrEnum):
    """What an attempt was waiting for."""

    MODELS = "models"
    CONNECT = "connect"
    HEADERS = "headers"
    FIRST_TOKEN = "first_token"  # noqa: S105  a token of text
    BETWEEN_TOKENS = "between_tokens"


class Fault(Exception):  # noqa: N818  named for what it is
    """One attempt at one server failed. `message` is ours and constant: nothing that a server sent is repeated in it."""

    def __init__(
        self,
        reason: str,
        phase: Phase,
        *,
        http_status: int | None = None,
        ngrok_error_code: str | None = None,
        retry_after: timedelta | None = None,
        facts: Mapping[str, str] | None = None,
        timed_out: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.phase = phase
        self.http_status = http_status
        self.ngrok_error_code = ngrok_error_code
        self.retry_after = retry_after
        self.facts = dict(facts or {})
        self.timed_out = timed_out
        """Whether it is only that nothing came in time."""

    @property
    def message(self) -> str:
        """What is wrong, for someone who can act."""
        return _MESSAGES[self.reason]

    @property
    def connection_lost(self) -> bool:
        """Whether the connection broke before any answer: a kept-alive one that the server had closed looks just so."""
        return self.reason == "BACKEND_UNREACHABLE" and self.phase is Phase.HEADERS and self.http_status is None

    @property
    def metadata(self) -> dict[str, str]:
        """The fault's part of a failure's metadata."""
        said = {"phase": str(self.phase), **self.facts}
        if self.http_status is not None:
            said["httpStatus"] = str(self.http_status)
        if self.ngrok_error_code is not None:
            said["ngrokErrorCode"] = self.ngrok_error_code
        return said


def of_response(status: int, headers: Mapping[str, str], body: bytes, *, phase: Phase) -> Fault:
    """The fault that an answer other than the asked for one says. `headers` are case-insensitive, `body` is its beginning.

    Tunnels are asked first: an expired one answers 404, which from vLLM means an unknown model.
    """
    page = headers.get("content-type", "").lower().startswith("text/html")
    ngrok = _NGROK_CODE.search(headers.get("ngrok-error-code", "")) or (_NGROK_CODE.search(body.decode(errors="replace")) if page else None)
    if ngrok is not None:
        default = "TUNNEL_RATE_LIMITED" if status == 429 else "TUNNEL_OFFLINE"
        reason = _NGROK.get(ngrok[1], default)
        code = ngrok[0]
        return Fault(reason, phase, http_status=status, ngrok_error_code=code, retry_after=_retry_after(headers))
    if page and 200 <= status < 300:
        return Fault("TUNNEL_INTERSTITIAL", phase, http_status=status)
    error = None if page else _error(body)
    return Fault(_reason(status, error), phase, http_status=status, retry_after=_retry_after(headers))


def of_error(error: Any, *, phase: Phase) -> Fault:  # Any: JSON
    """The fault that an error in the middle of a stream says: a text, or an object with a code."""
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) else 500
    return Fault(_reason(status, error), phase, http_status=status)


def _reason(status: int, error: Any) -> str:  # Any: JSON
    said = f"{error.get('type', '')} {error.get('code', '')} {error.get('message', '')}" if isinstance(error, dict) else str(error or "")
    if status in {400, 413, 422} and _OVERFLOW.search(said):
        return "CONTEXT_LENGTH_EXCEEDED"
    if status == 404:
        # A path that is not there (FastAPI's {"detail": "Not Found"}) is no word about a model.
        return "UNKNOWN_MODEL" if "model" in said.lower() or "NotFoundError" in said else "BACKEND_PROTOCOL_ERROR"
    return _STATUS.get(status, "BACKEND_PROTOCOL_ERROR")


def _error(body: bytes) -> Any:  # Any: JSON
    """What stands under `error`, or the whole object where a server sends it bare; None where there is none."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return document.get("error", document) if isinstance(document, dict) else None


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    said = headers.get("retry-after", "")
    return timedelta(seconds=min(int(said), 3600)) if said.isascii() and said.isdigit() else None
