"""Which words tell an event or a refusal: the pack's own before the standard ones."""

from services.game.packs.particles import render
from services.game.rules.commands import Refused
from services.game.rules.events import Event, EventKind
from services.game.rules.pack import Pack


def line_key(pack: Pack, event: Event) -> str | None:
    """The key of the line that tells the event; None where it is told by no words.

    First the event's own; then what a thing says of itself (`item.key.on.taken`, `item.lamp.on.state_changed.lit`); then the
    standard line of the kind, in the variant for what the event has (`event.moved.subject`).
    """
    if event.text is not None:
        return event.text
    key = next((key for key in _candidates(pack, event) if pack.has_text(key)), None)
    return key if key is not None and any(key_texts.strings[key] for key_texts in pack.texts.values()) else None


def line(pack: Pack, event: Event, locale: str) -> str | None:
    """The event in words, perhaps of several lines; None where it is told by none. Hidden events are the caller's to leave out."""
    key = line_key(pack, event)
    return None if key is None else render(pack.text(key, locale), event_params(pack, event, locale), locale)


def refusal(pack: Pack, refused: Refused, locale: str) -> str:
    """The refusal in words."""
    return render(pack.text(refused.key, locale), {name: name_of(pack, value, locale) for name, value in refused.params.items()}, locale)


def event_params(pack: Pack, event: Event, locale: str) -> dict[str, str]:
    """What fills a line about the event: `subject`, `object`, `place` by name, `value` as a number or a word."""
    params: dict[str, str] = {}
    if event.object is not None:
        params["object"] = _object_name(pack, event, event.object, locale)
    if event.subject is not None:
        params["subject"] = name_of(pack, event.subject, locale)
    if event.place is not None:
        params["place"] = name_of(pack, event.place, locale)
    if event.value is not None:
        params["value"] = _word(pack, event, locale)
    return params


def name_of(pack: Pack, named: str, locale: str) -> str:
    """The name of what the id names; the words themselves where it names nothing."""
    return pack.name(named, locale) if named in pack.kinds else named


def state_word(pack: Pack, item: str, state: str, locale: str) -> str:
    """What the item's state is called: `item.lamp.state.lit`, else the standard word, else the state as the pack spells it."""
    strings = pack.texts[locale].strings
    return strings.get(f"{pack.path(item)}.state.{state}") or strings.get(f"state.{state}") or state


def _candidates(pack: Pack, event: Event) -> list[str]:
    candidates = []
    for named in (event.object, event.subject, event.place):
        if named is not None and named in pack.kinds:
            own = f"{pack.path(named)}.on.{event.kind}"
            candidates += [own] if event.value is None else [f"{own}.{event.value}", own]
    standard = f"event.{event.kind}"
    if event.kind is EventKind.MOVED and event.place is None:
        candidates.append(f"{standard}.gone")
    present = [name for name in ("subject", "object", "value") if getattr(event, name) is not None]
    return [*candidates, *(f"{standard}.{name}" for name in present), standard]


def _object_name(pack: Pack, event: Event, named: str, locale: str) -> str:
    strings = pack.texts[locale].strings
    if event.kind is EventKind.TALKED and event.subject is not None:
        return strings[f"{pack.topic_path(event.subject, named)}.name"]
    if event.kind is EventKind.STATISTIC_CHANGED:
        return strings.get(f"statistic.{named}.name", named)
    return name_of(pack, named, locale)


def _word(pack: Pack, event: Event, locale: str) -> str:
    if event.object is not None and event.object in pack.items:
        return state_word(pack, event.object, str(event.value), locale)
    return str(event.value)
