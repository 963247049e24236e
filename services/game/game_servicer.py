"""The RPCs of games and turns."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from google.api import httpbody_pb2
from google.protobuf import empty_pb2
from maratang.game.v1 import game_pb2, game_service_pb2, game_service_pb2_grpc, turn_event_pb2

from services.chassis import context
from services.chassis.server_calls import Context
from services.game import transcript
from services.game.branches import Branches
from services.game.chronicles import Chronicles
from services.game.erasing import Erasing
from services.game.games import Games, Position
from services.game.hints import Hints
from services.game.open_streams import OpenStreams
from services.game.opening import opening_row
from services.game.reporting import Reporting
from services.game.retelling import Retelling
from services.game.saves import Saves
from services.game.shown import LAST_EVENTS
from services.game.stored import Entry, LiveGame
from services.game.telling.lines import ending_of
from services.game.telling.plain import to_plain
from services.game.telling.view import actions_of, clues_of, known_places, people_of, view_of
from services.game.turn_times import TurnTimes
from services.game.turns import Turns
from services.game.wire import answers, requests
from services.game.wire.messages import message, messages


class GameServicer(game_service_pb2_grpc.GameServiceServicer):
    """Parse, call, render."""

    def __init__(
        self,
        games: Games,
        turns: Turns,
        branches: Branches,
        saves: Saves,
        erasing: Erasing,
        reporting: Reporting,
        times: TurnTimes,
        retelling: Retelling,
        hints: Hints,
        chronicles: Chronicles,
        streams: OpenStreams,
    ) -> None:
        self._streams = streams
        self._times = times
        self._games = games
        self._turns = turns
        self._branches = branches
        self._saves = saves
        self._erasing = erasing
        self._reporting = reporting
        self._retelling = retelling
        self._hints = hints
        self._chronicles = chronicles

    async def CreateGame(self, request: game_service_pb2.CreateGameRequest, rpc: Context) -> game_pb2.Game:
        """Begins a game."""
        caller = context.caller()
        scenario_id, locale, seed, key = requests.new_game(request, caller.locale)
        live = await self._games.create(caller.player_id, scenario_id, locale, seed, key)
        return await self._game(live)

    async def ListGames(self, request: game_service_pb2.ListGamesRequest, rpc: Context) -> game_service_pb2.ListGamesResponse:
        """Lists the caller's games."""
        status, page_size, page_token = requests.page(request)
        games, following = await self._games.page(context.caller().player_id, status, page_size, page_token)
        return game_service_pb2.ListGamesResponse(games=[answers.game(live) for live in games], next_page_token=following)

    async def GetGame(self, request: game_service_pb2.GetGameRequest, rpc: Context) -> game_pb2.Game:
        """Reads a game."""
        return await self._game(await self._games.read(context.caller().player_id, request.game_id))

    async def DeleteGame(self, request: game_service_pb2.DeleteGameRequest, rpc: Context) -> empty_pb2.Empty:
        """Deletes a game."""
        requests.key(request)
        await self._erasing.game(context.caller().player_id, request.game_id)
        return empty_pb2.Empty()

    async def TakeTurn(self, request: game_service_pb2.TakeTurnRequest, rpc: Context) -> game_pb2.Turn:
        """Takes a turn and waits for its end."""
        async with aclosing(self.StreamTurn(request, rpc)) as events:
            async for event in events:
                if event.WhichOneof("event") == "done":
                    return event.done
        raise AssertionError("a stream ends with `done` or raises")

    async def StreamTurn(self, request: game_service_pb2.TakeTurnRequest, rpc: Context) -> AsyncGenerator[turn_event_pb2.TurnEvent]:
        """Takes a turn and streams it."""
        owner = context.caller().player_id
        timed = self._times.begin()
        asked, expected, key = requests.turn_asked(request)
        with self._streams.one(owner):
            attached = await self._turns.submit(owner, request.game_id, asked, expected, key)
            context.note(game=request.game_id, turn=attached.number)
            async for entry in self._turns.events(attached):
                if attached.begun is not None:
                    timed.hear(entry.event)
                yield await self._event(request.game_id, attached.number, entry)

    async def GetTurn(self, request: game_service_pb2.GetTurnRequest, rpc: Context) -> game_pb2.Turn:
        """Reads a turn."""
        found = await self._games.row(context.caller().player_id, request.game_id, request.turn)
        [found] = await self._retelling.retold(request.game_id, [found])
        return answers.turn(found.row, replicated=found.replicated)

    async def WatchTurn(self, request: game_service_pb2.WatchTurnRequest, rpc: Context) -> AsyncIterator[turn_event_pb2.TurnEvent]:
        """Streams a turn again, or on."""
        owner, after = context.caller().player_id, requests.watched(request)
        with self._streams.one(owner):
            async for entry in self._turns.watch(owner, request.game_id, request.turn, after):
                yield await self._event(request.game_id, request.turn, entry)

    async def StopTurn(self, request: game_service_pb2.StopTurnRequest, rpc: Context) -> game_pb2.Turn:
        """Stops a telling."""
        await self._turns.stop(context.caller().player_id, request.game_id, request.turn)
        return await self.GetTurn(game_service_pb2.GetTurnRequest(game_id=request.game_id, turn=request.turn), rpc)

    async def Retell(self, request: game_service_pb2.RetellRequest, rpc: Context) -> game_pb2.Turn:
        """Tells a turn anew."""
        number, key = requests.retold(request)
        row = await self._retelling.retell(context.caller().player_id, request.game_id, number, key)
        return answers.turn(row, replicated=True)

    async def ListTellings(self, request: game_service_pb2.ListTellingsRequest, rpc: Context) -> game_service_pb2.ListTellingsResponse:
        """The tellings of a turn."""
        part = requests.slice_of(request)
        found = await self._retelling.tellings(context.caller().player_id, request.game_id, request.turn)
        return game_service_pb2.ListTellingsResponse(
            tellings=answers.tellings(found[part]), next_page_token=answers.following(part, len(found))
        )

    async def Hint(self, request: game_service_pb2.HintRequest, rpc: Context) -> game_service_pb2.HintResponse:
        """The next step from here."""
        level, key = requests.hinted(request)
        lines = await self._hints.hint(context.caller().player_id, request.game_id, level, key)
        return game_service_pb2.HintResponse(level=level, lines=messages(game_pb2.Line, lines))

    async def CreateChronicle(self, request: game_service_pb2.CreateChronicleRequest, rpc: Context) -> game_service_pb2.Chronicle:
        """Has the story of an ended game written."""
        requests.key(request)
        return answers.chronicle(await self._chronicles.create(context.caller().player_id, request.game_id))

    async def GetChronicle(self, request: game_service_pb2.GetChronicleRequest, rpc: Context) -> game_service_pb2.Chronicle:
        """Reads the story of an ended game."""
        return answers.chronicle(await self._chronicles.read(context.caller().player_id, request.game_id))

    async def WatchChronicle(
        self, request: game_service_pb2.WatchChronicleRequest, rpc: Context
    ) -> AsyncIterator[game_service_pb2.ChronicleEvent]:
        """Streams the story of an ended game."""
        after = requests.chronicle_watched(request)
        async for found in self._chronicles.watch(context.caller().player_id, request.game_id):
            for event in answers.chronicle_events(found, after):
                after = int(event.id)
                yield event

    async def GetView(self, request: game_service_pb2.GetViewRequest, rpc: Context) -> game_pb2.View:
        """What the player may see now."""
        at = await self._position(request.game_id, rpc)
        return message(game_pb2.View, to_plain(view_of(at.pack, at.state, at.game.locale, at.game.number)))

    async def ListActions(self, request: game_service_pb2.ListActionsRequest, rpc: Context) -> game_service_pb2.ListActionsResponse:
        """What the player can do now."""
        at = await self._position(request.game_id, rpc)
        actions = messages(game_pb2.Action, actions_of(at.pack, at.state, at.game.locale))
        return game_service_pb2.ListActionsResponse(turn=at.game.number, actions=actions)

    async def GetMap(self, request: game_service_pb2.GetMapRequest, rpc: Context) -> game_service_pb2.PlaceMap:
        """The places the player knows."""
        at = await self._position(request.game_id, rpc)
        places = messages(game_service_pb2.KnownPlace, known_places(at.pack, at.state, at.game.locale))
        return game_service_pb2.PlaceMap(turn=at.game.number, places=places)

    async def ListClues(self, request: game_service_pb2.ListCluesRequest, rpc: Context) -> game_service_pb2.ListCluesResponse:
        """What the player has learnt."""
        at = await self._position(request.game_id, rpc)
        clues = messages(game_service_pb2.Clue, clues_of(at.pack, at.state, at.game.locale))
        return game_service_pb2.ListCluesResponse(turn=at.game.number, clues=clues)

    async def ListPeople(self, request: game_service_pb2.ListPeopleRequest, rpc: Context) -> game_service_pb2.ListPeopleResponse:
        """Whom the player has met."""
        at = await self._position(request.game_id, rpc)
        people = messages(game_service_pb2.Acquaintance, people_of(at.pack, at.state, at.game.locale))
        return game_service_pb2.ListPeopleResponse(turn=at.game.number, people=people)

    async def Undo(self, request: game_service_pb2.UndoRequest, rpc: Context) -> game_pb2.Game:
        """Goes back to the outcome of a turn."""
        to, expected, key = requests.going_back(request)
        return await self._game(await self._branches.undo(context.caller().player_id, request.game_id, to, expected, key))

    async def CreateBranch(self, request: game_service_pb2.CreateBranchRequest, rpc: Context) -> game_service_pb2.Branch:
        """Begins another way on."""
        from_turn, title, key = requests.new_branch(request)
        return answers.branch(await self._branches.create(context.caller().player_id, request.game_id, from_turn, title, key))

    async def ListBranches(self, request: game_service_pb2.ListBranchesRequest, rpc: Context) -> game_service_pb2.ListBranchesResponse:
        """The ways the game has taken."""
        part = requests.slice_of(request)
        found = await self._branches.all(context.caller().player_id, request.game_id)
        return game_service_pb2.ListBranchesResponse(
            branches=[answers.branch(one) for one in found[part]], next_page_token=answers.following(part, len(found))
        )

    async def ActivateBranch(self, request: game_service_pb2.ActivateBranchRequest, rpc: Context) -> game_pb2.Game:
        """Plays on from the end of a branch."""
        expected, key = requests.elsewhere(request)
        owner = context.caller().player_id
        return await self._game(await self._branches.activate(owner, request.game_id, request.branch_id, expected, key))

    async def CreateSave(self, request: game_service_pb2.CreateSaveRequest, rpc: Context) -> game_service_pb2.Save:
        """Names the present turn."""
        title, key = requests.new_save(request)
        return answers.save(await self._saves.create(context.caller().player_id, request.game_id, title, key))

    async def ListSaves(self, request: game_service_pb2.ListSavesRequest, rpc: Context) -> game_service_pb2.ListSavesResponse:
        """The named turns."""
        part = requests.slice_of(request)
        found = await self._saves.all(context.caller().player_id, request.game_id)
        return game_service_pb2.ListSavesResponse(
            saves=[answers.save(one) for one in found[part]], next_page_token=answers.following(part, len(found))
        )

    async def LoadSave(self, request: game_service_pb2.LoadSaveRequest, rpc: Context) -> game_pb2.Game:
        """Plays on from a named turn."""
        expected, key = requests.elsewhere(request)
        return await self._game(await self._saves.load(context.caller().player_id, request.game_id, request.save_id, expected, key))

    async def DeleteSave(self, request: game_service_pb2.DeleteSaveRequest, rpc: Context) -> empty_pb2.Empty:
        """Forgets a name."""
        await self._saves.delete(context.caller().player_id, request.game_id, request.save_id)
        return empty_pb2.Empty()

    async def CreateReport(self, request: game_service_pb2.CreateReportRequest, rpc: Context) -> game_service_pb2.Report:
        """Flags a text."""
        number, reason, note, key = requests.flagged(request)
        report = await self._reporting.create(context.caller().player_id, request.game_id, number, reason, note, key)
        return answers.report(report)

    async def GetTranscript(self, request: game_service_pb2.GetTranscriptRequest, rpc: Context) -> httpbody_pb2.HttpBody:
        """The whole game to read."""
        found = await self._retelling.retold(request.game_id, await self._games.log(context.caller().player_id, request.game_id))
        rows = [one.row for one in found]
        match request.format:
            case game_service_pb2.GetTranscriptRequest.TEXT:
                return answers.body("text/plain; charset=utf-8", transcript.as_text(rows))
            case game_service_pb2.GetTranscriptRequest.MARKDOWN:
                return answers.body("text/markdown; charset=utf-8", transcript.as_markdown(rows))
        return answers.json_body([answers.turn(one.row, replicated=one.replicated) for one in found])

    async def _position(self, game_id: str, rpc: Context) -> Position:
        """The caller's game as it stands, its ETag sent ahead."""
        at = await self._games.position(context.caller().player_id, game_id)
        await rpc.send_initial_metadata((("etag", f'"{at.game.number}-{at.game.locale}"'),))
        return at

    async def _game(self, live: LiveGame) -> game_pb2.Game:
        at = await self._games.position_of(live)
        return answers.game(
            live,
            opening=opening_row(live, at.pack),
            view=to_plain(view_of(at.pack, at.state, live.locale, live.number)),
            ending=ending_of(at.pack, at.state, live.locale),
            replicated=live.persisted >= 0,
        )

    async def _event(self, game_id: str, number: int, entry: Entry) -> turn_event_pb2.TurnEvent:
        if entry.event not in LAST_EVENTS:
            return answers.turn_event(number, entry)
        if entry.event == "settled":
            return answers.done(number, entry, answers.settled_turn(entry, game_id))
        row = entry.told_row
        if row.telling is not None:
            context.note(told_by=row.telling["told_by"])
        return answers.done(number, entry, answers.turn(row, replicated=await self._games.is_replicated(row, entry.k)))
