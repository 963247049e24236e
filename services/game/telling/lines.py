"""The plain lines: what happened and what is so, in the pack's own words, exactly the facts."""

from collections.abc import Callable, Iterable

from services.game.packs.lines import line, refusal
from services.game.packs.particles import render
from services.game.rules.commands import Command, Refused, Verb
from services.game.rules.events import Event, EventKind
from services.game.rules.pack import Pack
from services.game.rules.sight import exits_here, inventory, items_here, people_here, sees_item
from services.game.rules.state import State
from services.game.rules.verbs.things import description_of
from services.game.telling.answers import Ending, Line, VisibleEvent
from services.game.telling.view import actions_of, bare_name, clues_of, description, known_places, turns_of, view_of

_ARRIVALS = frozenset({EventKind.BEGAN, EventKind.MOVED})


def lines_of(pack: Pack, before: State, events: Iterable[Event], after: State, locale: str) -> tuple[Line, ...]:
    """What the player may know of the events, line by line; nothing for what needs no words.

    Coming into a place, what can be seen there is told as well; elsewhere, what has come in sight.
    """
    lines: list[Line] = []
    told: set[str] = set()
    arrived = False
    for event in events:
        if event.hidden:
            continue
        arrived = arrived or (event.kind in _ARRIVALS and event.subject is None)
        told |= {named for named in (event.object, event.subject) if named is not None}
        lines += _spoken(line(pack, event, locale), event.speaker)
    if after.ending is not None:
        lines += _spoken(pack.text(f"ending.{after.ending}.epilogue", locale))
    elif arrived:
        lines += _surroundings(pack, after, locale)
    else:
        said = " ".join(each.text for each in lines).casefold()
        lines += _come_in_sight(pack, before, after, told, said, locale)
    return tuple(lines)


def opening_lines(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    """How the story opens, and what can be seen where it does."""
    return (*_spoken(pack.text("pack.opening", locale)), *_surroundings(pack, state, locale))


def free_answer(pack: Pack, state: State, command: Command, locale: str) -> tuple[Line, ...]:
    """The answer to a command that changes nothing: a free verb, or looking at or reading something again. Never empty."""
    if command.verb is Verb.EXAMINE and command.object is not None:
        return _spoken(pack.text(description_of(pack, state, command.object), locale))
    if command.verb is Verb.READ and command.object is not None:
        return _spoken(pack.text(f"{pack.path(command.object)}.read", locale))
    return _REPORTS.get(command.verb, _look)(pack, state, locale)


def refusal_lines(pack: Pack, refused: Refused, locale: str) -> tuple[Line, ...]:
    """Why it can't be done."""
    return _spoken(refusal(pack, refused, locale))


def visible_events(events: Iterable[Event]) -> tuple[VisibleEvent, ...]:
    """The events as far as the player may know them."""
    return tuple(
        VisibleEvent(
            kind=event.kind,
            subject=event.subject,
            object=event.object,
            place=event.place,
            value=None if event.value is None else str(event.value),
        )
        for event in events
        if not event.hidden
    )


def ending_of(pack: Pack, state: State, locale: str) -> Ending | None:
    """How the game came out; None while it goes on."""
    if state.ending is None:
        return None
    return Ending(ending_id=state.ending, title=pack.name(state.ending, locale), kind=pack.endings[state.ending].kind)


def _spoken(text: str | None, speaker: str | None = None) -> tuple[Line, ...]:
    return tuple(Line(text=one.strip(), speaker=speaker) for one in (text or "").splitlines() if one.strip())


def _report(pack: Pack, key: str, locale: str, **params: str) -> Line:
    return Line(text=render(pack.text(f"report.{key}", locale), params, locale))


def _names(pack: Pack, named: Iterable[str], locale: str) -> str:
    return ", ".join(pack.name(one, locale) for one in named)


def _listed(pack: Pack, key: str, param: str, named: Iterable[str], locale: str) -> tuple[Line, ...]:
    names = _names(pack, named, locale)
    return (_report(pack, key, locale, **{param: names}),) if names else ()


def _surroundings(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    return (
        *_spoken(description(pack, state, locale)),
        *_listed(pack, "here", "items", items_here(pack, state), locale),
        *_listed(pack, "people", "people", people_here(pack, state), locale),
    )


def _come_in_sight(pack: Pack, before: State, after: State, told: set[str], said: str, locale: str) -> tuple[Line, ...]:
    """What was covered and is not any more, and was not told of yet, by an event of its own or by name in what the pack says."""
    if (
        before.items is after.items
        and before.found is after.found
        and before.opened is after.opened
        and before.player.place == after.player.place
    ):
        return ()
    uncovered = [
        item
        for item in items_here(pack, after)
        if item not in told and not sees_item(pack, before, item) and bare_name(pack, item, locale) not in said
    ]
    found = (line(pack, Event(kind=EventKind.FOUND, object=item), locale) for item in uncovered)
    return tuple(Line(text=text) for text in found if text)


def _look(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    ways = (way.to for way in exits_here(pack, state))
    return (*_surroundings(pack, state, locale), *_listed(pack, "exits", "places", ways, locale))


def _inventory(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    carried = inventory(pack, state)
    return _listed(pack, "carrying", "items", carried, locale) or (_report(pack, "carrying.nothing", locale),)


def _status(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    view = view_of(pack, state, locale, state.meta.turn)
    clock = {"day": view.day, "days": view.days, "slot": view.slot, "slots": view.slots}
    return (
        _report(pack, "time", locale, **{name: str(value) for name, value in clock.items()}),
        *(_report(pack, "statistic", locale, name=each.name, value=str(each.value), max=str(each.max)) for each in view.statistics),
        *(_report(pack, "condition", locale, name=condition.name) for condition in view.conditions),
    )


def _map(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    been = (place.place_id for place in known_places(pack, state, locale) if place.visited)
    return _listed(pack, "map", "places", been, locale)


def _notes(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    clues = clues_of(pack, state, locale)
    if not clues:
        return (_report(pack, "notes.nothing", locale),)
    return (_report(pack, "notes", locale), *(Line(text=f"{clue.title}: {clue.text}") for clue in clues))


def _help(pack: Pack, state: State, locale: str) -> tuple[Line, ...]:
    actions = turns_of(actions_of(pack, state, locale)) or actions_of(pack, state, locale)
    return (_report(pack, "help", locale, actions=" · ".join(action.label for action in actions)),)


_REPORTS: dict[Verb, Callable[[Pack, State, str], tuple[Line, ...]]] = {
    Verb.LOOK: _look,
    Verb.INVENTORY: _inventory,
    Verb.STATUS: _status,
    Verb.MAP: _map,
    Verb.NOTES: _notes,
    Verb.HELP: _help,
}
