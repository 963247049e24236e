"""The audit: what is kept of a deed, once however often it is sent, and how it is read."""

import asyncio
import json
from uuid import uuid4

import grpc
import pytest
from maratang.persistence.v1 import admin_service_pb2, admin_service_pb2_grpc, audit_pb2
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub

from services.chassis import errors

pytestmark = pytest.mark.anyio


@pytest.fixture
def admin(internal: grpc.aio.Channel) -> admin_service_pb2_grpc.AdminServiceStub:
    return admin_service_pb2_grpc.AdminServiceStub(internal)


@pytest.fixture
def subject() -> str:
    return str(uuid4())


def deed(subject: str, **more: str) -> audit_pb2.AuditEntry:
    return audit_pb2.AuditEntry(**{"actor": "mina", "method": "SuspendGame", "subject": subject, **more})


async def record(archive: ArchiveServiceStub, entry: audit_pb2.AuditEntry) -> pb.RecordAuditResponse:
    return await archive.RecordAudit(pb.RecordAuditRequest(entry=entry))


async def entries(admin: admin_service_pb2_grpc.AdminServiceStub, subject: str) -> list[audit_pb2.AuditEntry]:
    return list((await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(subject=subject))).entries)


async def test_a_deed_is_kept_as_it_was_told(archive: ArchiveServiceStub, admin, subject: str):
    told = deed(subject, reason="신고", before_json='{"status":"ACTIVE"}', after_json='{"수":[1,null,"가"],"status":"SUSPENDED"}')

    kept = (await record(archive, told)).entry

    assert kept.audit_id > 0
    assert kept.create_time.seconds > 0
    assert (kept.actor, kept.method, kept.subject, kept.reason) == ("mina", "SuspendGame", subject, "신고")
    assert (json.loads(kept.before_json), json.loads(kept.after_json)) == (
        {"status": "ACTIVE"},
        {"status": "SUSPENDED", "수": [1, None, "가"]},
    )
    assert await entries(admin, subject) == [kept]


async def test_one_request_leaves_one_entry_however_often_it_is_sent(archive: ArchiveServiceStub, admin, subject: str):
    told = deed(subject, request_id=subject)

    answers = await asyncio.gather(*(record(archive, told) for _ in range(8)))
    other = await record(archive, deed(subject, request_id=subject, method="RequeueGame"))

    assert [one.repeated_request for one in answers].count(False) == 1
    assert len({one.entry.audit_id for one in answers}) == 1
    assert not other.repeated_request
    assert len(await entries(admin, subject)) == 2


async def test_without_a_request_id_each_deed_is_one_of_its_own(archive: ArchiveServiceStub, admin, subject: str):
    for _ in range(2):
        assert not (await record(archive, deed(subject))).repeated_request

    assert len(await entries(admin, subject)) == 2


async def test_the_audit_is_read_in_pages_the_newest_first(archive: ArchiveServiceStub, admin, subject: str):
    kept = [(await record(archive, deed(subject))).entry.audit_id for _ in range(5)]

    listed: list[int] = []
    token = ""
    while True:
        request = admin_service_pb2.ListAuditEntriesRequest(subject=subject, page_size=2, page_token=token)
        page = await admin.ListAuditEntries(request)
        listed += [one.audit_id for one in page.entries]
        token = page.next_page_token
        if not token:
            break

    assert listed == kept[::-1]
    everything = await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(page_size=100))
    assert set(kept) <= {one.audit_id for one in everything.entries}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"actor": ""}, "entry.actor"),
        ({"method": ""}, "entry.method"),
        ({"subject": ""}, "entry.subject"),
        ({"reason": "a\0"}, "entry.reason"),
        ({"reason": "가" * 501}, "entry.reason"),
        ({"request_id": "k" * 65}, "entry.requestId"),
        ({"before_json": "[]"}, "entry.beforeJson"),
        ({"before_json": "{"}, "entry.beforeJson"),
        ({"before_json": '{"a": NaN}'}, "entry.beforeJson"),
        ({"after_json": '{"a": "\\u0000"}'}, "entry.afterJson"),
        ({"after_json": '{"a": "\\ud800"}'}, "entry.afterJson"),
        ({"after_json": json.dumps({"a": "b" * 70_000})}, "entry.afterJson"),
    ],
)
async def test_a_deed_that_cant_be_kept_names_its_field(archive: ArchiveServiceStub, wrong: dict[str, str], field: str):
    with pytest.raises(errors.Invalid) as caught:
        await record(archive, deed(**{"subject": "game", **wrong}))
    assert [one.field for one in caught.value.violations] == [field]


@pytest.mark.parametrize("token", ["not a token", "WyJhIl0"])
async def test_a_page_token_from_nowhere_is_refused(admin, token: str):
    with pytest.raises(errors.Invalid):
        await admin.ListAuditEntries(admin_service_pb2.ListAuditEntriesRequest(page_token=token))
