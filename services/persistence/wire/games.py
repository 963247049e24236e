"""Games and their logs on the wire."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from maratang.persistence.v1 import archive_service_pb2 as pb

from services.chassis import errors
from services.persistence.games import Game, LogRow, Outcome, SavedGame, Status, Verdict
from services.persistence.wire.fields import (
    bad_page_token,
    hash_in,
    invalid,
    key_in,
    page_size_in,
    page_token_in,
    page_token_out,
    time_in,
    time_out,
    uuid_in,
    uuid_or_none,
)
from services.persistence.wire.traces import traces_in

BATCH_MOST = 200
_GAMES_DEFAULT, _GAMES_MOST = 20, 100
_ROWS_DEFAULT, _ROWS_MOST = 200, 200
_OPENING_PARENT = -1


def batch_in(request: pb.SaveGamesRequest) -> list[SavedGame | Outcome]:
    """The games to write, in the order sent; one whose data make no sense has its outcome at once, so that it stops no other.

    Raises errors.Invalid for more than 200 games or one twice.
    """
    ids = [saved.game.game_id for saved in request.games]
    if len(ids) > BATCH_MOST:
        raise invalid("games", f"has {len(ids)} games, at most {BATCH_MOST} are allowed")
    if len(set(ids)) < len(ids):
        raise invalid("games", "has a game twice")
    return [_saved_in(saved) for saved in request.games]


def outcomes_out(outcomes: Sequence[Outcome]) -> pb.SaveGamesResponse:
    """What became of each game."""
    return pb.SaveGamesResponse(
        outcomes=[
            pb.GameOutcome(game_id=one.game_id, outcome=pb.GameOutcome.Outcome.Value(one.verdict.value), detail=one.detail)
            for one in outcomes
        ]
    )


def game_out(game: Game) -> pb.GameSnapshot:
    """A game."""
    return pb.GameSnapshot(
        game_id=str(game.game_id),
        player_id=str(game.player_id),
        scenario_id=game.scenario_id,
        pack_hash=game.pack_hash,
        locale=game.locale,
        seed=game.seed,
        asked=game.asked,
        epoch=game.epoch,
        number=game.number,
        branch_id=game.branch_id,
        depth=game.depth,
        status=pb.GameSnapshot.Status.Value(game.status.value),
        ending_id=game.ending_id or "",
        state=game.state,
        state_hash=game.state_hash,
        create_time=time_out(game.create_time),
        update_time=time_out(game.update_time),
    )


def row_out(row: LogRow) -> pb.LogRow:
    """A row of a log."""
    return pb.LogRow(
        game_id=str(row.game_id),
        number=row.number,
        parent=_OPENING_PARENT if row.parent is None else row.parent,
        branch_id=row.branch_id,
        depth=row.depth,
        revision=row.revision,
        request_id=row.request_id or "",
        action_hash=row.action_hash,
        text=row.text,
        record_json=row.record,
        rule_hash=row.rule_hash,
        state_hash=row.state_hash,
        telling_json=row.telling or "",
        create_time=time_out(row.create_time),
        ending_id=row.ending_id or "",
        jump=row.jump,
    )


def loaded_out(game: Game, rows: Sequence[LogRow]) -> pb.LoadedGame:
    """A game to play on."""
    return pb.LoadedGame(game=game_out(game), rows=[row_out(row) for row in rows])


def game_id_in(text: str) -> UUID:
    """A game's id; what can't be one is no game's: raises errors.NotFound(GAME_NOT_FOUND)."""
    game_id = uuid_or_none(text)
    if game_id is None:
        raise no_game(text)
    return game_id


def log_page_in(request: pb.ListLogRowsRequest) -> tuple[UUID, int, int]:
    """Whose rows to list, after which number, and how many."""
    return game_id_in(request.game_id), request.after, page_size_in(request.page_size, default=_ROWS_DEFAULT, most=_ROWS_MOST)


def games_page_in(request: pb.ListStoredGamesRequest) -> tuple[UUID, Status | None, int, tuple[datetime, UUID] | None]:
    """Whose games to list, of which status, how many, and behind which."""
    size = page_size_in(request.page_size, default=_GAMES_DEFAULT, most=_GAMES_MOST)
    before = None
    if position := page_token_in(request.page_token, 2):
        try:
            before = (datetime.fromisoformat(position[0]), UUID(position[1]))
        except ValueError:
            raise bad_page_token() from None
    status = _status_in(request.status) if request.status else None
    return uuid_in(request.player_id, "playerId"), status, size, before


def games_page_out(found: Sequence[Game], size: int) -> pb.ListStoredGamesResponse:
    """A page of what was found, one more than which means that there is more."""
    page = found[:size]
    more = page_token_out(page[-1].update_time.isoformat(), str(page[-1].game_id)) if len(found) > size else ""
    return pb.ListStoredGamesResponse(games=[game_out(one) for one in page], next_page_token=more)


def row_asked_in(request: pb.GetLogRowRequest) -> tuple[UUID, int | str]:
    """Of which game a row is asked for, and its number or its idempotency key."""
    if request.WhichOneof("by") is None:
        raise invalid("number", "is missing, and so is key: a row is asked for by one of them")
    game_id = uuid_or_none(request.game_id)
    if game_id is None:
        raise no_row(request)
    return game_id, request.number if request.HasField("number") else key_in(request.key, "key")


def no_game(game_id: str) -> errors.NotFound:
    """The failure of asking for a game that is not there."""
    return errors.NotFound("GAME_NOT_FOUND", "there is no such game", metadata={"gameId": game_id})


def no_row(request: pb.GetLogRowRequest) -> errors.NotFound:
    """The failure of asking for a row that is not there."""
    turn = {"turn": str(request.number)} if request.HasField("number") else {}
    return errors.NotFound("TURN_NOT_FOUND", "the game has no such turn", metadata={"gameId": request.game_id, **turn})


def _saved_in(saved: pb.SaveGamesRequest.SavedGame) -> SavedGame | Outcome:
    try:
        game = _game_in(saved.game)
        rows = tuple(_row_in(row, game.game_id) for row in saved.rows)
        if any(first.number >= second.number for first, second in pairwise(rows)):
            raise invalid("rows", "are not in the order of their numbers")
        return SavedGame(game=game, rows=rows, traces=traces_in(saved.traces, rows))
    except errors.Invalid as failed:
        return Outcome(game_id=saved.game.game_id, verdict=Verdict.POISON, detail=failed.message)


def _game_in(game: pb.GameSnapshot) -> Game:
    return Game(
        game_id=uuid_in(game.game_id, "game.gameId"),
        player_id=uuid_in(game.player_id, "game.playerId"),
        scenario_id=game.scenario_id,
        pack_hash=game.pack_hash,
        locale=game.locale,
        seed=game.seed,
        asked=game.asked,
        epoch=game.epoch,
        number=game.number,
        branch_id=game.branch_id,
        depth=game.depth,
        status=_status_in(game.status),
        ending_id=game.ending_id or None,
        state=game.state,
        state_hash=hash_in(game.state_hash, "game.stateHash"),
        create_time=time_in(game.create_time, "game.createTime"),
        update_time=time_in(game.update_time, "game.updateTime"),
    )


def _row_in(row: pb.LogRow, game_id: UUID) -> LogRow:
    if row.game_id != str(game_id):
        raise invalid("rows.gameId", "is another game's")
    return LogRow(
        game_id=game_id,
        number=row.number,
        parent=None if row.parent == _OPENING_PARENT else row.parent,
        branch_id=row.branch_id,
        depth=row.depth,
        revision=row.revision,
        request_id=row.request_id or None,
        action_hash=row.action_hash,
        text=row.text,
        record=row.record_json,
        rule_hash=hash_in(row.rule_hash, "rows.ruleHash"),
        state_hash=hash_in(row.state_hash, "rows.stateHash"),
        telling=row.telling_json or None,
        create_time=time_in(row.create_time, "rows.createTime"),
        ending_id=row.ending_id or None,
        jump=row.jump,
    )


def _status_in(status: pb.GameSnapshot.Status.ValueType) -> Status:
    try:
        return Status(pb.GameSnapshot.Status.Name(status))
    except ValueError:
        raise invalid("status", "is not ACTIVE, ENDED or SUSPENDED") from None
