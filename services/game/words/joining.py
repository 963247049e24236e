"""Clauses put together: what belongs to one deed though it was said in two."""

from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.rules.nouns import Kind
from services.game.words.clauses import Clause, Role
from services.game.words.scene import Scene, is_person

_ON_A_THING = frozenset({Verb.EXAMINE, Verb.READ, Verb.SEARCH, Verb.TAKE, Verb.OPEN, Verb.CLOSE})
_SAYING_MORE = frozenset({Verb.LIE, Verb.PERSUADE})
_OPENING = frozenset({Verb.OPEN, Verb.UNLOCK})


def joined(scene: Scene, found: list[Clause]) -> list[Clause]:
    """The clauses, with what belongs together in one; what is only asked, beside a deed, is left out.

    A deed said twice; a thing that is named, asked about, or gone up to, before what is done with it; a door that is opened to go through.
    """
    done: list[Clause] = []
    about: Clause | None = None
    for each in found:
        clause = _pointing_back(scene, each, about)
        about = clause if _names_one(scene, clause) else about
        if clause.asks:
            continue
        last = done.pop() if done else None
        if last is not None and clause.verb is last.verb and not (clause.mentions and last.mentions):
            done.append(replace(clause, mentions=(*last.mentions, *clause.mentions)))
        elif last is not None and last.verb is Verb.EXAMINE and clause.verb in _ON_A_THING and each.points:
            done.append(clause)  # turn it over and read it
        elif last is not None and last.verb is Verb.USE and clause.verb is Verb.LISTEN and not clause.mentions:
            done.append(last)  # 「녹음기를 켜서 들어 본다」
        elif (
            last is not None
            and last.verb in _SAYING_MORE
            and clause.verb is Verb.TALK
            and not any(is_person(scene, one.word) and one.role is not Role.OF for one in clause.mentions[:1])
        ):
            done.append(replace(last, mentions=(*last.mentions, *clause.mentions), unknown=(*last.unknown, *clause.unknown)))
        elif last is not None and last.verb in _OPENING and clause.verb is Verb.MOVE and not clause.mentions and not _places(scene, last):
            done += [last, replace(clause, mentions=last.mentions)]  # through that door
        elif last is not None and _leads_to(scene, last, clause):
            done.append(clause if clause.mentions else replace(clause, mentions=last.mentions))
        else:
            done += [clause] if last is None else [last, clause]
    return done


def _pointing_back(scene: Scene, clause: Clause, about: Clause | None) -> Clause:
    """The clause with what its "it" means, or with what the question before it was about."""
    if (
        about is None
        or clause.verb is None
        or any(mention.role in (Role.THING, Role.AS_FOR) and not is_person(scene, mention.word) for mention in clause.mentions)
    ):
        return clause
    if clause.verb is Verb.TALK and about.asks and not clause.points:
        return replace(clause, mentions=(*clause.mentions, *about.mentions))  # why did the clock stop? ask her
    if not clause.points and (clause.mentions or not about.asks or clause.verb not in _ON_A_THING):
        return clause
    thing = next(mention for mention in about.mentions if not is_person(scene, mention.word))
    return replace(clause, mentions=(replace(thing, role=Role.THING), *clause.mentions), points=False)


def _names_one(scene: Scene, clause: Clause) -> bool:
    """Whether the clause names one thing that a word such as "it" can mean after it."""
    return len([mention for mention in clause.mentions if not is_person(scene, mention.word)]) == 1


def _leads_to(scene: Scene, first: Clause, clause: Clause) -> bool:
    """Whether the first clause only says what the other is about: it is named, gone up to, or a door to go through."""
    if first.verb is Verb.MOVE:
        return clause.verb is not Verb.MOVE and bool(first.mentions) and not _places(scene, first)
    if first.verb is None and not first.unknown and clause.points is False and clause.mentions == first.mentions:
        return True  # the nightstand: open it
    if clause.mentions:
        return False
    if first.verb is Verb.OPEN:
        return clause.verb is Verb.MOVE and _places(scene, first)
    return first.verb is None and clause.verb in _ON_A_THING and len(first.mentions) == 1


def _places(scene: Scene, clause: Clause) -> bool:
    return any(scene.pack.kinds.get(one) is Kind.PLACE for mention in clause.mentions for one in scene.lexicon[mention.word])
