"""What a clause is understood by: the game as it stands, and what the names in the clause are in it."""

from dataclasses import dataclass

from services.game.rules.admissible import admissible
from services.game.rules.commands import Command
from services.game.rules.nouns import Kind
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.words.clauses import Clause, Lexicon, Role
from services.game.words.lexicon import CLUE, topic_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a clause is understood by: the game as it stands."""

    pack: Pack
    state: State
    lexicon: Lexicon


def about(scene: Scene, clause: Clause) -> tuple[Command, ...]:
    """What can be done now with what the clause names, or by its verb: to choose from, where more can't be told."""
    named = {one.removeprefix(CLUE) for mention in clause.mentions for one in scene.lexicon[mention.word]}
    return tuple(
        command
        for command in admissible(scene.pack, scene.state)
        if (clause.verb is None or command.verb is clause.verb)
        and (not named or named & {command.object, command.target, f"topic:{command.object}:{command.topic}", *command.clues})
    )


def ids_of(scene: Scene, clause: Clause, *kinds: Kind, roles: tuple[Role, ...] = tuple(Role)) -> list[list[str]]:
    """For each name of those kinds in those roles, what it may be."""
    found = []
    for mention in clause.mentions:
        ids = [one for one in sorted(scene.lexicon[mention.word]) if scene.pack.kinds.get(one) in kinds]
        if ids and mention.role in roles:
            found.append(ids)
    return found


def topics_of(scene: Scene, clause: Clause) -> list[tuple[str, str]]:
    """The topics named, by person; the last name first, for who is spoken to stands before what is spoken of."""
    of_it = [mention for mention in clause.mentions if mention.role is not Role.OF or clause.mentions[-1] is mention]
    named = (topic_of(one) for mention in reversed(of_it) for one in sorted(scene.lexicon[mention.word]))
    return [topic for topic in named if topic is not None]


def is_topic(scene: Scene, word: str) -> bool:
    """Whether the word names something that somebody here can be asked about."""
    return any(topic_of(one) is not None for one in scene.lexicon[word])


def is_person(scene: Scene, word: str) -> bool:
    """Whether the word names somebody."""
    return any(scene.pack.kinds.get(one) is Kind.PERSON for one in scene.lexicon[word])
