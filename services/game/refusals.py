"""Why a game is not what its caller takes it for: the failures that its use cases share."""

from collections.abc import Sequence
from datetime import timedelta

from services.chassis import errors
from services.game.adapters.redis_connection import store_full


def no_such_game(game_id: str) -> errors.NotFound:
    """The failure for a game that does not exist, or not for this caller: the two look the same from outside."""
    return errors.NotFound("GAME_NOT_FOUND", "there is no such game among yours", metadata={"gameId": game_id})


def store_changed() -> errors.Unavailable:
    """The failure where Redis lost, in the midst of a call, what it had been given: nothing is known to be missing for good."""
    return errors.Unavailable("STORE_UNAVAILABLE", "the live store has just changed: try again", retry_after=timedelta(seconds=1))


def no_such_turn(game_id: str, number: int) -> errors.NotFound:
    """The failure for a number that the game has not reached."""
    return errors.NotFound("TURN_NOT_FOUND", f"the game has no turn {number}", metadata={"gameId": game_id, "turn": str(number)})


def stale(number: int, expected: int) -> errors.Conflict:
    """The failure of expecting another number than the game has."""
    return errors.Conflict(
        "STALE_TURN",
        f"the game is at turn {number}, not {expected}: read it again",
        metadata={"turn": str(number), "expectedTurn": str(expected)},
    )


def refused(game_id: str, answer: Sequence[bytes]) -> errors.Failure:
    """The failure that a script's answer is, where it stores nothing."""
    match answer[0]:
        case b"BUSY":
            wait = timedelta(milliseconds=min(max(int(answer[1]), 100), 1000))
            about = {"gameId": game_id}
            return errors.Conflict("GAME_BUSY", "another action of this game is being decided", metadata=about, retry_after=wait)
        case b"CLOSED":
            return _closed(game_id, answer[1].decode(), answer[2].decode())
        case b"LIMITED":
            return too_fast(game_id, timedelta(milliseconds=int(answer[1])))
        case b"FULL":
            return store_full()
        case b"UNSEEN" | b"ABSENT":  # it is loaded, or known to be nowhere, before a script is asked
            return store_changed()
        case _:
            return no_such_game(game_id)


def ended(game_id: str, ending: str) -> errors.Conflict:
    """The failure of a game that has come to its ending."""
    about = {"gameId": game_id, "endingId": ending}
    return errors.Conflict("GAME_ENDED", "the game has ended: begin another, or branch from before its end", metadata=about)


def too_fast(game_id: str, wait: timedelta) -> errors.Exhausted:
    """The failure of turns that come faster than they may."""
    return errors.Exhausted("TURN_RATE_LIMITED", "turns come too fast: wait a moment", metadata={"gameId": game_id}, retry_after=wait)


def key_mismatch(key: str) -> errors.Invalid:
    """The failure of using an idempotency key for two things."""
    return errors.Invalid("KEY_MISMATCH", "this idempotency key was used for another action: take a new key", metadata={"key": key})


def _closed(game_id: str, status: str, ending: str) -> errors.Conflict:
    about = {"gameId": game_id}
    match status:
        case "DIVERGED":
            return errors.Conflict("GAME_DIVERGED", "the game is stopped until an operator has looked at it", metadata=about)
        case "SUSPENDED":
            return errors.Conflict("GAME_SUSPENDED", "the game is suspended", metadata=about)
        case _:
            return ended(game_id, ending)


def banned() -> errors.Denied:
    """The failure of whoever is banned."""
    return errors.Denied("PLAYER_BANNED", "this player is banned: ask the operator")
