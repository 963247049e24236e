"""Clauses put together: what belongs to one deed though it was said in two."""

from dataclasses import replace

from services.game.rules.commands import Verb
from services.game.rules.nouns import Kind
from services.game.words.clauses import Clause, Mention, Role
from services.game.words.scene import Scene, is_person

_ON_A_THING = frozenset({Verb.EXAMINE, Verb.READ, Verb.SEARCH, Verb.TAKE, Verb.OPEN, Verb.CLOSE})
_WITH_TOOLS = frozenset({Verb.OPEN, Verb.UNLOCK, Verb.USE, Verb.COMBINE})
"""What is done with a thing that one has taken up before."""
_THEN_SEEN = {Verb.LISTEN: frozenset({Verb.USE}), Verb.EXAMINE: frozenset({Verb.OPEN, Verb.SEARCH, Verb.READ})}
"""What one hears or sees by what was done before."""
_SAYING_MORE = frozenset({Verb.LIE, Verb.PERSUADE})
_OPENING = frozenset({Verb.OPEN, Verb.UNLOCK})


def joined(scene: Scene, found: list[Clause]) -> list[Clause]:
    """The clauses, with what belongs together in one; what is only asked, or done to do another thing, is left out.

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
        done += [clause] if last is None else _together(scene, last, clause, is_same_thing=each.points)
    return done


def _together(scene: Scene, last: Clause, clause: Clause, *, is_same_thing: bool) -> list[Clause]:
    """What the two are, one after the other: one clause, where they belong together."""
    both = replace(clause, mentions=(*last.mentions, *clause.mentions))
    if last.verb is None and (said := _said_before(last, clause)) is not None:
        return [said]
    if last.verb is Verb.OPEN and clause.verb is Verb.SEARCH and not clause.mentions and not _places(scene, last):
        return [last, both]  # 「가방을 열고 안을 뒤진다」
    if clause.verb is last.verb and not (clause.mentions and last.mentions):
        return [both]
    if is_same_thing and (same := _once(last, clause)) is not None:
        return [same]
    if clause.verb in _THEN_SEEN and not clause.mentions and last.verb in _THEN_SEEN[clause.verb]:
        return [last]  # 「녹음기를 켜서 들어 본다」, 「상자를 열어 안을 본다」
    if last.verb in _SAYING_MORE and clause.verb is Verb.TALK and not _is_said_to(scene, clause):
        return [replace(last, mentions=both.mentions, unknown=(*last.unknown, *clause.unknown))]
    if last.verb in _OPENING and clause.verb is Verb.MOVE and not clause.mentions and not _places(scene, last):
        return [last, both]  # through that door
    if _leads_to(scene, last, clause):
        return [clause if clause.mentions else replace(clause, mentions=last.mentions)]
    return [last, clause]


def _once(last: Clause, clause: Clause) -> Clause | None:
    """The one deed that two on the same thing are; None where they are two."""
    if last.verb is Verb.EXAMINE and clause.verb in _ON_A_THING:
        return clause  # turn it over and read it
    if clause.verb is last.verb and {each.word for each in clause.mentions} <= {each.word for each in last.mentions}:
        return last  # lift it out and keep it
    return None


def _said_before(last: Clause, clause: Clause) -> Clause | None:
    """The clause with the code, or with the clues, that were said before it; None where they are none of its own."""
    if clause.verb is Verb.UNLOCK and last.code is not None and clause.code is None and not last.mentions:
        return replace(clause, code=last.code)  # 「비번은 0417. 현관문에 입력한다」
    if clause.verb is Verb.ACCUSE and not last.unknown and last.code is None:
        return replace(clause, mentions=(*last.mentions, *clause.mentions))
    return None


def _pointing_back(scene: Scene, clause: Clause, about: Clause | None) -> Clause:
    """The clause with what its "it" means, or with what was taken up, or asked about, before it."""
    if about is None or clause.verb is None:
        return clause
    clause = replace(clause, mentions=tuple(_who(scene, mention, about) for mention in clause.mentions))
    if about.prepares and clause.verb in _WITH_TOOLS and clause.mentions:
        return replace(clause, mentions=(*clause.mentions, *(replace(mention, role=Role.BY) for mention in about.mentions)))
    if any(mention.role in (Role.THING, Role.AS_FOR) and not is_person(scene, mention.word) for mention in clause.mentions):
        return clause
    if clause.verb is Verb.TALK and about.asks and not about.prepares and not clause.points:
        return replace(clause, mentions=(*clause.mentions, *about.mentions))  # why did the clock stop? ask her
    if not clause.points and (clause.mentions or not about.asks or clause.verb not in _ON_A_THING):
        return clause
    thing = next((mention for mention in about.mentions if not is_person(scene, mention.word)), None)
    if thing is None:
        return clause
    return replace(clause, mentions=(replace(thing, role=Role.THING), *clause.mentions), points=False)


def _who(scene: Scene, mention: Mention, about: Clause) -> Mention:
    """Who is meant by "her", where only one of them was named just before."""
    meant = scene.lexicon[mention.word]
    named = [each for each in about.mentions if is_person(scene, each.word) and scene.lexicon[each.word] < meant]
    return replace(mention, word=named[0].word) if len(named) == 1 and is_person(scene, mention.word) else mention


def _is_said_to(scene: Scene, clause: Clause) -> bool:
    """Whether it says to whom."""
    return any(is_person(scene, mention.word) and mention.role is not Role.OF for mention in clause.mentions[:1])


def _names_one(scene: Scene, clause: Clause) -> bool:
    """Whether the clause names one thing, or one person, that a word such as "it" can mean after it."""
    things = [mention for mention in clause.mentions if not is_person(scene, mention.word)]
    return len(things) == 1 or (not things and len(clause.mentions) == 1)


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
