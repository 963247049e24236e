"""Ways to things, held against the rules themselves, and made shorter."""

from collections.abc import Iterator, Sequence

from services.game.packs.prover.goals import Goal
from services.game.packs.prover.search import SEED, Move, Out
from services.game.rules.begin import begin
from services.game.rules.commands import Command, Refused, Verb
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State


def replayed(pack: Pack, moves: Sequence[Move], goal: Goal) -> tuple[Move, ...] | None:
    """The moves as far as the goal, as the rules play them; None where they don't lead there."""
    state, _ = begin(pack, SEED)
    if goal.is_in(state):
        return ()
    for number, (command, label) in enumerate(moves, start=1):
        try:
            state = play(pack, state, command, label).state
        except Refused:
            return None
        if goal.is_in(state):
            return tuple(moves[:number])
    return None


def passed(pack: Pack, moves: Sequence[Move]) -> Iterator[tuple[State, tuple[Move, ...]]]:
    """The states that the moves pass through, each with the moves that lead to it, as far as the rules let them."""
    state, _ = begin(pack, SEED)
    for number, (command, label) in enumerate(moves, start=1):
        try:
            state = play(pack, state, command, label).state
        except Refused:
            return
        yield state, tuple(moves[:number])


def shortened(pack: Pack, moves: tuple[Move, ...], goal: Goal, out: Out) -> tuple[Move, ...]:
    """Moves that still lead to the goal, with none among them that can be left out, as far as the time goes."""
    size = max(1, len(moves) // 2)
    while size and not out():
        start = 0
        while start < len(moves) and not out():
            fewer = replayed(pack, moves[:start] + moves[start + size :], goal)
            if fewer is not None and len(fewer) < len(moves):
                moves = fewer
            else:
                start += size
        size //= 2
    return moves


def slots_of(pack: Pack, moves: Sequence[Move]) -> int:
    """How many slots of the game the moves take; nights take none."""
    state, _ = begin(pack, SEED)
    for command, label in moves:
        before, state = state, play(pack, state, command, label).state
        if state.ending is not None:
            state = before if state.clock == before.clock else state
            break
    return (state.clock.day - 1) * pack.slots_per_day + state.clock.slot - 1


def waited_out(pack: Pack, goal: Goal) -> tuple[Move, ...] | None:
    """Doing nothing until the game is over, if that leads to the goal; by day, sleeping where that can be done."""
    for verbs in ((Verb.SLEEP, Verb.WAIT), (Verb.WAIT,)):
        moves: list[Move] = []
        state, _ = begin(pack, SEED)
        while state.ending is None and len(moves) <= pack.days * (pack.slots_per_day + 2):
            for verb in verbs:
                try:
                    state = play(pack, state, Command(verb=verb)).state
                except Refused:
                    continue
                moves.append((Command(verb=verb), None))
                break
            else:
                break
        if goal.is_in(state):
            return tuple(moves)
    return None
