"""What the game service keeps in PostgreSQL, through the persistence service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson
from maratang.persistence.v1 import archive_service_pb2 as pb
from maratang.persistence.v1 import player_pb2, scenario_service_pb2

from services.chassis.timestamps import timestamp
from services.game.players import Account
from services.game.stored import LiveGame, Plain, Row, canonical
from services.game.wire.messages import message

if TYPE_CHECKING:  # the asyncio stub is a type only: at run time one class serves both
    from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceAsyncStub

_SAVE_TIMEOUT_SECONDS = 10.0
_LOAD_TIMEOUT_SECONDS = 3.0
_ERASURES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a game that was sent: SAVED, STALE, DIVERGED, GAP or POISON, and why."""

    game_id: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A game or a player that is erased in PostgreSQL and has yet to go from Redis; `number` is a game's last turn's, as far as known."""

    subject_id: str
    is_player: bool
    number: int
    create_time: datetime


class Archive:
    """Every method may raise Unavailable (DATABASE_UNAVAILABLE or SERVICE_UNAVAILABLE) or OutOfTime."""

    def __init__(self, stub: "ArchiveServiceAsyncStub") -> None:
        self._stub = stub

    async def create_player(self, account: Account, token_hash: bytes, expire_time: datetime) -> None:
        """Stores a new player with a first session."""
        await self._stub.CreatePlayer(
            pb.CreatePlayerRequest(
                player=player_pb2.Player(
                    player_id=account.player_id,
                    display_name=account.display_name,
                    locale=account.locale,
                    guest=account.guest,
                    create_time=timestamp(account.create_time),
                ),
                token_hash=token_hash,
                expire_time=timestamp(expire_time),
            )
        )

    async def ban_changes(self, within: timedelta) -> list[tuple[str, bool]]:
        """Whose bans were made (True) or lifted of late, those changed last first."""
        request = pb.ListBanChangesRequest()
        request.within.FromTimedelta(within)
        answer = await self._stub.ListBanChanges(request, timeout=_LOAD_TIMEOUT_SECONDS)
        return [(one.player_id, one.banned) for one in answer.changes]

    async def find_session(self, token_hash: bytes) -> tuple[Account, datetime, bool]:
        """Whose a token is, until when, and whether they are banned. Raises Unauthenticated(INVALID_TOKEN)."""
        found = await self._stub.FindSession(pb.FindSessionRequest(token_hash=token_hash), timeout=_LOAD_TIMEOUT_SECONDS)
        player = found.player
        account = Account(
            player_id=player.player_id,
            display_name=player.display_name,
            locale=player.locale,
            guest=player.guest,
            create_time=player.create_time.ToDatetime(UTC),
        )
        return account, found.expire_time.ToDatetime(UTC), found.banned

    async def extend_session(self, token_hash: bytes, expire_time: datetime) -> None:
        """Moves a session's expiry."""
        await self._stub.ExtendSession(pb.ExtendSessionRequest(token_hash=token_hash, expire_time=timestamp(expire_time)))

    async def delete_session(self, token_hash: bytes) -> None:
        """Ends a session."""
        await self._stub.DeleteSession(pb.DeleteSessionRequest(token_hash=token_hash))

    async def save(self, games: Sequence[tuple[LiveGame, Sequence[Row]]]) -> list[Saved]:
        """Writes games and their rows, and says of each what became of it."""
        # As one message of plain parts: messages within messages would each be copied into the one round it.
        request = message(pb.SaveGamesRequest, {"games": [_saved_game(game, rows) for game, rows in games]})
        answer = await self._stub.SaveGames(request, timeout=_SAVE_TIMEOUT_SECONDS)
        return [Saved(game_id=one.game_id, outcome=pb.GameOutcome.Outcome.Name(one.outcome), detail=one.detail) for one in answer.outcomes]

    async def load(self, game_id: str) -> tuple[LiveGame, list[Row]]:
        """A game to play on, its epoch raised, and its last rows. Raises NotFound(GAME_NOT_FOUND)."""
        loaded = await self._stub.LoadGame(pb.LoadGameRequest(game_id=game_id), timeout=_LOAD_TIMEOUT_SECONDS)
        return _live_game(loaded.game), [_row(row) for row in loaded.rows]

    async def row(self, game_id: str, number: int) -> Row:
        """A row of a game's log. Raises NotFound(TURN_NOT_FOUND)."""
        return _row(await self._stub.GetLogRow(pb.GetLogRowRequest(game_id=game_id, number=number), timeout=_LOAD_TIMEOUT_SECONDS))

    async def row_of_key(self, game_id: str, key: str) -> Row:
        """The row that a key came to, however long ago. Raises NotFound(TURN_NOT_FOUND)."""
        return _row(await self._stub.GetLogRow(pb.GetLogRowRequest(game_id=game_id, key=key), timeout=_LOAD_TIMEOUT_SECONDS))

    async def rows_after(self, game_id: str, number: int) -> list[Row]:
        """At most 200 rows of a game's log after a number. Raises NotFound(GAME_NOT_FOUND)."""
        answer = await self._stub.ListLogRows(pb.ListLogRowsRequest(game_id=game_id, after=number), timeout=_LOAD_TIMEOUT_SECONDS)
        return [_row(row) for row in answer.rows]

    async def games_of(self, player_id: str, status: str, page_size: int, page_token: str) -> tuple[list[LiveGame], str]:
        """A page of a player's games, the last played first, and the next page's token."""
        answer = await self._stub.ListStoredGames(
            pb.ListStoredGamesRequest(
                player_id=player_id, status=pb.GameSnapshot.Status.Value(status), page_size=page_size, page_token=page_token
            )
        )
        return [_live_game(game) for game in answer.games], answer.next_page_token

    async def pack_files(self, pack_hash: str) -> dict[str, str]:
        """A pack's files. Raises NotFound(PACK_NOT_FOUND)."""
        return dict((await self._stub.GetPack(pb.GetPackRequest(pack_hash=pack_hash), timeout=_LOAD_TIMEOUT_SECONDS)).files)

    async def published_pack(self, scenario_id: str) -> str:
        """The hash of the pack that new games of a scenario are pinned to. Raises NotFound(SCENARIO_NOT_FOUND)."""
        scenario: scenario_service_pb2.Scenario = await self._stub.GetPublishedScenario(
            pb.GetPublishedScenarioRequest(scenario_id=scenario_id), timeout=_LOAD_TIMEOUT_SECONDS
        )
        return scenario.pack_hash

    async def create_report(self, report_id: str, game_id: str, number: int, reason: str, note: str) -> datetime:
        """Stores a report, and says when it was stored first. Raises NotFound(TURN_NOT_FOUND)."""
        request = pb.StoreReportRequest(report_id=report_id, game_id=game_id, number=number, reason=reason, note=note)
        return (await self._stub.CreateReport(request)).create_time.ToDatetime(UTC)

    async def erase_game(self, player_id: str, game_id: str, live_number: int | None) -> None:
        """Erases a game, which need not be stored if it is live. Raises NotFound(GAME_NOT_FOUND)."""
        await self._stub.EraseGame(pb.EraseGameRequest(player_id=player_id, game_id=game_id, live_number=live_number))

    async def erase_player(self, player_id: str) -> None:
        """Erases a player with all that is kept of one."""
        await self._stub.EraseStoredPlayer(pb.EraseStoredPlayerRequest(player_id=player_id))

    async def erasures(self) -> list[Erasure]:
        """What has yet to go from Redis, the oldest first."""
        answer = await self._stub.ListErasures(pb.ListErasuresRequest(page_size=_ERASURES_AT_ONCE))
        return [
            Erasure(
                subject_id=one.subject_id,
                is_player=one.kind == pb.Erasure.PLAYER,
                number=one.number,
                create_time=one.create_time.ToDatetime(UTC),
            )
            for one in answer.erasures
        ]

    async def finish_erasures(self, subject_ids: Sequence[str]) -> None:
        """Says what is gone from Redis."""
        await self._stub.FinishErasures(pb.FinishErasuresRequest(subject_ids=subject_ids))


def _saved_game(game: LiveGame, rows: Sequence[Row]) -> Plain:
    return {
        "game": {
            "game_id": game.game_id,
            "player_id": game.owner,
            "scenario_id": game.scenario_id,
            "pack_hash": game.pack_hash,
            "locale": game.locale,
            "seed": game.seed,
            "epoch": game.epoch,
            "number": game.number,
            "branch_id": game.branch_id,
            "depth": game.depth,
            "status": game.status,
            "ending_id": game.ending,
            "state": game.state,
            "state_hash": game.state_hash,
            "asked": game.asked,
            "create_time": _time(game.created_ms),
            "update_time": _time(game.updated_ms),
        },
        "rows": [_log_row(row) for row in rows],
        "traces": [_trace(row) for row in rows if row.trace],
    }


def _live_game(game: pb.GameSnapshot) -> LiveGame:
    return LiveGame(
        game_id=game.game_id,
        owner=game.player_id,
        scenario_id=game.scenario_id,
        pack_hash=game.pack_hash,
        locale=game.locale,
        seed=game.seed,
        epoch=game.epoch,
        number=game.number,
        persisted=game.number,
        branch_id=game.branch_id,
        depth=game.depth,
        status=pb.GameSnapshot.Status.Name(game.status),
        ending=game.ending_id,
        state=game.state,
        state_hash=game.state_hash,
        asked=game.asked,
        created_ms=game.create_time.ToMilliseconds(),
        updated_ms=game.update_time.ToMilliseconds(),
    )


def _log_row(row: Row) -> Plain:
    return {
        "game_id": row.game_id,
        "number": row.number,
        "parent": row.parent,
        "branch_id": row.branch_id,
        "depth": row.depth,
        "revision": row.revision,
        "request_id": row.key,
        "action_hash": bytes.fromhex(row.action_hash),
        "text": row.text,
        "record_json": canonical(row.record).decode(),
        "rule_hash": row.rule_hash,
        "state_hash": row.state_hash,
        "telling_json": canonical(row.telling).decode() if row.telling is not None else "",
        "create_time": _time(row.created_ms),
        "ending_id": row.record["ending"]["ending_id"] if row.record.get("ending") else "",
        "jump": "jump" in row.record,
    }


def _trace(row: Row) -> Plain:
    plain = {"number": row.number, **row.trace, "model_calls": [_model_call(one) for one in row.trace.get("calls", ())]}
    plain.pop("calls", None)
    return plain


def _model_call(call: Plain) -> Plain:
    made = {**call, "outcome": "OK", "create_time": _time(call["created_ms"])}
    del made["created_ms"]
    return made


def _time(milliseconds: int) -> Plain:
    return {"seconds": milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}


def _row(row: pb.LogRow) -> Row:
    return Row(
        game_id=row.game_id,
        number=row.number,
        parent=row.parent,
        branch_id=row.branch_id,
        depth=row.depth,
        revision=row.revision,
        key=row.request_id,
        action_hash=row.action_hash.hex(),
        text=row.text,
        record=orjson.loads(row.record_json),
        state_hash=row.state_hash,
        telling=orjson.loads(row.telling_json) if row.telling_json else None,
        created_ms=row.create_time.ToMilliseconds(),
    )
