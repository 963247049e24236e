"""The canonical written form of states, events and commands: JSON with sorted keys, integers and no floats."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson

from services.game.rules.commands import Command, Verb
from services.game.rules.events import Event, EventKind
from services.game.rules.state import (
    Clock,
    ClueState,
    ConditionState,
    DayPhase,
    ItemState,
    LockState,
    Meta,
    PersonState,
    Player,
    State,
    Status,
)

Plain = dict[str, Any]  # Any: what JSON can hold, nested
"""A JSON object."""

_SETS = ("opened", "found", "examined", "searched", "read", "visited", "talked", "fired")
_HASH_BYTES = 32


def encode(state: State) -> bytes:
    """The canonical bytes of the state: equal states give equal bytes, on any machine."""
    return _canonical(state_to_plain(state))


def decode(encoded: bytes) -> State:
    """The state that `encode` wrote. KeyError, TypeError or ValueError: the bytes are of no state of this rules version."""
    plain: Plain = orjson.loads(encoded)
    people = plain["people"]
    return State(
        meta=Meta(**plain["meta"]),
        clock=Clock(**{**plain["clock"], "phase": DayPhase(plain["clock"]["phase"])}),
        player=Player(**plain["player"]),
        items={key: ItemState(**value) for key, value in plain["items"].items()},
        locks={key: LockState(**value) for key, value in plain["locks"].items()},
        people={
            key: PersonState(**{**value, "status": Status(value["status"]), "knows": frozenset(value["knows"])})
            for key, value in people.items()
        },
        flags=plain["flags"],
        variables=plain["variables"],
        clues={key: ClueState(**value) for key, value in plain["clues"].items()},
        dawn=plain["dawn"],
        conditions={key: ConditionState(**value) for key, value in plain["conditions"].items()},
        due=plain["due"],
        ending=plain["ending"],
        **{name: frozenset(plain[name]) for name in _SETS},
    )


def state_hash(state: State | bytes) -> bytes:
    """BLAKE2b-256 of the state's canonical bytes (32 bytes)."""
    return blake2b(state if isinstance(state, bytes) else encode(state), digest_size=_HASH_BYTES).digest()


def action_hash(text: str = "", command: Command | None = None) -> bytes:
    """BLAKE2b-256 of what a player asked for: their words, or a command (32 bytes)."""
    plain = {"command": None if command is None else command_to_plain(command), "text": text}
    return blake2b(_canonical(plain), digest_size=_HASH_BYTES).digest()


def state_to_plain(state: State) -> Plain:
    """The state as a JSON object; sets become sorted lists."""
    return {
        "meta": state.meta._asdict(),
        "clock": {"day": state.clock.day, "slot": state.clock.slot, "phase": state.clock.phase.value},
        "player": {"place": state.player.place, "statistics": dict(state.player.statistics), "hidden": state.player.hidden},
        "items": {key: {"where": where, "state": word} for key, (where, word) in state.items.items()},
        "locks": {
            key: {"locked": locked, "failures": failures, "progress": progress} for key, (locked, failures, progress) in state.locks.items()
        },
        "people": {key: _person_to_plain(person) for key, person in state.people.items()},
        "flags": dict(state.flags),
        "variables": dict(state.variables),
        "clues": {key: {"turn": clue.turn, "source": clue.source} for key, clue in state.clues.items()},
        "dawn": dict(state.dawn),
        "conditions": {key: condition._asdict() for key, condition in state.conditions.items()},
        "due": dict(state.due),
        "ending": state.ending,
        **{name: sorted(getattr(state, name)) for name in _SETS},
    }


def event_to_plain(event: Event) -> Plain:
    """The event as a JSON object; what is absent is left out."""
    plain: Plain = {"kind": event.kind.value}
    for name in ("subject", "object", "place", "value", "text"):
        value = getattr(event, name)
        if value is not None:
            plain[name] = value
    if event.hidden:
        plain["hidden"] = True
    return plain


def event_from_plain(plain: Mapping[str, Any]) -> Event:  # Any: a JSON object
    """The event that `event_to_plain` wrote. KeyError, TypeError or ValueError: it is none."""
    return Event(**{**plain, "kind": EventKind(plain["kind"])})


def command_to_plain(command: Command) -> Plain:
    """The command as a JSON object; what is absent is left out."""
    plain: Plain = {"verb": command.verb.value}
    for name in ("object", "target", "topic", "code"):
        value = getattr(command, name)
        if value is not None:
            plain[name] = value
    if command.clues:
        plain["clues"] = list(command.clues)
    return plain


def command_from_plain(plain: Mapping[str, Any]) -> Command:  # Any: a JSON object
    """The command that `command_to_plain` wrote. KeyError, TypeError or ValueError: it is none."""
    return Command(**{**plain, "verb": Verb(plain["verb"]), "clues": tuple(plain.get("clues", ()))})


def _person_to_plain(person: PersonState) -> Plain:
    return {
        "place": person.place,
        "status": person.status.value,
        "phase": person.phase,
        "mood": person.mood,
        "statistics": dict(person.statistics),
        "knows": sorted(person.knows),
        "noticed": person.noticed,
    }


def _canonical(plain: Plain) -> bytes:
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
