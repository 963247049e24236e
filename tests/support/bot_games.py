"""Games that bots play, each held to what must be so of every game: it never fails, stays within its bounds, and can be replayed."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

import orjson

from services.game.packs.prover.search import Move
from services.game.packs.shorthand import spelt
from services.game.rules.admissible import admissible, is_possible
from services.game.rules.begin import begin, start
from services.game.rules.codec import (
    command_from_plain,
    command_to_plain,
    decode,
    encode,
    event_from_plain,
    event_to_plain,
    state_hash,
)
from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.decide import decide, dice_of, play
from services.game.rules.events import Event, EventKind
from services.game.rules.evolve import replay
from services.game.rules.nouns import Kind, Statistic
from services.game.rules.pack import Pack
from services.game.rules.state import GONE, PLAYER, State
from services.game.telling.answers import Line
from services.game.telling.lines import free_answer, refusal_lines
from services.game.telling.suggestions import label
from services.game.telling.template import template
from services.game.telling.view import view_of
from services.game.words.read import Ambiguous, Understood, read
from tests.support.bots import bot, followed
from tests.support.scenarios import Ways

_ASKED_IN_VAIN = 0.1
"""How likely anything at all is asked for before a turn."""
_READ_BACK = 0.05
"""How likely what a button says is read as if a player had written it."""
_FREE_TURNS_MAX = 100
"""How many turns in a row may take no time: one can look but at so much."""
_FIELDS = {
    **dict.fromkeys((Verb.USE, Verb.COMBINE, Verb.GIVE, Verb.SHOW, Verb.UNLOCK), ("object", "target")),
    **dict.fromkeys((Verb.TALK, Verb.PERSUADE, Verb.LIE), ("object", "topic")),
}
"""What a verb asks for besides, or instead of, an object alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a game came out; `middle` is a state that it went through, out of which it went on."""

    bot: str
    number: int
    turns: int
    ending: str
    middle: State


@dataclass(slots=True)
class _Game:
    pack: Pack
    seed: bytes
    dice: Random
    log: list[tuple[bytes, str | None, bytes, bytes]] = field(default_factory=list)
    """Of each turn the command, how it was taken, the events, the state after them, as they are stored."""


def play_game(pack: Pack, kind: str, number: int, seed: int, ways: Ways) -> Played:
    """Play the game of that number to its end. AssertionError: what must always be so, isn't. Its note, as any error's, says where."""
    dice = Random(f"{seed}/{pack.scenario_id}/{kind}/{number}")
    ending, stray = followed(ways, number) if kind == "follower" else ("", 1.0)
    game = _Game(pack, ways[ending].seed if ending else dice.randbytes(8), dice)
    asked: Move | None = None
    try:
        state, _ = begin(pack, game.seed)
        move, middle = bot(kind, pack, dice, ways, number), state
        while state.ending is None:
            assert_within_bounds(pack, state)
            _ask_in_vain(game, state)
            asked = move(state)
            before, state = state, _take(game, state, *asked)
            middle = before if dice.randrange(len(game.log)) == 0 else middle
            assert len(game.log) <= pack.days * (pack.slots_per_day + 1) + _FREE_TURNS_MAX, "the game does not end"
        _replay(game)
        if not stray:
            assert state.ending == ending, f"the way to {ending!r}, followed to the letter, came to {state.ending!r}"
    except Exception as error:
        spelt_move = "" if asked is None else f", {spelt(asked[0])!r} taken as {asked[1]}"
        error.add_note(f"{pack.scenario_id}: game {number} of {kind!r} with seed {seed}, turn {len(game.log)}{spelt_move}")
        raise
    return Played(bot=kind, number=number, turns=len(game.log), ending=state.ending, middle=middle)


def _take(game: _Game, state: State, command: Command, taken_as: str | None) -> State:
    """The state after the turn, which is logged; asked for again, told, and looked at."""
    pack = game.pack
    outcome = play(pack, state, command, taken_as)
    assert decide(pack, state, command, dice_of(state), taken_as) == outcome.events, "deciding twice gives two answers"
    for locale in pack.texts:
        if outcome.events:
            _assert_told(template(pack, state, outcome.events, outcome.state, locale))
        else:
            _assert_told(free_answer(pack, state, command, locale))
        view_of(pack, outcome.state, locale, len(game.log))
    if outcome.events:
        assert outcome.events[-1].kind is EventKind.TURN_TAKEN
        assert replay(pack, state, outcome.events) == outcome.state, "the events lead elsewhere than the turn"
        game.log.append(
            (_stored(command_to_plain(command)), taken_as, _stored([*map(event_to_plain, outcome.events)]), encode(outcome.state))
        )
    return outcome.state


def _stored(plain: object) -> bytes:
    return orjson.dumps(plain)


def _replay(game: _Game) -> None:
    """From the log alone: the events lead to the same hashes, and the commands, decided again, to the same events."""
    pack, state = game.pack, begin(game.pack, game.seed)[0]
    opening = begin(pack, game.seed)[1]
    assert replay(pack, start(pack, game.seed), opening) == state, "the opening leads elsewhere"
    encoded = encode(state)
    for number, (command, taken_as, events, after) in enumerate(game.log, start=1):
        happened = tuple(_events(events))
        again = decide(pack, decode(encoded), command_from_plain(orjson.loads(command)), dice_of(state), taken_as)
        assert again == happened, f"turn {number} is decided otherwise from what is stored"
        state = replay(pack, state, happened)
        encoded = encode(state)
        assert state_hash(encoded) == state_hash(after), f"turn {number} replays to another state"


def _events(stored: bytes) -> Iterator[Event]:
    return map(event_from_plain, orjson.loads(stored))


# ---- asking for what may be impossible


def _ask_in_vain(game: _Game, state: State) -> None:
    """Ask for anything at all: it is possible and listed, or refused in words. And read what a button says."""
    pack, dice = game.pack, game.dice
    if dice.random() < _ASKED_IN_VAIN:
        command = _anything(pack, dice)
        try:
            decide(pack, state, command, dice_of(state))
        except Refused as refused:
            for locale in pack.texts:
                _assert_told(refusal_lines(pack, refused, locale))
        else:
            listed = {_essence(state, each) for each in admissible(pack, state)}
            is_open = command.verb is Verb.UNLOCK and (command.code is not None or command.target is not None)
            assert is_open or _essence(state, command) in listed, f"{spelt(command)!r} can be done and is not listed"
    if dice.random() < _READ_BACK:
        for locale in pack.texts:
            command = dice.choice(admissible(pack, state))
            said = label(pack, command, locale)
            reading = read(said, pack, state, locale)
            readings = [choice.command for choice in reading.clarify.choices] if isinstance(reading, Ambiguous) else []
            readings += [reading.command] if isinstance(reading, Understood) else []
            assert command in readings, f"the button {said!r} ({locale}) for {spelt(command)!r} is read as {reading}"


def _anything(pack: Pack, dice: Random) -> Command:
    """A command of any verb about anything that the pack names, or that it doesn't."""
    named = [*pack.kinds, *(topic for person in pack.people.values() for topic in person.topics), PLAYER, GONE, "", "nonsense", None]
    verb = dice.choice(list(Verb))
    fields = {name: dice.choice(named) for name in _FIELDS.get(verb, ("object",))}
    clues = tuple(dice.sample([*pack.clues, "nonsense"], min(2, len(pack.clues)))) if verb is Verb.ACCUSE else ()
    return Command(verb=verb, code=dice.choice([None, "", "0000"]), clues=clues, **fields)


def _essence(state: State, command: Command) -> tuple[object, ...]:
    """What the command comes to, whichever way it is put."""
    thing = None if command.object == state.player.place else command.object
    essence = replace(command, object=thing, code=None, clues=())
    if command.verb in FREE_VERBS | {Verb.WAIT, Verb.SLEEP}:
        return (command.verb,)
    if command.verb is Verb.COMBINE:
        return command.verb, frozenset((command.object, command.target))
    if command.verb in (Verb.PERSUADE, Verb.LIE):
        return command.verb, command.object
    return essence.verb, essence.object, essence.target, essence.topic


# ---- what must be so


def _assert_told(lines: tuple[Line, ...]) -> None:
    assert lines, "nothing is said"
    assert all(line.text.strip() and "{" not in line.text for line in lines), lines


def assert_within_bounds(pack: Pack, state: State) -> None:
    """Every number is within its bounds, everything is in a place that there is, and the clock shows a time that there is."""
    assert 1 <= state.clock.day <= pack.days
    assert 1 <= state.clock.slot <= pack.slots_per_day
    assert state.player.place in pack.places
    assert state.player.hidden in ("", state.player.place, *pack.items)
    holders = {key for key, kind in pack.kinds.items() if kind in (Kind.PLACE, Kind.ITEM, Kind.PERSON)} | {PLAYER, GONE}
    assert {item.where for item in state.items.values()} <= holders
    assert all(person.place in (None, *pack.places) for person in state.people.values())
    _assert_numbers(pack.statistics, state.player.statistics)
    _assert_numbers(pack.variables, state.variables)
    for key, person in state.people.items():
        _assert_numbers(pack.people[key].statistics, person.statistics)
    assert all(not condition.until or condition.until > state.meta.turn for condition in state.conditions.values())
    assert state.found <= set(pack.items)
    assert is_possible(pack, state, Command(verb=Verb.WAIT)) or any(c.verb not in FREE_VERBS for c in admissible(pack, state)), "stuck"


def _assert_numbers(declared: dict[str, Statistic], known: dict[str, int]) -> None:
    assert set(declared) == set(known)
    assert all(declared[key].minimum <= number <= declared[key].maximum for key, number in known.items()), known
