"""Replaying a game: every row of its log recomputed, and whatever comes out otherwise than it is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.game.opening import opened
from services.game.rules import codec
from services.game.rules.commands import Refused
from services.game.rules.decide import play
from services.game.rules.evolve import Undeclared, replay
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.stored import OPENING_PARENT, LiveGame, Row, decompress


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay came to. `states` has the state after each row, by its events alone; `differences` are sentences.

    `strayed`: the game does not stand where its log leads.
    """

    rows: int
    differences: tuple[str, ...]
    states: Mapping[int, State]
    strayed: bool


def replayed(pack: Pack, game: LiveGame, rows: Mapping[int, Row]) -> Replayed:
    """Replays the whole log, on all its branches, and compares the live game with it."""
    states: dict[int, State] = {}
    differences = [said for number in sorted(rows) for said in _row(pack, game.seed, rows, number, states)]
    differences += _holes(rows, game.number)
    strayed = list(_strayed(game, rows, states.get(game.number)))
    return Replayed(rows=len(rows), differences=(*differences, *strayed), states=states, strayed=bool(strayed))


def _row(pack: Pack, seed: str, rows: Mapping[int, Row], number: int, states: dict[int, State]) -> Iterator[str]:
    row = rows[number]
    if row.parent == OPENING_PARENT:
        states[number], decided = opened(pack, seed)
    elif row.parent in states:
        before = states[row.parent]
        try:
            states[number] = replay(pack, before, [codec.event_from_plain(event) for event in row.record["events"]])
        except (Undeclared, KeyError, TypeError, ValueError) as wrong:
            yield f"turn {number}: its events can't be replayed: {wrong!r}"
            return
        if "jump" in row.record:
            decided = ()
        else:
            try:
                decided = play(pack, before, codec.command_from_plain(row.record["command"]), row.record.get("label")).events
            except Refused as refused:
                yield f"turn {number}: the rules refuse its command: {refused}"
                decided = None
    else:
        yield f"turn {number}: it follows turn {row.parent}, which can't be replayed"
        return
    if decided is not None and [codec.event_to_plain(event) for event in decided] != row.record["events"]:
        yield f"turn {number}: the rules decide other events than are stored"
    if codec.state_hash(states[number]) != row.state_hash:
        yield f"turn {number}: its events lead to another state than is stored: {_short(states[number])}, not {row.state_hash.hex()[:16]}"


def _holes(rows: Mapping[int, Row], last: int) -> Iterator[str]:
    missing = sorted(set(range(last + 1)) - rows.keys())
    if missing:
        yield f"the log lacks {', '.join(f'turn {number}' for number in missing[:10])}{' and more' if missing[10:] else ''}"


def _strayed(game: LiveGame, rows: Mapping[int, Row], state: State | None) -> Iterator[str]:
    head = rows.get(game.number)
    if head is not None and (head.branch_id, head.depth) != (game.branch_id, game.depth):
        yield f"the game stands on branch {game.branch_id} at depth {game.depth}, turn {head.number} on {head.branch_id} at {head.depth}"
    if state is not None and codec.state_hash(decompress(game.state)) != codec.state_hash(state):
        yield f"the state that is played is not the one that the log leads to: {_short(state)}"


def _short(state: State) -> str:
    return codec.state_hash(state).hex()[:16]
