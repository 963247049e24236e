"""What to try now: the commands that are possible, in a sensible order, and what their buttons say."""

from services.game.packs.lines import name_of
from services.game.packs.particles import render
from services.game.rules.admissible import admissible
from services.game.rules.commands import FREE_VERBS, Command, Verb
from services.game.rules.pack import Pack
from services.game.rules.state import State, topic_key
from services.game.rules.verbs.things import was_examined

_NEW, _DEED, _TALK, _WAY, _ASIDE, _AGAIN, _FREE = range(7)

_RANKS = {
    Verb.SEARCH: _DEED,
    Verb.TAKE: _DEED,
    Verb.UNLOCK: _DEED,
    Verb.OPEN: _DEED,
    Verb.USE: _DEED,
    Verb.COMBINE: _DEED,
    Verb.TALK: _TALK,
    Verb.MOVE: _WAY,
}


def suggested(pack: Pack, state: State) -> tuple[Command, ...]:
    """Every command that can be done now (codes to type in aside): what is new first, then deeds, talk, ways, and the free verbs last."""
    return tuple(sorted(admissible(pack, state), key=lambda command: _rank(state, command)))


def label(pack: Pack, command: Command, locale: str) -> str:
    """What the command's button says, in words that the parser reads back as the command."""
    key = next(key for key in _label_keys(command) if pack.has_text(key))
    params = {"code": command.code or ""}
    for name in ("object", "target"):
        named = getattr(command, name)
        params[name] = name_of(pack, named, locale) if named else ""
    if command.topic and command.object:
        params["topic"] = pack.text(f"{pack.topic_path(command.object, command.topic)}.name", locale)
    params["clues"] = ", ".join(pack.name(clue, locale) for clue in command.clues)
    return render(pack.text(key, locale), params, locale)


def _label_keys(command: Command) -> list[str]:
    own = f"action.{command.verb}"
    present = [name for name in ("code", "clues", "topic", "target", "object") if getattr(command, name)]
    return [*(f"{own}.{name}" for name in present), own]


def _rank(state: State, command: Command) -> int:
    named = command.object or ""
    if command.verb in FREE_VERBS:
        return _FREE
    if command.verb is Verb.EXAMINE:
        return _AGAIN if was_examined(state, named) else _NEW
    if command.verb is Verb.READ:
        return _AGAIN if named in state.read else _NEW
    if command.verb is Verb.TALK and _was_said(state, command):
        return _AGAIN
    return _RANKS.get(command.verb, _ASIDE)


def _was_said(state: State, command: Command) -> bool:
    person = command.object or ""
    return (person if command.topic is None else topic_key(person, command.topic)) in state.talked
