"""What the player may see and know now."""

import re

from services.game.packs.lines import state_word
from services.game.rules.commands import FREE_VERBS
from services.game.rules.nouns import Exit as Way
from services.game.rules.pack import Pack
from services.game.rules.sight import exits_here, inventory, is_here, is_locked, items_here, people_here, text_now
from services.game.rules.state import PLAYER, State, Status
from services.game.telling.answers import Acquaintance, Action, Clue, Condition, Exit, Item, KnownPlace, Person, Place, Statistic, View
from services.game.telling.suggestions import label, suggested

_ARTICLE = re.compile(r"^(?:the|a|an)\s+")


def view_of(pack: Pack, state: State, locale: str, number: int) -> View:
    """What the player may see in the state, which the game has at `number`."""
    return View(
        turn=number,
        day=state.clock.day,
        days=pack.days,
        slot=state.clock.slot,
        slots=pack.slots_per_day,
        phase=state.clock.phase,
        place=_place(pack, state, locale),
        items=tuple(_item(pack, state, item, locale) for item in items_here(pack, state)),
        people=tuple(_person(pack, state, person, locale) for person in people_here(pack, state)),
        inventory=tuple(_item(pack, state, item, locale) for item in inventory(pack, state)),
        statistics=_statistics(pack, state, locale),
        conditions=_conditions(pack, state, locale, number),
    )


def known_places(pack: Pack, state: State, locale: str) -> tuple[KnownPlace, ...]:
    """The places the player has been to, and those they have seen the way to; in the pack's order."""
    seen = places_known(pack, state)
    return tuple(
        KnownPlace(
            place_id=place,
            name=pack.name(place, locale),
            visited=place in state.visited,
            here=place == state.player.place,
            exits=tuple(_exit(pack, state, way, locale) for way in ways_from(pack, state, place)) if place in state.visited else (),
        )
        for place in pack.places
        if place in seen
    )


def clues_of(pack: Pack, state: State, locale: str) -> tuple[Clue, ...]:
    """What the player has learnt, the oldest first."""
    learnt = sorted((clue for clue in pack.clues if clue in state.clues), key=lambda clue: state.clues[clue].turn)
    return tuple(
        Clue(
            clue_id=clue,
            title=pack.name(clue, locale),
            text=pack.text(f"{pack.path(clue)}.text", locale),
            learnt_turn=state.clues[clue].turn,
            person_id=state.clues[clue].source,
        )
        for clue in learnt
    )


def people_of(pack: Pack, state: State, locale: str) -> tuple[Acquaintance, ...]:
    """The people the player has met, in the pack's order; of those who aren't here, only what can't have changed unseen."""
    return tuple(
        Acquaintance(
            person_id=person,
            name=pack.name(person, locale),
            description=pack.text(f"{pack.path(person)}.description", locale),
            status=state.people[person].status if is_here(state, person) else Status.WELL,
            mood=_mood(pack, state, person, locale) if is_here(state, person) else "",
            place_id=state.player.place if is_here(state, person) else None,
        )
        for person in pack.people
        if has_met(state, person)
    )


def actions_of(pack: Pack, state: State, locale: str) -> tuple[Action, ...]:
    """What can be done now, labelled; what a newcomer would try first comes first, the free verbs last."""
    return tuple(Action(label=label(pack, command, locale), command=command) for command in suggested(pack, state))


def turns_of(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Those of the actions that do something; without the free verbs."""
    return tuple(action for action in actions if action.command.verb not in FREE_VERBS)


def description(pack: Pack, state: State, locale: str) -> str:
    """What the player's place looks like now."""
    key = text_now(pack.places[state.player.place].descriptions, state)
    assert key is not None, "the compiler gives every place a description for all other cases"
    return pack.text(key, locale)


def bare_name(pack: Pack, named: str, locale: str) -> str:
    """What it is called, in small letters and without an article."""
    return _ARTICLE.sub("", pack.name(named, locale).casefold())


def has_met(state: State, person: str) -> bool:
    """Whether the player is near the person, or has talked with them, looked at them, or learnt something from them."""
    learnt_from = any(clue.source == person for clue in state.clues.values())
    return is_here(state, person) or person in state.talked or person in state.examined or learnt_from


def ways_from(pack: Pack, state: State, place: str) -> tuple[Way, ...]:
    """The ways that lead out of a place now."""
    return tuple(way for way in pack.places[place].exits if way.when is None or way.when(state))


def places_known(pack: Pack, state: State) -> frozenset[str]:
    """The places the player has been to, and those that ways lead to from there."""
    return state.visited | {way.to for place in state.visited for way in ways_from(pack, state, place)}


def _place(pack: Pack, state: State, locale: str) -> Place:
    place = state.player.place
    return Place(
        place_id=place,
        name=pack.name(place, locale),
        description=description(pack, state, locale),
        exits=tuple(_exit(pack, state, way, locale) for way in exits_here(pack, state)),
    )


def _exit(pack: Pack, state: State, way: Way, locale: str) -> Exit:
    locked = way.door is not None and is_locked(pack, state, way.door)
    # Who goes through a closed door opens it; only a lock stops them.
    is_open = not locked or way.door in state.opened
    return Exit(place_id=way.to, name=pack.name(way.to, locale), open=is_open, locked=locked)


def _item(pack: Pack, state: State, item: str, locale: str) -> Item:
    word = state.items[item].state
    if not word and pack.items[item].container:
        word = "open" if item in state.opened else "locked" if is_locked(pack, state, item) else "closed"
    return Item(item_id=item, name=pack.name(item, locale), state=state_word(pack, item, word, locale) if word else "")


def _person(pack: Pack, state: State, person: str, locale: str) -> Person:
    mood = _mood(pack, state, person, locale)
    return Person(person_id=person, name=pack.name(person, locale), status=state.people[person].status, mood=mood)


def _mood(pack: Pack, state: State, person: str, locale: str) -> str:
    mood = state.people[person].mood
    return pack.text(f"{pack.path(person)}.mood.{mood}", locale) if mood else ""


def _statistics(pack: Pack, state: State, locale: str) -> tuple[Statistic, ...]:
    return tuple(
        Statistic(
            key=key,
            name=pack.text(f"statistic.{key}.name", locale),
            value=state.player.statistics[key],
            max=noun.maximum,
        )
        for key, noun in pack.statistics.items()
        if noun.shown
    )


def _conditions(pack: Pack, state: State, locale: str, number: int) -> tuple[Condition, ...]:
    borne = ((key.partition(":"), condition.until) for key, condition in sorted(state.conditions.items()))
    # The state counts in turns taken, the view in numbers of the game: they part when a turn is undone.
    return tuple(
        Condition(name=pack.name(condition, locale), until=number + until - state.meta.turn if until else 0)
        for (bearer, _, condition), until in borne
        if bearer == PLAYER and pack.conditions[condition].shown
    )
