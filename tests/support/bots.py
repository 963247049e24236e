"""Players made of dice: each takes turns in a way of its own, the same for the same dice."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from services.game.packs.prover.search import Move
from services.game.rules.admissible import admissible, is_possible
from services.game.rules.commands import FREE_VERBS, Command, Verb
from services.game.rules.decide import play
from services.game.rules.nouns import LockKind
from services.game.rules.pack import Pack
from services.game.rules.sight import is_perceived
from services.game.rules.state import State
from services.game.rules.verbs.speech import WORDED_VERBS
from tests.support.scenarios import Ways

Bot = Callable[[State], Move]
"""Says what is to be done in a state in which the game goes on."""
BOTS = ("random", "greedy", "contrary", "follower")

_SLEEP_WEIGHT = 0.05
"""Of a common deed's weight: sleeping spends a whole day."""
_CONTRARY_WEIGHTS = {
    Verb.DROP: 6, Verb.CLOSE: 6, Verb.GIVE: 8, Verb.ACCUSE: 3, Verb.LIE: 6, Verb.PERSUADE: 4, Verb.USE: 3, Verb.COMBINE: 3, Verb.UNLOCK: 4,
    Verb.MOVE: 2, Verb.SLEEP: 0.3,
}  # fmt: skip
_UNKIND = ("insulted", "threatened", "suspicious")
_STRAYS = (0.0, 0.05, 0.15, 0.3)
"""How likely a follower leaves the way in a turn: each in its turn."""


def bot(kind: str, pack: Pack, dice: Random, ways: Ways, number: int) -> Bot:
    """A player of that kind; the number, of the game, says which way a follower follows, and how faithfully."""
    match kind:
        case "random":
            return partial(_at_random, pack, dice)
        case "greedy":
            return partial(_greedily, pack, dice)
        case "contrary":
            return partial(_contrarily, pack, dice)
        case _:
            ending, stray = followed(ways, number)
            return partial(_along, pack, dice, iter(ways[ending].moves), stray)


def followed(ways: Ways, number: int) -> tuple[str, float]:
    """The ending that a follower makes for in the game of that number, and how likely they leave the way in a turn."""
    endings = sorted(ways)
    return endings[number % len(endings)], _STRAYS[number // len(endings) % len(_STRAYS)]


def deeds(pack: Pack, state: State) -> list[Command]:
    """What can be done and is more than asking."""
    return [command for command in admissible(pack, state) if command.verb not in FREE_VERBS]


def _at_random(pack: Pack, dice: Random, state: State) -> Move:
    choices = [*deeds(pack, state), *_tries(pack, state, dice)]
    command = dice.choices(choices, [_SLEEP_WEIGHT if each.verb is Verb.SLEEP else 1 for each in choices])[0]
    return command, dice.choice(_labels(pack, command))


def _greedily(pack: Pack, dice: Random, state: State) -> Move:
    """What brings the most that is new; where nothing does, on to somewhere else."""
    choices = deeds(pack, state)
    dice.shuffle(choices)
    gains = [_gain(state, play(pack, state, command).state) for command in choices if command.verb is not Verb.SLEEP]
    best = max(gains, default=0)
    if best > 0:
        command = [each for each in choices if each.verb is not Verb.SLEEP][gains.index(best)]
    else:
        ways = [each for each in choices if each.verb in (Verb.MOVE, Verb.WAIT, Verb.FOLLOW, Verb.LISTEN)]
        command = dice.choice(ways or choices)
    return command, dice.choice(_labels(pack, command))


def _gain(before: State, after: State) -> int:
    """How much of what is after was not there before, clues first. An ending is no gain: it leaves nothing to be found."""
    if after.ending is not None:
        return -1
    unlocked = sum(lock.locked and not after.locks[key].locked for key, lock in before.locks.items())
    new = sum(len(getattr(after, name)) - len(getattr(before, name)) for name in ("found", "visited", "read", "talked", "fired"))
    looked = len(after.examined | after.searched) - len(before.examined | before.searched)
    return 20 * (len(after.clues) - len(before.clues)) + 10 * unlocked + 4 * new + 2 * looked


def _contrarily(pack: Pack, dice: Random, state: State) -> Move:
    """What undoes, gives away, wastes, breaks, offends."""
    choices = [*deeds(pack, state), *_tries(pack, state, dice)]
    command = dice.choices(choices, [_CONTRARY_WEIGHTS.get(each.verb, 1) for each in choices])[0]
    labels = _labels(pack, command)
    return command, dice.choice([label for label in labels if label in _UNKIND] or labels)


def _along(pack: Pack, dice: Random, way: Iterator[Move], stray: float, state: State) -> Move:
    """The next step of the way that is possible; now and then, and where the way ends, something else."""
    if dice.random() >= stray:
        for command, label in way:
            if is_possible(pack, state, command):
                return command, label
    return _at_random(pack, dice, state)


def _labels(pack: Pack, command: Command) -> list[str | None]:
    """How a model could take the words of the command."""
    if command.verb not in WORDED_VERBS or command.object is None:
        return [None]
    return [None, *pack.people[command.object].labels]


def _tries(pack: Pack, state: State, dice: Random) -> list[Command]:
    """At locks: a wrong code, the right one, a key spelt out. `admissible` lists none of these."""
    tries = []
    for lock in pack.locks.values():
        if state.locks[lock.lock_id].locked and is_perceived(pack, state, lock.on):
            if lock.kind is LockKind.CODE:
                tries += [Command(verb=Verb.UNLOCK, object=lock.on, code=code) for code in (str(dice.randrange(10_000)), lock.code)]
            if lock.kind is LockKind.KEY:
                tries += [Command(verb=Verb.UNLOCK, object=lock.on, target=key) for key in lock.keys]
    return [command for command in tries if is_possible(pack, state, command)]
