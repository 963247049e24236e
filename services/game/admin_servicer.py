"""The RPCs of operators."""

import signal

from google.protobuf import empty_pb2
from maratang.game.v1 import admin_service_pb2 as pb
from maratang.game.v1 import admin_service_pb2_grpc, game_pb2

from services.chassis.server_calls import Context
from services.game.operating import Operating
from services.game.wire import answers, operators


class AdminServicer(admin_service_pb2_grpc.AdminServiceServicer):
    """Parse, call, render."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def ListLiveGames(self, request: pb.ListLiveGamesRequest, rpc: Context) -> pb.ListLiveGamesResponse:
        """Lists live games."""
        return operators.live(*await self._operating.live(*operators.page(request)))

    async def InspectGame(self, request: pb.InspectGameRequest, rpc: Context) -> pb.GameInspection:
        """Shows all that is known of a game."""
        return operators.inspection(await self._operating.inspect(request.game_id))

    async def ReplayGame(self, request: pb.ReplayGameRequest, rpc: Context) -> pb.ReplayReport:
        """Recomputes a game from its log."""
        return operators.report(request.game_id, await self._operating.replay(request.game_id))

    async def ForkGame(self, request: pb.ForkGameRequest, rpc: Context) -> game_pb2.Game:
        """Copies the way to a turn into a new game."""
        turn, player_id = operators.copy_asked(request)
        reason, key = operators.why(request)
        return answers.game(await self._operating.fork(request.game_id, turn, player_id, reason=reason, key=key))

    async def SuspendGame(self, request: pb.SuspendGameRequest, rpc: Context) -> empty_pb2.Empty:
        """Stops a game, or lets it go on."""
        reason, key = operators.why(request)
        await self._operating.suspend(request.game_id, suspended=request.suspended, reason=reason, key=key)
        return empty_pb2.Empty()

    async def RequeueGame(self, request: pb.RequeueGameRequest, rpc: Context) -> empty_pb2.Empty:
        """Puts a game that was set aside back among those to be written."""
        reason, key = operators.why(request)
        await self._operating.requeue(request.game_id, reason=reason, key=key)
        return empty_pb2.Empty()

    async def RepairGame(self, request: pb.RepairGameRequest, rpc: Context) -> pb.ReplayReport:
        """Writes what the log leads to, where the game stands otherwise."""
        reason, key = operators.why(request)
        mended = await self._operating.repair(request.game_id, reason=reason, dry_run=request.dry_run, key=key)
        return operators.repair(request.game_id, mended)

    async def Drain(self, request: pb.DrainRequest, rpc: Context) -> empty_pb2.Empty:
        """Drains this process, which then ends: whoever runs it starts another."""
        signal.raise_signal(signal.SIGTERM)
        return empty_pb2.Empty()
