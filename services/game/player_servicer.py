"""The RPCs of players."""

from google.protobuf import empty_pb2
from maratang.game.v1 import player_service_pb2, player_service_pb2_grpc

from services.chassis import context
from services.chassis.server_calls import Context
from services.game.erasing import Erasing
from services.game.logins import Logins
from services.game.players import Players
from services.game.wire import answers, requests


class PlayerServicer(player_service_pb2_grpc.PlayerServiceServicer):
    """Parse, call, render; what the contract has and this class has not answers NOT_IMPLEMENTED."""

    def __init__(self, players: Players, logins: Logins, erasing: Erasing) -> None:
        self._players = players
        self._logins = logins
        self._erasing = erasing

    async def CreateGuest(self, request: player_service_pb2.CreateGuestRequest, rpc: Context) -> player_service_pb2.SignedIn:
        """Makes a guest and signs the guest in."""
        name, locale = requests.guest(request)
        signed = await self._players.create_guest(name, locale)
        context.note(player=context.known_as(signed.account.player_id))
        return answers.signed_in(signed)

    async def Register(self, request: player_service_pb2.RegisterRequest, rpc: Context) -> player_service_pb2.SignedIn:
        """Makes an account, of the caller if there is one."""
        sent, name = requests.registered(request, context.address())
        signed = await self._logins.register(sent, name, context.caller_or_none())
        context.note(player=context.known_as(signed.account.player_id))
        return answers.signed_in(signed)

    async def SignIn(self, request: player_service_pb2.SignInRequest, rpc: Context) -> player_service_pb2.SignedIn:
        """Signs in with a login and a password."""
        signed = await self._logins.sign_in(requests.signing_in(request, context.address()))
        context.note(player=context.known_as(signed.account.player_id))
        return answers.signed_in(signed)

    async def SignOut(self, request: player_service_pb2.SignOutRequest, rpc: Context) -> empty_pb2.Empty:
        """Ends the caller's session."""
        await self._players.sign_out(context.caller())
        return empty_pb2.Empty()

    async def DeletePlayer(self, request: player_service_pb2.DeletePlayerRequest, rpc: Context) -> empty_pb2.Empty:
        """Deletes the caller."""
        requests.key(request)
        await self._erasing.player(context.caller().player_id)
        return empty_pb2.Empty()
