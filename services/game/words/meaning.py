"""From a clause to the commands it may mean, in the rules' own terms."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from services.game.rules.commands import Command, Verb
from services.game.rules.nouns import Kind
from services.game.rules.verbs.speech import WORDED_VERBS
from services.game.words.clauses import Clause, Role
from services.game.words.doing import combines, does, examines, hands, moves, searches, uses
from services.game.words.opening import entering, opens, unlocks
from services.game.words.scene import Scene, ids_of, is_person, is_topic
from services.game.words.speaking import accuses, alone, hides, listens, talks


def commands_of(scene: Scene, clause: Clause) -> tuple[Command, ...]:
    """The commands that the clause may mean, the likeliest first; whether they are possible now is not asked. Empty: it means none."""
    if clause.verb not in (None, Verb.ACCUSE) and any(
        (mention.role is Role.WHO or (mention.role is Role.AS_FOR and clause.verb not in _TO_PEOPLE)) and is_person(scene, mention.word)
        for mention in clause.mentions
    ):
        return ()  # what somebody else is said to do is not the player's deed
    if clause.code is not None and clause.verb in _CODED:
        return tuple(dict.fromkeys(entering(scene, clause)))
    if clause.verb is None:
        return tuple(dict.fromkeys(_bare(scene, clause)))
    meaning = _MEANINGS[clause.verb]
    each = [clause]
    if clause.verb in _ONE_BY_ONE and any(mention.role is Role.AND for mention in clause.mentions):
        # 「퓨즈와 드라이버를 챙긴다」: one turn is one deed, so each is a reading.
        each = [replace(clause, mentions=(mention,)) for mention in clause.mentions]
    return tuple(dict.fromkeys(command for one in each for command in meaning(scene, one, clause.verb)))


def is_read(scene: Scene, clause: Clause) -> bool:
    """Whether every word that matters was read: of what is said to somebody about a topic, the words themselves don't."""
    if not clause.unknown:
        return True
    if clause.verb not in WORDED_VERBS or clause.unheard:
        return False
    return clause.verb is Verb.ACCUSE or any(is_topic(scene, mention.word) and not is_person(scene, mention.word) for mention in clause.mentions)


def _bare(scene: Scene, clause: Clause) -> Iterator[Command]:
    """A name alone: a place is gone to, a code is entered; all else has to be asked."""
    if clause.code is not None:
        yield from entering(scene, clause)
    elif len(clause.mentions) == 1:
        places = ids_of(scene, clause, Kind.PLACE)
        others = [one for one in scene.lexicon[clause.mentions[0].word] if scene.pack.kinds.get(one) is not Kind.PLACE]
        if places and not others:
            yield from (Command(verb=Verb.MOVE, object=place) for place in places[0])


_TO_PEOPLE = frozenset({Verb.PERSUADE, Verb.LIE, Verb.FOLLOW, Verb.EXAMINE})
"""What is said of somebody, where it is said "as for them"."""
_CODED = frozenset({None, Verb.UNLOCK, Verb.OPEN, Verb.USE, Verb.COMBINE, Verb.MOVE})  # to "enter" is to go, but for a code
_ONE_BY_ONE = frozenset({Verb.SEARCH, Verb.EXAMINE, Verb.TAKE, Verb.DROP, Verb.OPEN, Verb.CLOSE, Verb.READ, Verb.FOLLOW, Verb.MOVE})

_MEANINGS: dict[Verb, Callable[[Scene, Clause, Verb], Iterator[Command]]] = {
    Verb.MOVE: moves,
    Verb.SEARCH: searches,
    Verb.EXAMINE: examines,
    Verb.TAKE: does,
    Verb.DROP: does,
    Verb.GIVE: hands,
    Verb.SHOW: hands,
    Verb.USE: uses,
    Verb.COMBINE: combines,
    Verb.OPEN: opens,
    Verb.CLOSE: does,
    Verb.UNLOCK: unlocks,
    Verb.READ: does,
    Verb.TALK: talks,
    Verb.PERSUADE: talks,
    Verb.LIE: talks,
    Verb.ACCUSE: accuses,
    Verb.HIDE: hides,
    Verb.LISTEN: listens,
    Verb.FOLLOW: does,
    Verb.WAIT: alone,
    Verb.SLEEP: alone,
}
