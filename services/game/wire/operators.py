"""What operators ask and are answered."""

import uuid
from collections.abc import Sequence

from maratang.game.v1 import admin_service_pb2 as pb
from maratang.game.v1 import game_pb2

from services.chassis import errors
from services.chassis.errors import Violation
from services.chassis.timestamps import timestamp, timestamp_of_ms
from services.game.operating import Inspection, Mended
from services.game.replaying import Replayed
from services.game.wire.requests import KEY_MAX, PAGE_DEFAULT, PAGE_MAX

REASON_MAX = 500

_Changing = pb.SuspendGameRequest | pb.RequeueGameRequest | pb.RepairGameRequest | pb.ForkGameRequest


def page(request: pb.ListLiveGamesRequest) -> tuple[int, tuple[int, str] | None]:
    """How many games to list, and behind which."""
    if not 0 <= request.page_size <= PAGE_MAX:
        raise errors.invalid([Violation("pageSize", f"is not between 1 and {PAGE_MAX}")])
    at, _, game_id = request.page_token.partition(":")
    if request.page_token and not (at.isascii() and at.isdigit() and game_id):
        raise errors.invalid([Violation("pageToken", "is not from a page before: begin without one")])
    return request.page_size or PAGE_DEFAULT, (int(at), game_id) if request.page_token else None


def live(found: Sequence[Inspection], following: tuple[int, str] | None) -> pb.ListLiveGamesResponse:
    """A page of live games."""
    return pb.ListLiveGamesResponse(
        games=[inspection(one) for one in found], next_page_token=f"{following[0]}:{following[1]}" if following else ""
    )


def why(request: _Changing) -> tuple[str, str]:
    """Why an operator changes something, and the key. Raises Invalid: there is no reason given."""
    wrong = []
    if not request.reason.strip() or len(request.reason) > REASON_MAX or "\x00" in request.reason:
        wrong.append(Violation("reason", f"is required: 1 to {REASON_MAX} characters for the audit"))
    if len(request.request_id) > KEY_MAX or "\x00" in request.request_id:
        wrong.append(Violation("requestId", f"has at most {KEY_MAX} characters"))
    if wrong:
        raise errors.invalid(wrong)
    return request.reason.strip(), request.request_id


def copy_asked(request: pb.ForkGameRequest) -> tuple[int, str]:
    """The turn to copy up to, and whose the copy is."""
    wrong = []
    if request.turn < 0:
        wrong.append(Violation("turn", "is negative"))
    try:
        player_id = str(uuid.UUID(request.player_id))
    except ValueError:
        player_id = ""
        wrong.append(Violation("playerId", "is no player's id: sign in as a guest and send its playerId, then play the copy as that guest"))
    if wrong:
        raise errors.invalid(wrong)
    return request.turn, player_id


def inspection(found: Inspection) -> pb.GameInspection:
    """What is known of a game."""
    game = found.game
    return pb.GameInspection(
        game_id=game.game_id,
        player_id=game.owner,
        turn=game.number,
        persisted_turn=game.persisted,
        epoch=game.epoch,
        fence=found.fence,
        lease_end_time=timestamp(found.lease_end_time) if found.lease_end_time else None,
        status=game_pb2.Game.Status.Value(game.status),
        scenario_id=game.scenario_id,
        pack_hash=game.pack_hash,
        branch_id=game.branch_id,
        unwritten_turns=found.unwritten,
        update_time=timestamp_of_ms(game.updated_ms),
    )


def report(game_id: str, found: Replayed) -> pb.ReplayReport:
    """What a replay found."""
    return pb.ReplayReport(game_id=game_id, rows=found.rows, differences=found.differences)


def repair(game_id: str, mended: Mended) -> pb.ReplayReport:
    """What a repair found and did."""
    done = report(game_id, mended.replay)
    if mended.number is not None:
        done.repaired_turn = mended.number
    return done
