"""What llm_proxy keeps through persistence: where operators pointed the roles, and what models were asked and gave."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from maratang.persistence.v1 import archive_service_pb2, model_call_pb2
from maratang.persistence.v1 import model_backend_service_pb2 as pb

from services.chassis import context
from services.chassis.timestamps import timestamp
from services.llm_proxy.generation import Purpose
from services.llm_proxy.ports import Setting
from services.llm_proxy.usage import Call

if TYPE_CHECKING:  # the asyncio stubs are types only: at run time one class serves both
    from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceAsyncStub
    from maratang.persistence.v1.model_backend_service_pb2_grpc import ModelBackendServiceAsyncStub

TIMEOUT = timedelta(seconds=2)
_PURPOSES = {
    Purpose.TELLING: model_call_pb2.ModelCall.TELLING,
    Purpose.JUDGEMENT: model_call_pb2.ModelCall.JUDGEMENT,
    Purpose.CHOICE: model_call_pb2.ModelCall.CHOICE,
}


class KeptSettings:
    """A ports.Settings."""

    def __init__(self, stub: "ModelBackendServiceAsyncStub") -> None:
        self._stub = stub

    async def all(self) -> Sequence[Setting]:
        """As ports.Settings says."""
        answer = await self._stub.ListModelBackends(pb.ListModelBackendsRequest(), timeout=TIMEOUT.total_seconds())
        return [_setting(one) for one in answer.backends]

    async def put(self, setting: Setting, *, request_id: str) -> Setting:
        """As ports.Settings says."""
        request = pb.SetModelBackendRequest(
            name=setting.role,
            urls=setting.urls,
            environment_urls=setting.environment,
            reason=setting.reason,
            request_id=request_id,
        )
        return _setting(await self._stub.SetModelBackend(request, metadata=((context.OPERATOR, context.operator()),)))


class KeptCalls:
    """A usage.Ledger."""

    def __init__(self, stub: "ArchiveServiceAsyncStub") -> None:
        self._stub = stub

    async def record(self, calls: Sequence[Call]) -> None:
        """As usage.Ledger says."""
        await self._stub.RecordModelCalls(archive_service_pb2.RecordModelCallsRequest(calls=[_call(one) for one in calls]))


def _setting(backend: pb.ModelBackend) -> Setting:
    return Setting(
        role=backend.name,
        urls=tuple(backend.urls),
        environment=tuple(backend.environment_urls),
        revision=backend.revision,
        reason=backend.reason,
    )


def _call(one: Call) -> model_call_pb2.ModelCall:
    return model_call_pb2.ModelCall(
        call_id=str(one.call_id),
        purpose=_PURPOSES[one.purpose],
        backend=one.backend,
        model=one.model,
        outcome=one.outcome,
        prompt_tokens=one.prompt_tokens,
        completion_tokens=one.completion_tokens,
        first_token_ms=one.first_token_ms,
        duration_ms=one.duration_ms,
        create_time=timestamp(one.at),
    )
