"""What operators did, for the audit that persistence keeps."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import audit_pb2

from services.chassis import context

if TYPE_CHECKING:  # the asyncio stub is a type only: at run time one class serves both
    from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceAsyncStub


class Audit:
    """Every method may raise Unavailable (DATABASE_UNAVAILABLE or SERVICE_UNAVAILABLE) or OutOfTime."""

    def __init__(self, stub: "ArchiveServiceAsyncStub") -> None:
        self._stub = stub

    async def record(self, method: str, subject: str, reason: str, key: str, after: Mapping[str, Any]) -> None:  # Any: JSON
        """Keeps an entry of what is about to be done; the same method and key again is one entry."""
        entry = audit_pb2.AuditEntry(
            method=method, subject=subject, reason=reason, actor=context.operator(), after_json=json.dumps(after), request_id=key
        )
        await self._stub.RecordAudit(pb.RecordAuditRequest(entry=entry))
