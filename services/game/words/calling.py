"""What is said to somebody who is called by name: whatever it is, it is talk, or something held out with a word."""

from collections.abc import Iterator
from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.rules.sight import inventory, is_here
from services.game.words.clauses import Clause, Mention, Role
from services.game.words.lexicon import topic_of
from services.game.words.scene import Scene
from services.game.words.tables import Tables

_HELD_OUT = {
    Verb.EXAMINE: Verb.SHOW,
    Verb.READ: Verb.SHOW,
    Verb.LOOK: Verb.SHOW,
    Verb.SHOW: Verb.SHOW,
    Verb.TAKE: Verb.GIVE,
    Verb.GIVE: Verb.GIVE,
    Verb.USE: Verb.GIVE,
}
"""What is done with a thing in hand by who asks somebody to do this with it."""


def called(scene: Scene, tables: Tables, text: str) -> Clause | None:
    """What is said to somebody who is called by name, at either end of it. None: nobody is called."""
    for name, said in _addressed(tables, text, scene):
        person = _one_person(scene, tables, name)
        if person is not None:
            return _spoken(scene, tables, replace(person, role=Role.TO), said)
    return None


def is_one_person(scene: Scene, clause: Clause) -> bool:
    """Whether the clause is nothing but names of the same one who is here."""
    named = [frozenset(one for one in scene.lexicon[mention.word] if is_here(scene.state, one)) for mention in clause.mentions]
    return bool(named) and all(named) and len(frozenset.intersection(*named)) > 0


def is_topic_here(scene: Scene, clause: Clause) -> bool:
    """Whether the clause names something that somebody here can be asked about, and nobody."""
    named = [one for mention in clause.mentions for one in scene.lexicon[mention.word]]
    return any(topic_of(one) is not None for one in named) and not any(one in scene.pack.people for one in named)


def heard(scene: Scene, tables: Tables, said: str, clause: Clause) -> Clause:
    """The clause of who says that, with what it is about; what can't be told of it is unheard."""
    words = tables.words(said, scene.lexicon)
    topics = tuple(
        mention
        for mention in words.mentions
        if mention.sure and mention.role is not Role.FROM and any(topic_of(one) for one in scene.lexicon[mention.word])
    )
    unheard = bool(words.unknown) and not topics
    return replace(clause, mentions=(*clause.mentions, *topics), unknown=words.unknown, unheard=clause.unheard or unheard)


def _addressed(tables: Tables, text: str, scene: Scene) -> Iterator[tuple[str, str]]:
    """What may be the name of somebody called, and what is said to them."""
    before = tables.vocative(text, scene.lexicon)
    if before is not None:
        yield before
    for mark in (",", "?", "!", "."):
        first, found, rest = text.partition(mark)
        if found and rest.strip(" .!?,…"):
            yield first, rest
            *said, last = text.rstrip(" .!?…").split(mark)
            yield last, mark.join(said)
    greeting, *after = text.split(",", 2)
    if len(after) > 1 and tables.words(greeting, scene.lexicon) == Clause():
        yield after[0], after[1]


def _one_person(scene: Scene, tables: Tables, name: str) -> Mention | None:
    words = tables.words(name.strip(" .!?~…,"), scene.lexicon)
    return words.mentions[0] if not words.unknown and is_one_person(scene, words) else None


def _spoken(scene: Scene, tables: Tables, person: Mention, said: str) -> Clause:
    done = [clause for clause in tables.clauses(said, scene.lexicon) or () if clause.verb is not None and not clause.asks and clause.sure]
    if any(clause.verb is Verb.ACCUSE for clause in done):
        mentions = tables.words(said, scene.lexicon).mentions
        return Clause(verb=Verb.ACCUSE, mentions=(person, *(mention for mention in mentions if mention.word != person.word)))
    held = set(inventory(scene.pack, scene.state))
    for clause in done:
        things = [mention for mention in clause.mentions if held & scene.lexicon[mention.word]]
        if clause.verb in _HELD_OUT and len(things) == 1 and len(clause.mentions) == 1 and not clause.unknown:
            return Clause(verb=_HELD_OUT[clause.verb], mentions=(person, replace(things[0], role=Role.THING)))
    return heard(scene, tables, said, Clause(verb=Verb.TALK, mentions=(person,)))
