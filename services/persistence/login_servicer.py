"""The RPCs of logins: parse, call, render."""

from typing import Any, TypeAlias

import grpc
from google.protobuf.empty_pb2 import Empty
from maratang.persistence.v1 import login_service_pb2 as pb
from maratang.persistence.v1 import player_pb2
from maratang.persistence.v1.login_service_pb2_grpc import LoginServiceServicer

from services.chassis import errors
from services.persistence.adapters.postgres_logins import PostgresLogins
from services.persistence.logins import LoginTaken
from services.persistence.wire import fields, players
from services.persistence.wire import logins as wire

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # Any: no RPC here looks at it


class Logins(LoginServiceServicer):
    """What players sign in with."""

    def __init__(self, logins: PostgresLogins) -> None:
        self._logins = logins

    async def KeepLogin(self, request: pb.KeepLoginRequest, context: Context) -> player_pb2.Player:
        """Gives a player a login and a session."""
        try:
            return players.player_out(await self._logins.keep(wire.registration_in(request)))
        except LoginTaken:
            raise wire.taken() from None

    async def FindLogin(self, request: pb.FindLoginRequest, context: Context) -> pb.StoredLogin:
        """Finds a login."""
        found = await self._logins.find(wire.login_in(request.login))
        if found is None:
            raise errors.NotFound("PLAYER_NOT_FOUND", "nobody has this login")
        return wire.login_out(found)

    async def OpenSession(self, request: pb.OpenSessionRequest, context: Context) -> Empty:
        """Opens a session of a player."""
        player_id = fields.uuid_in(request.player_id, "playerId")
        token_hash, expire_time = fields.hash_in(request.token_hash, "tokenHash"), fields.time_in(request.expire_time, "expireTime")
        if not await self._logins.open_session(player_id, token_hash, expire_time):
            raise players.no_player(player_id)
        return Empty()
