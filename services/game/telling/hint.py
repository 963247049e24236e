"""A hint in words: the next step of a way, said more or less plainly, and never by a name that the player does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.game.packs.lines import name_of
from services.game.packs.particles import render
from services.game.rules.commands import Command, Verb
from services.game.rules.decide import play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.telling.answers import Line
from services.game.telling.suggestions import label

LEVELS = (1, 2, 3)
_PASSING = frozenset({Verb.WAIT, Verb.SLEEP})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    here: str
    there: str
    beyond: str
    later: str
    thing: str
    deed: str


_WORDS: Mapping[str, _Words] = {
    "ko": _Words(
        here="다음 실마리는 이곳, {place}에 있다.",
        there="{place} 쪽에 할 일이 있다.",
        beyond="아직 가 보지 않은 쪽으로 길이 이어진다.",
        later="지금은 때를 기다려야 한다.",
        thing="눈여겨볼 것: {object}.",
        deed="해 볼 일: {deed}.",
    ),
    "en": _Words(
        here="The next step is here: {place}.",
        there="There is something to do elsewhere: {place}.",
        beyond="The way leads on to where you have not been yet.",
        later="For now, let time pass.",
        thing="Look to this: {object}.",
        deed="Try this: {deed}.",
    ),
}


def hint(pack: Pack, state: State, way: Sequence[Command], level: int, locale: str) -> tuple[Line, ...]:
    """The first step of a way from the state; level 1 says where, 2 what with, 3 the very command. No way: no lines."""
    if not way:
        return ()
    words, first = _WORDS[locale], way[0]
    said = [_where(pack, state, way, words, locale)]
    if level >= 2 and first.object is not None:
        said.append(render(words.thing, {"object": name_of(pack, first.object, locale)}, locale))
    if level >= 3:
        said.append(words.deed.format(deed=label(pack, first, locale)))
    return tuple(Line(text=text) for text in said)


def _where(pack: Pack, state: State, way: Sequence[Command], words: _Words, locale: str) -> str:
    """Where the first deed is done that is not going there."""
    at = state
    for command in way:
        if command.verb is not Verb.MOVE:
            break
        at = play(pack, at, command).state
    if at is state and way[0].verb in _PASSING:
        return words.later
    place = at.player.place
    if place == state.player.place:
        return render(words.here, {"place": pack.name(place, locale)}, locale)
    return render(words.there, {"place": pack.name(place, locale)}, locale) if place in state.visited else words.beyond
