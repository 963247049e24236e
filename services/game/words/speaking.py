"""What talking, accusing, hiding, listening and following may mean."""

from collections.abc import Iterator
from dataclasses import replace

from services.game.rules.commands import Command, Verb
from services.game.rules.nouns import Kind
from services.game.rules.sight import people_here
from services.game.words.clauses import Clause, Role
from services.game.words.doing import possible_uses
from services.game.words.lexicon import CLUE, topic_of
from services.game.words.scene import Scene, about, ids_of, is_person, topics_of

_SEVERAL = 2
_HERE = frozenset({"여기", "이곳", "거기", "이것", "저것", "here", "this place", "there", "this", "that"})
"""What points at a thing, or a place, and is what is asked about only where nothing else is."""
_SPOKEN_TO = (Role.TO, Role.AND, Role.BY, Role.FROM)


def talks(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Talking, persuading, lying: to whom, and what about."""
    people = next(iter(ids_of(scene, clause, Kind.PERSON, roles=_SPOKEN_TO)), None)
    people = people or next(iter(ids_of(scene, clause, Kind.PERSON)), None)
    topics = topics_of(scene, clause)
    asked = [topic for topic in topics if people is None or topic[0] in people]
    if asked and _asks_more(scene, clause, people):
        meant = _raised(scene, clause, asked, set(people or ()))
        yield from (Command(verb=verb, object=person, topic=topic) for person, topic in meant)
    elif people is not None and (
        unheard := [
            mention.word for mention in clause.mentions if mention.role is Role.ABOUT and not set(people) & scene.lexicon[mention.word]
        ]
    ):
        # It is known, and no topic: the rules say that this is not the time.
        yield from (Command(verb=verb, object=person, topic=unheard[-1]) for person in people)
    elif any(
        not is_person(scene, mention.word) and ids_of(scene, replace(clause, mentions=(mention,)), Kind.ITEM) for mention in clause.mentions
    ):
        return  # something to do with a thing: what, is not known
    elif people is not None or not clause.mentions:
        spoken_to: list[str | None] = [*(people or people_here(scene.pack, scene.state))] or [None]
        yield from (Command(verb=verb, object=person) for person in spoken_to)


def _raised(scene: Scene, clause: Clause, asked: list[tuple[str, str]], people: set[str]) -> list[tuple[str, str]]:
    """Of the topics named, those that are raised: all, where "and" stands between them, or none is said to be what it is about."""
    named = [mention for mention in reversed(clause.mentions) if any(topic_of(one) in asked for one in scene.lexicon[mention.word])]
    named = [mention for mention in named if not people & scene.lexicon[mention.word]] or named[:1]
    named = [mention for mention in named if mention.word not in _HERE] or named
    about = [mention for mention in named if mention.role is Role.ABOUT]
    if about and all(mention.role is not Role.AND for mention in named):
        named = about
    words = [scene.lexicon[mention.word] for mention in named]
    return [(person, topic) for person, topic in asked if any(f"topic:{person}:{topic}" in word for word in words)]


def _asks_more(scene: Scene, clause: Clause, people: list[str] | None) -> bool:
    """Whether something is named besides the person who is spoken to, or as what is spoken about."""
    if people is None:
        return True
    return any(
        mention.role is Role.ABOUT or not set(people) & scene.lexicon[mention.word]
        for mention in clause.mentions
        if any(topic_of(one) for one in scene.lexicon[mention.word])
    )


def accuses(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Of what somebody is accused is a clue, or several; where none is named, what there is to choose from."""
    people = next(iter(ids_of(scene, clause, Kind.PERSON)), [])
    named = {one.removeprefix(CLUE) for mention in clause.mentions for one in scene.lexicon[mention.word] if one.startswith(CLUE)}
    clues = tuple(clue for clue in scene.pack.clues if clue in named)
    if clues or not (choices := [command for command in about(scene, clause) if command.object in people]):
        yield from (Command(verb=verb, object=person, clues=clues) for person in people)
    else:
        yield from choices


def hides(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """Hiding in a thing, or just here."""
    items = ids_of(scene, clause, Kind.ITEM)
    if len(items) < _SEVERAL:  # who hides a thing in another hides nothing of themselves
        yield from (Command(verb=verb, object=item) for item in items[-1]) if items else [Command(verb=verb)]


def listens(scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """At a door or a place, or just so; what plays is switched on to listen to it."""
    if any(mention.role is Role.ABOUT for mention in clause.mentions) and ids_of(scene, clause, Kind.PERSON, roles=_SPOKEN_TO):
        yield from talks(scene, clause, Verb.TALK)  # 「영감한테 한결에 대해 들어 본다」
        return
    named = next(iter(ids_of(scene, clause, Kind.DOOR, Kind.PLACE, Kind.ITEM)), None)
    if named is None:
        yield Command(verb=verb)
        return
    here = scene.state.player.place
    for one in named:
        uses = [use for use in possible_uses(scene, one) if use.object == one and use.target is None]
        yield from uses or [Command(verb=verb, object=None if one == here else one)]


def alone(_scene: Scene, clause: Clause, verb: Verb) -> Iterator[Command]:
    """A verb that needs nothing, whatever place or thing is named with it; where several are, it may be another deed."""
    with_others = any(mention.role in (Role.AND, Role.BY) for mention in clause.mentions)
    if len(clause.mentions) < _SEVERAL and not with_others:
        yield Command(verb=verb)
