from collections import deque
from collections.abc import Iterator

import pytest

from services.game.packs.compiler import compile_pack
from services.game.packs.prover.prove import prove
from services.game.packs.prover.report import Code, Report
from services.game.rules.admissible import admissible
from services.game.rules.begin import begin
from services.game.rules.cast import LABELS
from services.game.rules.commands import FREE_VERBS, Command
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.rules.verbs.speech import WORDED_VERBS
from tests.support.random_packs import RandomPack

SEEDS = (0, 4, 7, 11, 19, 31, 104)
STATES_MAX = 6_000


def what_matters(state: State) -> object:
    """The state with nothing left out but how many turns it took; conditions by how long they last from now."""
    conditions = tuple(
        sorted((key, known.until and known.until - state.meta.turn, known.strength) for key, known in state.conditions.items())
    )
    parts = [
        tuple(sorted(part.items())) if isinstance(part, dict) else part
        for part in state._replace(meta=None, conditions=None, clues=None, people=None, player=None)  # type: ignore[arg-type] # put below
    ]
    people = tuple((who, known._replace(statistics=None), tuple(known.statistics.items())) for who, known in sorted(state.people.items()))  # type: ignore[arg-type] # put beside
    player = (state.player.place, state.player.hidden, tuple(state.player.statistics.items()))
    return (*parts, conditions, frozenset(state.clues), people, player)


def commands(pack: Pack, state: State) -> Iterator[tuple[Command, str | None]]:
    for command in admissible(pack, state):
        if command.verb not in FREE_VERBS:
            yield command, None
            if command.verb in WORDED_VERBS and command.object is not None:
                yield from ((command, label) for label in LABELS if label in pack.people[command.object].labels)


def explored(pack: Pack) -> set[str] | None:
    """The endings that can be come to, by trying everything; None where there is too much of it."""
    first = begin(pack, b"maratang")[0]
    known, open_, endings = {what_matters(first)}, deque([first]), set[str]()
    while open_:
        state = open_.popleft()
        if state.ending is not None:
            endings.add(state.ending)
            continue
        for command, label in commands(pack, state):
            after = play(pack, state, command, label).state
            key = what_matters(after)
            if key not in known:
                known.add(key)
                open_.append(after)
        if len(known) > STATES_MAX:
            return None
    return endings


def unreachable(report: Report, pack: Pack) -> set[str]:
    """The endings of which the report says that nobody can come to them."""
    told = {finding.about for finding in report.findings if finding.code is not Code.UNDECIDED}
    reached = {name for kind, name in report.witnesses if kind == "ending"}
    undecided = {name for kind, name in report.undecided if kind == "ending"}
    return set(pack.endings) - reached - undecided if told or report.is_whole else set()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_prover_says_of_endings_is_what_trying_everything_shows(seed: int):
    pack = compile_pack(RandomPack(seed).files())
    truth = explored(pack)
    if truth is None:
        return
    report = prove(pack, seconds=10)
    reached = {name for kind, name in report.witnesses if kind == "ending"}
    assert reached <= truth
    assert unreachable(report, pack) & truth == set()
