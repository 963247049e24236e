"""What an HTTP answer says: the shape that was asked for, or a failure."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from types import NoneType
from typing import TypeVar, cast

import httpx

from maratang_client.calls import Call
from maratang_client.contract import Document
from maratang_client.failures import Foreign, MaratangError, Problem, Unreachable, problem
from maratang_client.reading import Misread, read
from maratang_client.stream import parsed

T = TypeVar("T")
JSON = "application/json"
EVENTS = "text/event-stream"
TIMEOUT = httpx.Timeout(connect=5, read=75, write=10, pool=5)
"""A turn that is waited for whole may take a minute."""
STREAM_TIMEOUT = httpx.Timeout(connect=5, read=40, write=10, pool=5)
"""A stream that lives says something every 15 s."""
_BEFORE_THE_SERVER = frozenset({502, 503, 504})


def base_url(url: str) -> httpx.URL:
    """The server's address. Raises Unreachable for what is none."""
    try:
        found = httpx.URL(url if "://" in url else f"http://{url}")
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(str(error)) from error
    if found.scheme not in {"http", "https"} or not found.host:
        raise Unreachable(f"{url} is no http:// or https:// address")
    return found


def through_proxies(url: httpx.URL) -> bool:
    """Whether the environment's proxy is for this address: it is for the world outside, not for this machine."""
    if url.host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return True


@contextmanager
def connection() -> Iterator[None]:
    """What goes wrong on the way is Unreachable."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def headers_of(call: Call[T], token: str, accept: str) -> dict[str, str]:
    """The headers that a call is made with."""
    return {"accept": accept, **call.headers, **({"authorization": f"Bearer {token}"} if token else {})}


def accepted(answer: httpx.Response, call: Call[T]) -> bool:
    """Whether this is an answer of the kind that was asked for; otherwise `failure` says what it is."""
    return answer.status_code == httpx.codes.OK and (call.answer is Document or _kind(answer) == JSON)


def streams(answer: httpx.Response) -> bool:
    """Whether this is a stream of events."""
    return answer.status_code == httpx.codes.OK and _kind(answer) == EVENTS


def failure(answer: httpx.Response) -> MaratangError:
    """What an answer says that is not the one asked for. Its body must have been read."""
    asked = answer.headers.get("retry-after", "")
    retry_after = float(asked) if asked.isdecimal() else 0.0
    request_id = answer.headers.get("x-request-id", "")
    if _kind(answer) == "application/problem+json":
        return problem(answer.status_code, parsed(answer.content), retry_after=retry_after, request_id=request_id)
    if answer.status_code in _BEFORE_THE_SERVER:
        return Problem(status=answer.status_code, retry_after=retry_after, request_id=request_id)
    return Foreign(f"{answer.status_code} {_kind(answer)}")


def shape(answer: httpx.Response, call: Call[T]) -> T:
    """The answer's shape. Raises Foreign."""
    if call.answer is Document:
        return cast("T", Document(content_type=answer.headers.get("content-type", ""), data=answer.content))
    found = parsed(answer.content)
    if call.answer is NoneType:
        return cast("T", None)
    try:
        return read(call.answer, found)
    except Misread as error:
        raise Foreign(str(error)) from error


def _kind(answer: httpx.Response) -> str:
    return str(answer.headers.get("content-type", "")).partition(";")[0].strip()
