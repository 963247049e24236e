"""What the gateway answers out of itself: liveness, readiness, version, its documents."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from typing import TypeAlias

from services.gateway.exchange import Answer
from services.gateway.metadata import unchanged
from services.gateway.problems import dumps

Page: TypeAlias = Callable[[Mapping[str, str]], Answer]
"""Answers a GET, given its headers; raises errors.Failure where it can't."""
_CONTENT_SECURITY = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What is made once, at start: the OpenAPI document and its page."""

    openapi: dict[str, object]
    docs: str


def pages(documents: Documents, ready: Callable[[], dict[str, object]]) -> dict[str, Page]:
    """Every page by its path. `ready` gives the document of `/readyz`, or raises why not."""
    version = {"version": metadata.version("maratang"), "contract": contract_hash()}
    return {
        "/livez": _now(lambda: {"status": "live"}),
        "/readyz": _now(ready),
        "/version": _fixed(b"application/json", dumps(version)),
        "/openapi.json": _fixed(b"application/json", dumps(documents.openapi)),
        "/docs": _fixed(b"text/html; charset=utf-8", documents.docs.encode()),
        "/": _fixed(b"text/html; charset=utf-8", (resources.files(__package__) / "welcome.html").read_bytes()),
    }


def contract_hash() -> str:
    """Which contract is served: the first 16 hexadecimal digits of its descriptors' SHA-256."""
    return hashlib.sha256(contract()).hexdigest()[:16]


def contract() -> bytes:
    """The contract: a google.protobuf.FileDescriptorSet with comments."""
    return (resources.files("maratang") / "contract.binpb").read_bytes()


def _now(document: Callable[[], dict[str, object]]) -> Page:
    head = _head(b"application/json", b"no-store")
    return lambda _headers: Answer(status=200, headers=head, body=dumps(document()))


def _fixed(content_type: bytes, body: bytes) -> Page:
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    head = (*_head(content_type, b"no-cache"), (b"etag", etag.encode()))
    whole, same = Answer(status=200, headers=head, body=body), Answer(status=304, headers=head[1:])
    return lambda headers: same if unchanged(headers, etag) else whole


def _head(content_type: bytes, caching: bytes) -> tuple[tuple[bytes, bytes], ...]:
    head = ((b"content-type", content_type), (b"cache-control", caching))
    return (*head, _CONTENT_SECURITY) if content_type.startswith(b"text/html") else head
