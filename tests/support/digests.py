"""Digests of games by bots and of all that is said in them: `python -m tests.support.digests` prints the same wherever it runs."""

import sys
from collections.abc import Iterator
from hashlib import blake2b
from random import Random

from services.game.packs.prover.search import Move
from services.game.rules.admissible import admissible
from services.game.rules.begin import begin
from services.game.rules.codec import decode, encode, state_hash
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.telling.prompt import prompt
from services.game.telling.suggestions import label, suggested
from services.game.telling.template import template
from services.game.telling.view import clues_of, known_places, people_of, view_of
from services.game.words.choice import question
from services.game.words.read import read
from tests.support.bots import bot
from tests.support.scenarios import NAMES, scenario

_BOTS = ("random", "contrary")
_GAMES = 1


def digests() -> Iterator[str]:
    """A line for each game of each pack: what its states, its events, its commands, its texts and its readings come to."""
    for name in NAMES:
        pack, _ = scenario(name)
        yield f"{name} {pack.pack_hash}"
        for kind in _BOTS:
            for number in range(_GAMES):
                yield f"{name} {kind} {number} {' '.join(_game(pack, kind, number))}"


def _game(pack: Pack, kind: str, number: int) -> list[str]:
    dice = Random(f"{kind} {number}")
    state, _ = begin(pack, dice.randbytes(8))
    move = bot(kind, pack, dice, {}, number)
    whole: dict[str, list[object]] = {}
    while state.ending is None:
        asked = move(state)
        for about, said in _turn(pack, state, asked).items():
            whole.setdefault(about, []).append(said)
        # As if another process went on with it.
        state = decode(encode(play(pack, state, *asked).state))
    return [f"{about}={blake2b(repr(said).encode(), digest_size=8).hexdigest()}" for about, said in whole.items()]


def _turn(pack: Pack, state: State, asked: Move) -> dict[str, object]:
    command, _ = asked
    events, after = play(pack, state, *asked)
    said = {locale: label(pack, command, locale) for locale in pack.texts}
    told = {locale: template(pack, state, events, after, locale) for locale in pack.texts}
    return {
        "states": state_hash(after).hex(),
        "events": events,
        "commands": (admissible(pack, after), suggested(pack, after)),
        "texts": [
            (
                told[locale],
                view_of(pack, after, locale, 1),
                known_places(pack, after, locale),
                clues_of(pack, after, locale),
                people_of(pack, after, locale),
                prompt(pack, command, said[locale], told[locale], after, (), locale),
                question(pack, state, said[locale], locale),
            )
            for locale in pack.texts
        ],
        "readings": [read(said[locale][: len(said[locale]) - cut], pack, state, locale) for locale in pack.texts for cut in (0, 1, 3)],
    }


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in digests())
