"""The RPCs of model backends: parse, call, render."""

from maratang.persistence.v1 import model_backend_service_pb2 as pb
from maratang.persistence.v1.model_backend_service_pb2_grpc import ModelBackendServiceServicer

from services.chassis.server_calls import Context
from services.persistence.adapters.postgres_model_backends import PostgresModelBackends
from services.persistence.wire import model_backends as wire


class ModelBackends(ModelBackendServiceServicer):
    """Where operators have pointed the roles of model servers."""

    def __init__(self, backends: PostgresModelBackends) -> None:
        self._backends = backends

    async def SetModelBackend(self, request: pb.SetModelBackendRequest, context: Context) -> pb.ModelBackend:
        """Stores the URLs of a role."""
        return wire.backend_out(await self._backends.point(wire.pointing_in(request)))

    async def ListModelBackends(self, request: pb.ListModelBackendsRequest, context: Context) -> pb.ListModelBackendsResponse:
        """Lists what is stored."""
        return pb.ListModelBackendsResponse(backends=[wire.backend_out(one) for one in await self._backends.all()])
