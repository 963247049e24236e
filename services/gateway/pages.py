"""What the gateway answers out of itself: liveness, readiness, version, its documents."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from typing import TypeAlias

from services.gateway.answer import Answer
from services.gateway.metadata import unchanged
from services.gateway.problems import dumps

Page: TypeAlias = Callable[[Mapping[str, str]], Answer]
"""Answers a GET, given its headers; raises errors.Failure where it can't."""
_DOCS_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_WEB_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; "
    b"frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The player's page runs its own scripts alone, talks to its own server alone, and has no way from text to markup (docs/adr/0012)."""
_WEB_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
_SAFE = ((b"referrer-policy", b"no-referrer"), (b"cross-origin-opener-policy", b"same-origin"))


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
        "/docs": _fixed(b"text/html; charset=utf-8", documents.docs.encode(), _DOCS_POLICY),
        **_web(),
    }


def _web() -> dict[str, Page]:
    """The player's page, and each file that it is made of under /web/."""
    folder = resources.files(__package__) / "web"
    files = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}
    typed = {name: (_WEB_TYPES[name[name.rindex(".") :]], body) for name, body in files.items()}
    made = {f"/web/{name}": _fixed(kind, body, _WEB_POLICY) for name, (kind, body) in typed.items() if name != "index.html"}
    return {"/": _fixed(*typed["index.html"], _WEB_POLICY), **made}


def contract_hash() -> str:
    """Which contract is served: the first 16 hexadecimal digits of its descriptors' SHA-256."""
    return hashlib.sha256(contract()).hexdigest()[:16]


def contract() -> bytes:
    """The contract: a google.protobuf.FileDescriptorSet with comments."""
    return (resources.files("maratang") / "contract.binpb").read_bytes()


def _now(document: Callable[[], dict[str, object]]) -> Page:
    head = _head(b"application/json", b"no-store")
    return lambda _headers: Answer(status=200, headers=head, body=dumps(document()))


def _fixed(content_type: bytes, body: bytes, policy: bytes = b"") -> Page:
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    safe = ((b"content-security-policy", policy), *_SAFE) if policy else ()
    head = (*_head(content_type, b"no-cache"), (b"etag", etag.encode()), *safe)
    whole, same = Answer(status=200, headers=head, body=body, fixed=True), Answer(status=304, headers=head[1:])
    return lambda headers: same if unchanged(headers, etag) else whole


def _head(content_type: bytes, caching: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-type", content_type), (b"cache-control", caching))
