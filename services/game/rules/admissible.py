"""All that can be done now."""

from collections.abc import Iterator

from services.game.rules.commands import FREE_VERBS, Command, Refused, Verb
from services.game.rules.decide import check
from services.game.rules.pack import Pack
from services.game.rules.sight import doors_here, exits_here, inventory, items_here, people_here
from services.game.rules.state import DayPhase, State
from services.game.rules.verbs.people import topics_now

_FREE = tuple(Command(verb=verb) for verb in Verb if verb in FREE_VERBS)


def admissible(pack: Pack, state: State) -> tuple[Command, ...]:
    """Every command that `decide` accepts now, in a fixed order, the free verbs first.

    Left out is what there is no end to, or what another command stands for: codes typed in (a code lock is listed once its code is
    known for sure, and then without it), keys spelt out (a lock is listed without its key), topics and clues that a person has no
    reaction of their own to (persuading and lying are listed without the topic, accusing with the clues that matter).
    """
    return (*_FREE, *[command for command in imaginable(pack, state) if is_possible(pack, state, command)])


def is_possible(pack: Pack, state: State, command: Command) -> bool:
    """Whether the command can be done now."""
    try:
        check(pack, state, command)
    except Refused:
        return False
    return True


def imaginable(pack: Pack, state: State) -> Iterator[Command]:
    """What comes into question now besides the free verbs, in a fixed order: more than can be done."""
    if state.ending is not None:
        return
    if state.clock.phase is DayPhase.NIGHT:
        yield from _in_quiet(pack, state)
        return
    yield from [Command(verb=Verb.MOVE, object=way.to) for way in exits_here(pack, state)]
    yield Command(verb=Verb.SEARCH)
    carried, people, doors = inventory(pack, state), people_here(pack, state), doors_here(pack, state)
    things = (*items_here(pack, state), *carried)
    yield from [Command(verb=Verb.EXAMINE, object=named) for named in (*things, *people, *doors)]
    for named in (*things, *doors):
        if named in pack.doors or pack.items[named].container:
            yield Command(verb=Verb.CLOSE if named in state.opened else Verb.OPEN, object=named)
        if named in pack.locks_on:
            yield Command(verb=Verb.UNLOCK, object=named)
    for item in things:
        yield from _with_item(pack, item, is_carried=item in carried)
    for person in people:
        yield from _with_person(pack, state, person, carried)
    yield from _in_quiet(pack, state)


def _in_quiet(pack: Pack, state: State) -> Iterator[Command]:
    """What can be done by night as by day."""
    if pack.places[state.player.place].hides:
        yield Command(verb=Verb.HIDE)
    yield from [Command(verb=Verb.HIDE, object=item) for item, noun in pack.items.items() if noun.hides]
    if pack.has_night:
        listened_at = (None, *[way.to for way in exits_here(pack, state)], *doors_here(pack, state))
        yield from [Command(verb=Verb.LISTEN, object=named) for named in listened_at]
    yield Command(verb=Verb.WAIT)
    yield Command(verb=Verb.SLEEP)


def _with_item(pack: Pack, item: str, *, is_carried: bool) -> Iterator[Command]:
    noun = pack.items[item]
    if not noun.portable:
        yield Command(verb=Verb.SEARCH, object=item)
    else:
        yield Command(verb=Verb.DROP if is_carried else Verb.TAKE, object=item)
    if noun.readable:
        yield Command(verb=Verb.READ, object=item)
    if is_carried or not noun.portable:
        uses = [(use.verb, use.on) for use in noun.uses]
        if item in pack.sequences:
            uses.append((Verb.USE, None))
        for verb, on in dict.fromkeys(uses):
            yield Command(verb=verb, object=item, target=on)


def _with_person(pack: Pack, state: State, person: str, carried: tuple[str, ...]) -> Iterator[Command]:
    for item in carried:
        yield Command(verb=Verb.GIVE, object=item, target=person)
        yield Command(verb=Verb.SHOW, object=item, target=person)
    yield Command(verb=Verb.FOLLOW, object=person)
    yield from _in_words(pack, state, person)
    yield Command(verb=Verb.TALK, object=person)
    yield from (Command(verb=Verb.TALK, object=person, topic=topic.topic_id) for topic in topics_now(pack, state, person))


def _in_words(pack: Pack, state: State, person: str) -> Iterator[Command]:
    """What the person can be persuaded of, lied to about, accused on the strength of."""
    noun = pack.people[person]
    for verb in (Verb.PERSUADE, Verb.LIE):
        topics = [reaction.topic for reaction in noun.reactions if reaction.verb is verb]
        yield from (Command(verb=verb, object=person, topic=topic) for topic in dict.fromkeys([*topics, *([None] if noun.labels else [])]))
    learnt = tuple(clue for clue in pack.clues if clue in state.clues)
    grounds = [reaction.clues for reaction in noun.reactions if reaction.verb is Verb.ACCUSE]
    accusations = [tuple(clue for clue in learnt if clue in clues) or learnt[:1] for clues in grounds]
    yield from (Command(verb=Verb.ACCUSE, object=person, clues=clues) for clues in dict.fromkeys(accusations))
