"""The path through a game's log that leads to a row, and what the rows on it make of the game."""

from collections.abc import Mapping, Sequence

from services.chassis import errors
from services.game.opening import opened
from services.game.rules import codec
from services.game.rules.evolve import replay
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.stored import OPENING_PARENT, Row


def path_to(rows: Mapping[int, Row], number: int) -> list[Row]:
    """The rows from the opening to that number, each the parent of the next. Raises Internal: the log has a hole."""
    path: list[Row] = []
    while number != OPENING_PARENT:
        if number not in rows:
            raise errors.Internal("INTERNAL", f"the log has no row {number}")
        path.append(rows[number])
        number = rows[number].parent
    return path[::-1]


def state_after(pack: Pack, seed: str, path: Sequence[Row]) -> State:
    """The state after a path's last row, from its events alone. Raises Internal: it is not the state that was stored."""
    state, _ = opened(pack, seed)
    for row in path[1:]:
        state = replay(pack, state, [codec.event_from_plain(event) for event in row.record["events"]])
    if codec.state_hash(state) != path[-1].state_hash:
        raise errors.Internal("INTERNAL", f"the log does not lead to the state of row {path[-1].number}")
    return state
