"""AdminService: what an operator does with the model servers."""

from collections.abc import AsyncIterator

from maratang.llm_proxy.v1 import admin_service_pb2 as pb
from maratang.llm_proxy.v1 import generation_service_pb2
from maratang.llm_proxy.v1.admin_service_pb2_grpc import AdminServiceServicer

from services.chassis.server_calls import Context
from services.llm_proxy import wire_backends
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.journeys import Clock
from services.llm_proxy.routing import ROLES
from services.llm_proxy.settings import Watched


class BackendServicer(AdminServiceServicer):
    """Points roles elsewhere, and shows how they are."""

    def __init__(self, fleet: Fleet, watched: Watched, clock: Clock) -> None:
        self._fleet = fleet
        self._watched = watched
        self._clock = clock

    async def SetBackend(self, request: pb.SetBackendRequest, context: Context) -> generation_service_pb2.Backend:
        """Points a role elsewhere."""
        role, urls = wire_backends.pointing(request)
        await self._watched.point(role, urls, request.reason, request.request_id)
        return wire_backends.backend(self._fleet.status(role), self._clock())

    async def WatchBackends(
        self, request: pb.WatchBackendsRequest, context: Context
    ) -> AsyncIterator[generation_service_pb2.GetBackendsResponse]:
        """Shows how the backends are, whenever that changes."""
        async for _ in self._fleet.changes():
            yield wire_backends.backends(map(self._fleet.status, ROLES), self._clock())
