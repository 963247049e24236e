"""The audit on the wire."""

import json
from collections.abc import Sequence

from maratang.persistence.v1 import admin_service_pb2, audit_pb2

from services.persistence.audit import AuditEntry, Deed, Plain
from services.persistence.wire.fields import (
    bad_page_token,
    invalid,
    key_in,
    page_size_in,
    page_token_in,
    page_token_out,
    request_id_in,
    text_in,
    time_out,
)

_DEFAULT, _MOST = 20, 100
_NAME_MOST, _SUBJECT_MOST, _REASON_MOST, _JSON_MOST = 80, 128, 500, 65_536


def deed_in(entry: audit_pb2.AuditEntry) -> Deed:
    """A deed that was done elsewhere."""
    return Deed(
        actor=text_in(entry.actor, "entry.actor", most=_NAME_MOST, required=True),
        method=text_in(entry.method, "entry.method", most=_NAME_MOST, required=True),
        subject=text_in(entry.subject, "entry.subject", most=_SUBJECT_MOST, required=True),
        reason=reason_in(entry.reason, "entry.reason"),
        before=_object_in(entry.before_json, "entry.beforeJson"),
        after=_object_in(entry.after_json, "entry.afterJson"),
        request_id=request_id_in(entry.request_id, "entry.requestId"),
    )


def reason_in(reason: str, field: str = "reason") -> str | None:
    """Why something is done; None: nobody said."""
    return text_in(reason, field, most=_REASON_MOST) or None


def entry_out(entry: AuditEntry) -> audit_pb2.AuditEntry:
    """An entry."""
    deed = entry.deed
    return audit_pb2.AuditEntry(
        method=deed.method,
        subject=deed.subject,
        reason=deed.reason or "",
        create_time=time_out(entry.create_time),
        actor=deed.actor,
        before_json=_object_out(deed.before),
        after_json=_object_out(deed.after),
        request_id=deed.request_id or "",
        audit_id=entry.audit_id,
    )


def page_in(request: admin_service_pb2.ListAuditEntriesRequest) -> tuple[str | None, int, int | None]:
    """Of what to list the audit (None: of everything), how many entries, and before which."""
    size = page_size_in(request.page_size, default=_DEFAULT, most=_MOST)
    before = None
    if position := page_token_in(request.page_token, 1):
        if not (position[0].isascii() and position[0].isdigit()):
            raise bad_page_token()
        before = min(int(position[0]), 2**63 - 1)
    return key_in(request.subject, "subject") or None, size, before


def page_out(found: Sequence[AuditEntry], size: int) -> admin_service_pb2.ListAuditEntriesResponse:
    """A page of what was found, one more than which means that there is more."""
    page = found[:size]
    more = page_token_out(str(page[-1].audit_id)) if len(found) > size else ""
    return admin_service_pb2.ListAuditEntriesResponse(entries=[entry_out(one) for one in page], next_page_token=more)


def _object_in(text: str, field: str) -> Plain | None:
    if not text:
        return None
    if len(text) > _JSON_MOST:
        raise invalid(field, f"has {len(text)} characters, at most {_JSON_MOST} are allowed")
    try:
        plain = json.loads(text, parse_constant=_no_json)
        # Written out again, half a character has no UTF-8, and a NUL shows.
        held = isinstance(plain, dict) and b"\\u0000" not in json.dumps(plain, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        held = False
    if not held:
        raise invalid(field, "is no JSON object that can be kept")
    kept: Plain = plain
    return kept


def _no_json(constant: str) -> None:
    raise ValueError(constant)


def _object_out(plain: Plain | None) -> str:
    return "" if plain is None else json.dumps(plain, ensure_ascii=False, sort_keys=True)
