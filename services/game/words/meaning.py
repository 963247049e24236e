"""From a clause to the commands it may mean, in the rules' own terms."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from services.game.rules.commands import Command, Verb
from services.game.rules.nouns import Kind
from services.game.rules.verbs.speech import WORDED_VERBS
from services.game.words.clauses import Clause, Role
from services.game.words.doing import combines, does, doors_to, examines, hands, moves, searches, uses
from services.game.words.opening import entering, opens, unlocks
from services.game.words.scene import Scene, ids_of, is_person, is_topic
from services.game.words.speaking import accuses, alone, hides, listens, talks


def commands_of(scene: Scene, clause: Clause) -> tuple[Command, ...]:
    """The commands that the clause may mean, the likeliest first; whether they are possible now is not asked. Empty: it means none."""
    if _is_done_by_another(scene, clause) or (clause.points and not clause.mentions and clause.verb in _OF_A_PLACE):
        return ()
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


def _is_done_by_another(scene: Scene, clause: Clause) -> bool:
    """Whether it is said of somebody else, or somewhere else: that is not the player's deed."""
    if clause.verb in (None, Verb.ACCUSE):
        return False
    people = [mention for mention in clause.mentions if is_person(scene, mention.word)]
    if any(mention.role is Role.WHO or (mention.role is Role.AS_FOR and clause.verb not in _TO_PEOPLE) for mention in people):
        return True
    if clause.verb in _TO_THINGS and any(mention.role in _BY_PEOPLE for mention in people) and len(people) < len(clause.mentions):
        return True  # 「보라 상자 연다」
    elsewhere = [mention for mention in clause.mentions if mention.role in (Role.TO, Role.FROM) and _is_elsewhere(scene, mention.word)]
    is_more = (
        clause.verb in _ON_THE_SPOT and len(elsewhere) < len(clause.mentions) and not (clause.verb is Verb.USE and doors_to(scene, clause))
    )
    return bool(elsewhere) and (is_more or clause.verb in _HERE)


def _is_elsewhere(scene: Scene, word: str) -> bool:
    """Whether the word names another place than this, and nothing else."""
    named = scene.lexicon[word]
    return scene.state.player.place not in named and all(scene.pack.kinds.get(one) is Kind.PLACE for one in named)


def is_read(scene: Scene, clause: Clause) -> bool:
    """Whether every word that matters was read: of what is said to somebody about a topic, the words themselves don't."""
    if not clause.unknown:
        return True
    if clause.verb not in WORDED_VERBS or clause.unheard:
        return False
    return clause.verb is Verb.ACCUSE or any(
        is_topic(scene, mention.word) and not is_person(scene, mention.word) for mention in clause.mentions
    )


def _bare(scene: Scene, clause: Clause) -> Iterator[Command]:
    """A name alone: a place is gone to, a code is entered; all else has to be asked."""
    if clause.code is not None:
        yield from entering(scene, clause)
    elif len(clause.mentions) == 1:
        places = ids_of(scene, clause, Kind.PLACE)
        others = [one for one in scene.lexicon[clause.mentions[0].word] if scene.pack.kinds.get(one) is not Kind.PLACE]
        if places and not others:
            yield from (Command(verb=Verb.MOVE, object=place) for place in places[0])


_ON_THE_SPOT = frozenset({Verb.DROP, Verb.TAKE, Verb.OPEN, Verb.CLOSE, Verb.UNLOCK, Verb.READ, Verb.SEARCH, Verb.EXAMINE, Verb.USE})
"""What is done to a thing where it is."""
_HERE = frozenset({Verb.WAIT, Verb.SLEEP})
"""What is done where one is."""
_OF_A_PLACE = frozenset({Verb.SEARCH, Verb.EXAMINE, Verb.HIDE, Verb.LISTEN, Verb.MOVE})
"""What is done to the place, where nothing is named: who says "it" names something."""
_TO_THINGS = frozenset({Verb.TAKE, Verb.OPEN, Verb.CLOSE, Verb.UNLOCK, Verb.READ, Verb.DROP, Verb.USE, Verb.MOVE, Verb.HIDE, Verb.COMBINE})
"""What is not done to people."""
_BY_PEOPLE = (Role.THING, Role.FROM, Role.TO)
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
