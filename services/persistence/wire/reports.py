"""Reports on the wire."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maratang.persistence.v1 import admin_service_pb2
from maratang.persistence.v1 import archive_service_pb2 as pb

from services.chassis import errors
from services.persistence.audit import Deed
from services.persistence.reports import OpenReport, Report
from services.persistence.wire.audit import reason_in
from services.persistence.wire.fields import (
    bad_page_token,
    invalid,
    page_size_in,
    page_token_in,
    page_token_out,
    request_id_in,
    text_in,
    time_out,
    uuid_in,
    uuid_or_none,
)
from services.persistence.wire.games import game_id_in

NOTE_MOST = 500
"""Characters."""
REASONS = ("OFFENSIVE", "UNSAFE", "WRONG", "OTHER")
_DEFAULT, _MOST = 20, 100


def report_in(request: pb.StoreReportRequest) -> Report:
    """A report that is to be stored."""
    request_id_in(request.request_id)
    if request.reason not in REASONS:
        raise invalid("reason", f"is none of {', '.join(REASONS)}")
    return Report(
        report_id=uuid_in(request.report_id, "reportId"),
        game_id=game_id_in(request.game_id),
        number=request.number,
        reason=request.reason,
        note=text_in(request.note, "note", most=NOTE_MOST) or None,
    )


def no_turn(request: pb.StoreReportRequest) -> errors.NotFound:
    """The failure of a report of a turn that is not stored."""
    metadata = {"gameId": request.game_id, "turn": str(request.number)}
    return errors.NotFound("TURN_NOT_FOUND", "the game has no such turn", metadata=metadata)


def page_in(request: admin_service_pb2.ListOpenReportsRequest) -> tuple[int, tuple[datetime, UUID] | None]:
    """How many reports to list, and behind which."""
    size = page_size_in(request.page_size, default=_DEFAULT, most=_MOST)
    if (position := page_token_in(request.page_token, 2)) is None:
        return size, None
    try:
        return size, (datetime.fromisoformat(position[0]), UUID(position[1]))
    except ValueError:
        raise bad_page_token() from None


def page_out(found: Sequence[OpenReport], size: int) -> admin_service_pb2.ListOpenReportsResponse:
    """A page of what was found, one more than which means that there is more."""
    page = found[:size]
    more = page_token_out(page[-1].create_time.isoformat(), str(page[-1].report.report_id)) if len(found) > size else ""
    reports = [
        admin_service_pb2.OpenReport(
            report_id=str(one.report.report_id),
            game_id=str(one.report.game_id),
            number=one.report.number,
            reason=one.report.reason,
            note=one.report.note or "",
            text=one.text or "",
            create_time=time_out(one.create_time),
        )
        for one in page
    ]
    return admin_service_pb2.ListOpenReportsResponse(reports=reports, next_page_token=more)


def closed_in(request: admin_service_pb2.CloseReportRequest, operator: str) -> tuple[UUID, Deed]:
    """Which report is dealt with, and the deed."""
    report_id = uuid_or_none(request.report_id)
    if report_id is None:
        raise no_report(request.report_id)
    deed = Deed(
        actor=operator,
        method="CloseReport",
        subject=request.report_id,
        reason=reason_in(request.reason),
        request_id=request_id_in(request.request_id),
    )
    return report_id, deed


def no_report(report_id: str) -> errors.NotFound:
    """The failure of asking for a report that is not there."""
    return errors.NotFound("REPORT_NOT_FOUND", "there is no such report", metadata={"reportId": report_id})
