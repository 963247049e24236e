"""Every way a pack has of making something true, each with what it needs: the moves of a world where nothing is undone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from services.game.packs.prover.facts import (
    ANY,
    Growth,
    Happening,
    Holds,
    Operator,
    all_of,
    any_of,
    at,
    at_least,
    carried,
    holds,
    is_,
    met,
    opened,
    seen,
)
from services.game.rules import effects as fx
from services.game.rules.cast import Person, Reaction
from services.game.rules.commands import Verb
from services.game.rules.events import EventKind
from services.game.rules.expressions import Among, Both, Compare, Constant, Either, Name, Not, Tree
from services.game.rules.nouns import Item, Lock, LockKind, Use
from services.game.rules.pack import Pack
from services.game.rules.state import GONE, PLAYER, topic_key
from services.game.rules.story import EndingTrigger

ALWAYS = Constant(value=True)
SOCIAL_VERBS = frozenset({Verb.MOVE, Verb.WAIT, Verb.SLEEP, Verb.TALK, Verb.PERSUADE, Verb.LIE})
"""What one can do by going about and talking."""


def operators_of(pack: Pack) -> tuple[Operator, ...]:
    """The operators of the pack, in a fixed order."""
    return tuple(_Grounding(pack).operators())


class _Grounding:
    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._waiting: dict[EventKind, list[tuple[str, Happening]]] = {}
        for rule in pack.rules:
            for number, trigger in enumerate(rule.on):
                pattern = Happening(trigger.kind, trigger.subject, trigger.object, trigger.place, trigger.value)
                self._waiting.setdefault(trigger.kind, []).append((f"~{rule.rule_id}.{number}", pattern))
        self._locations = self._where_items_go()
        self._never_cleared = self._flags_never_cleared()

    def operators(self) -> Iterator[Operator]:
        yield from self._passing_time()
        yield from self._places()
        for item in self._pack.items.values():
            yield from self._item(item)
        for person in self._pack.people.values():
            yield from self._person(person)
        for lock in self._pack.locks.values():
            yield from self._lock(lock)
        yield from self._by_itself()

    # ---- building

    def _operator(
        self,
        about: str,
        label: str,
        needs: Iterable[Tree],
        *,
        verb: Verb | None = None,
        on: str | None = None,
        gains: Iterable[Holds | Growth] = (),
        happens: Iterable[Happening] = (),
        effects: Iterable[fx.Effect] = (),
        once: bool = False,
        labelled: bool = False,
    ) -> Iterator[Operator]:
        """The operator itself, and one more for each effect that needs something of its own."""
        needs = tuple(need for need in needs if need != ALWAYS)
        happens, gains, effects = tuple(happens), tuple(gains), tuple(effects)
        for placed in self._placed(needs):
            yield from self._at_one_place(
                about, label, placed, verb=verb, on=on, gains=gains, happens=happens, effects=effects, once=once, labelled=labelled
            )

    def _placed(self, needs: tuple[Tree, ...]) -> Iterator[tuple[Tree, ...]]:
        """The needs for each place where they could be met, with who is `here` spelt as who is there."""
        known = [set(_places_in(need)) for need in needs]
        known += [{place} for need in needs for place in self._place_of_thing(need)]
        known = [places for places in known if places]
        if not known:
            yield needs
            return
        for place in sorted(set.intersection(*known)):
            yield tuple(dict.fromkeys([at(place), *(_located(need, place) for need in needs if not set(_places_in(need)))]))

    def _place_of_thing(self, need: Tree) -> Iterator[str]:
        """The place that perceiving a thing implies, where the thing can be in no other."""
        if isinstance(need, Name) and need.path.startswith("~seen."):
            where = need.path.removeprefix("~seen.")
            for _ in self._pack.items:
                if where not in self._pack.items or len(self._locations[where]) != 1:
                    break
                where = next(iter(self._locations[where]))
            if where in self._pack.places:
                yield where

    def _at_one_place(
        self,
        about: str,
        label: str,
        needs: tuple[Tree, ...],
        *,
        verb: Verb | None,
        on: str | None,
        gains: tuple[Holds | Growth, ...],
        happens: tuple[Happening, ...],
        effects: tuple[fx.Effect, ...],
        once: bool,
        labelled: bool,
    ) -> Iterator[Operator]:
        first = Operator(
            about=about,
            label=label,
            verb=verb,
            on=about if on is None else on,
            labelled=labelled,
            needs=needs,
            gains=(*gains, *(gain for one in happens for gain in self._heard(one))),
        )
        once = once or self._guards_itself(needs, effects)
        yield first
        # Where an effect moves somebody about, `here` is no more where the deed was done.
        moves = any(isinstance(effect, fx.MovePerson) and effect.person is None for _, effect in _flattened(effects, ()))
        for test, effect in _flattened(effects, ()):
            gained = tuple(self._gains(effect, once=once))
            if gained:
                place = None if moves else next((place for need in needs for place in _places_in(need)), None)
                tested = test if place is None else tuple(_located(one, place) for one in test)
                yield replace(first, needs=(*needs, *tested), gains=gained)

    def _heard(self, happening: Happening) -> Iterator[Holds]:
        yield from (Holds(name, value=True) for name, pattern in self._waiting.get(happening.kind, ()) if pattern.fits(happening))

    def _guards_itself(self, needs: Iterable[Tree], effects: Iterable[fx.Effect]) -> bool:
        """Whether it can happen but once: it needs a flag to be unset, sets it, and nothing clears that flag."""
        unset = {need.operand.path for need in conjuncts(needs) if isinstance(need, Not) and isinstance(need.operand, Name)}
        set_here = {f"flag.{each.flag}" for each in effects if isinstance(each, fx.SetFlag) and each.value.tree == Constant(value=True)}
        return bool(unset & set_here & self._never_cleared)

    def _flags_never_cleared(self) -> frozenset[str]:
        cleared = {
            each.flag for each in all_effects(self._pack) if isinstance(each, fx.SetFlag) and each.value.tree != Constant(value=True)
        }
        return frozenset(f"flag.{flag}" for flag, initial in self._pack.flags.items() if not initial and flag not in cleared)

    # ---- what effects bring

    def _gains(self, effect: fx.Effect, *, once: bool) -> Iterator[Holds | Growth]:
        kind = EventKind
        match effect:
            case fx.SetFlag(flag=flag, value=test):
                values = (test.tree.value,) if isinstance(test.tree, Constant) else (True, False)
                for value in values:
                    yield Holds(f"flag.{flag}", value)
                    yield from self._heard(Happening(kind.FLAG_SET, object=flag, value=int(bool(value))))
            case fx.SetVariable(variable=variable, value=amount):
                yield Growth(f"var.{variable}", amount.tree, once=once)
                yield from self._heard(Happening(kind.VARIABLE_SET, object=variable, value=ANY))
            case fx.SetStatistic(person=person, statistic=key, value=amount):
                yield Growth(f"person.{person}.{key}" if person else f"player.{key}", amount.tree, once=once)
                yield from self._heard(Happening(kind.STATISTIC_CHANGED, subject=person, object=key, value=ANY))
            case fx.SetItemState(item=item, state=state):
                yield Holds(f"item.{item}.state", state)
                yield from self._heard(Happening(kind.STATE_CHANGED, object=item, value=state))
            case fx.SetMood(person=person, mood=mood):
                yield Holds(f"person.{person}.mood", mood)
                yield from self._heard(Happening(kind.MOOD_CHANGED, subject=person, value=mood))
            case fx.SetStatus(person=person, status=status):
                yield Holds(f"person.{person}.status", str(status))
                yield from self._heard(Happening(kind.STATUS_CHANGED, subject=person, value=status))
            case fx.MoveItem(item=item, where=where):
                yield Holds(f"item.{item}.place", where)
                yield from self._heard(Happening(kind.ITEM_MOVED, object=item, place=where))
            case fx.MovePerson(person=None, place=place):
                yield Holds("player.place", place or "")
                yield Holds(f"place.{place}.visited", value=True)
                yield from self._heard(Happening(kind.MOVED, place=place))
            case fx.MovePerson(person=person, place=place):
                yield from self._walks(person or "", place)
            case fx.GiveItem(item=item):
                yield from self._taken(item)
            case fx.TakeItem(item=item):
                yield from self._consumed(item)
            case fx.RevealItem(item=item):
                yield from self._found(item)
            case fx.RevealClue(clue=clue, source=source):
                yield Holds(f"clue.{clue}", value=True)
                yield from self._heard(Happening(kind.LEARNT, object=clue, subject=source))
            case fx.Inform(person=person, clue=clue):
                yield Holds(f"person.{person}.knows.{clue}", value=True)
                yield from self._heard(Happening(kind.INFORMED, subject=person, object=clue))
            case fx.SetOpen(thing=thing, is_open=is_open):
                yield Holds(opened(self._pack, thing).path, is_open)
                yield from self._heard(Happening(kind.OPENED if is_open else kind.CLOSED, object=thing))
            case fx.SetLocked(lock=lock, is_locked=is_locked):
                yield from self._locked(self._pack.locks[lock], is_locked=is_locked)
            case fx.StartCondition(bearer=bearer, condition=condition):
                yield from self._under(bearer, condition, value=True)
                yield from self._heard(Happening(kind.CONDITION_STARTED, subject=_bearer(bearer), object=condition, value=ANY))
            case fx.StopCondition(bearer=bearer, condition=condition):
                yield from self._heard(Happening(kind.CONDITION_ENDED, subject=_bearer(bearer), object=condition))
            case fx.ScheduleRule(rule=rule):
                yield Holds(f"~due.{rule}", value=True)
            case fx.Say(speaker=speaker):
                yield from self._heard(Happening(kind.HAPPENED, subject=speaker, object=ANY))
            case fx.End(ending=ending):
                yield Holds(f"~ending.{ending}", value=True)

    def _walks(self, person: str, place: str | None) -> Iterator[Holds]:
        yield Holds(f"person.{person}.place", place or "nowhere")
        yield from self._heard(Happening(EventKind.MOVED, subject=person, place=place))

    def _taken(self, item: str) -> Iterator[Holds]:
        yield Holds(f"item.{item}.place", PLAYER)
        yield Holds(f"item.{item}.found", value=True)
        yield from self._heard(Happening(EventKind.TAKEN, object=item))

    def _consumed(self, item: str) -> Iterator[Holds]:
        yield Holds(f"item.{item}.place", GONE)
        yield from self._heard(Happening(EventKind.CONSUMED, object=item))

    def _found(self, item: str) -> Iterator[Holds]:
        yield Holds(f"item.{item}.found", value=True)
        yield from self._heard(Happening(EventKind.FOUND, object=item))

    def _locked(self, lock: Lock, *, is_locked: bool) -> Iterator[Holds]:
        yield Holds(f"lock.{lock.lock_id}.locked", is_locked)
        if is_locked:
            yield Holds(opened(self._pack, lock.on).path, value=False)
        yield from self._heard(Happening(EventKind.LOCKED if is_locked else EventKind.UNLOCKED, object=lock.on))

    def _under(self, bearer: str, condition: str, *, value: bool) -> Iterator[Holds | Growth]:
        name = f"condition.{condition}" if bearer == PLAYER else f"person.{bearer}.under.{condition}"
        yield Holds(name, value)
        yield Growth(f"{name}.strength", Constant(self._pack.conditions[condition].most), once=True)

    # ---- time

    def _passing_time(self) -> Iterator[Operator]:
        kind = EventKind
        whenever = [Happening(kind.BEGAN, place=self._pack.start), Happening(kind.WAITED), Happening(kind.TIME_PASSED, value=ANY)]
        yield from self._operator("", "waiting", (), verb=Verb.WAIT, happens=whenever)
        slept = [Happening(kind.SLEPT), Happening(kind.DAY_BEGAN, value=ANY), Happening(kind.NIGHT_FELL)]
        sleep_when = self._pack.sleep_when.tree if self._pack.sleep_when else ALWAYS
        yield from self._operator("", "sleeping", (sleep_when,), verb=Verb.SLEEP, happens=slept[:1])
        yield from self._operator("", "a day's end", (), verb=Verb.WAIT, happens=slept[1:])
        for person in self._pack.people.values():
            well = is_(f"person.{person.person_id}.status", "well")
            for place in dict.fromkeys(stay.place for stay in person.schedule):
                gains = self._walks(person.person_id, place)
                yield from self._operator(person.person_id, f"the schedule of {person.person_id}", (well,), verb=Verb.WAIT, gains=gains)
        for key, condition in self._pack.conditions.items():
            for bearer in (PLAYER, *self._pack.people):
                name = f"condition.{key}" if bearer == PLAYER else f"person.{bearer}.under.{key}"
                ended = [Happening(EventKind.CONDITION_ENDED, subject=_bearer(bearer), object=key)]
                yield from self._operator(key, f"under {key}", (Name(name),), effects=condition.each_turn, happens=ended)

    # ---- places

    def _places(self) -> Iterator[Operator]:
        for place in self._pack.places.values():
            here = place.place_id
            for way in place.exits:
                needs = [at(here), way.when.tree if way.when else ALWAYS]
                gains = [Holds("player.place", way.to), Holds(f"place.{way.to}.visited", value=True)]
                happens = [Happening(EventKind.MOVED, place=way.to)]
                if way.door is not None:
                    needs.append(any_of([opened(self._pack, way.door), self._unlocked(way.door)]))
                    gains += [Holds(opened(self._pack, way.door).path, value=True)]
                    happens.append(Happening(EventKind.OPENED, object=way.door))
                yield from self._operator(way.to, f"the way from {here} to {way.to}", needs, verb=Verb.MOVE, gains=gains, happens=happens)
            searched = [Holds(f"place.{here}.searched", value=True)]
            happens = [Happening(EventKind.SEARCHED, place=here)]
            yield from self._operator(here, f"searching {here}", (at(here),), verb=Verb.SEARCH, gains=searched, happens=happens)
            if place.hides:
                yield from self._hiding(here, (at(here),), None, here)
            if self._pack.has_night:
                heard = [Happening(EventKind.LISTENED, object=named) for named in (None, *self._pack.neighbours[here])]
                yield from self._operator(here, "listening", (at(here),), verb=Verb.LISTEN, happens=heard)
        for door in self._pack.doors.values():
            here_ = any_of([at(place) for place in door.places])
            yield from self._examining(door.door_id, here_, f"door.{door.door_id}.examined", None)
            yield from self._closing(door.door_id, here_)
            if self._pack.has_night:
                heard = [Happening(EventKind.LISTENED, object=door.door_id)]
                yield from self._operator(door.door_id, "listening", (here_,), verb=Verb.LISTEN, happens=heard)

    def _hiding(self, about: str, needs: Iterable[Tree], item: str | None, place: str | None) -> Iterator[Operator]:
        happens = [Happening(EventKind.HID, object=item, place=place or ANY)]
        yield from self._operator(
            about, f"hiding in {about}", needs, verb=Verb.HIDE, gains=[Holds("player.hidden", value=True)], happens=happens
        )

    def _unlocked(self, thing: str) -> Tree:
        lock = self._pack.locks_on.get(thing)
        return ALWAYS if lock is None else Not(Name(f"lock.{lock.lock_id}.locked"))

    def _examining(self, named: str, needs: Tree, mark: str, states: Item | None) -> Iterator[Operator]:
        values = states.states if states is not None and states.states else (None,)
        for value in values:
            needed = [needs] if value is None else [needs, is_(f"item.{named}.state", value)]
            happens = [Happening(EventKind.EXAMINED, object=named, value=value)]
            yield from self._operator(
                named, f"examining {named}", needed, verb=Verb.EXAMINE, gains=[Holds(mark, value=True)], happens=happens
            )

    def _closing(self, thing: str, needs: Tree) -> Iterator[Operator]:
        name = opened(self._pack, thing)
        happens = [Happening(EventKind.OPENED, object=thing)]
        yield from self._operator(
            thing, f"opening {thing}", (needs, self._unlocked(thing)), verb=Verb.OPEN, gains=[Holds(name.path, value=True)], happens=happens
        )
        happens = [Happening(EventKind.CLOSED, object=thing)]
        yield from self._operator(
            thing, f"closing {thing}", (needs, name), verb=Verb.CLOSE, gains=[Holds(name.path, value=False)], happens=happens
        )

    # ---- items

    def _where_items_go(self) -> dict[str, frozenset[str]]:
        """Where each item could ever lie."""
        where = {item: {noun.start} for item, noun in self._pack.items.items()}
        for effect in all_effects(self._pack):
            match effect:
                case fx.MoveItem(item=item, where=place):
                    where[item].add(place)
                case fx.GiveItem(item=item):
                    where[item].add(PLAYER)
        for item, noun in self._pack.items.items():
            if noun.portable or PLAYER in where[item]:
                where[item] |= {PLAYER, *self._pack.places}
        return {item: frozenset(places) for item, places in where.items()}

    def _item(self, noun: Item) -> Iterator[Operator]:
        item = noun.item_id
        yield from self._coming_in_sight(noun)
        can_hold: list[Tree] = [seen(item)] if not noun.portable else [carried(item)]
        yield from self._examining(item, seen(item), f"item.{item}.examined", noun)
        if noun.portable:
            yield from self._operator(item, f"taking {item}", (seen(item),), verb=Verb.TAKE, gains=self._taken(item))
            for place in self._pack.places:
                dropped = [Happening(EventKind.DROPPED, object=item, place=place)]
                gains = [Holds(f"item.{item}.place", place)]
                yield from self._operator(
                    item, f"dropping {item}", (carried(item), at(place)), verb=Verb.DROP, gains=gains, happens=dropped
                )
        else:
            happens = [Happening(EventKind.SEARCHED, object=item, place=ANY)]
            open_ = opened(self._pack, item) if noun.container else ALWAYS
            gains = [Holds(f"item.{item}.searched", value=True)]
            yield from self._operator(item, f"searching {item}", (seen(item), open_), verb=Verb.SEARCH, gains=gains, happens=happens)
        if noun.readable:
            happens, gains = [Happening(EventKind.READ, object=item)], [Holds(f"item.{item}.read", value=True)]
            yield from self._operator(item, f"reading {item}", (seen(item),), verb=Verb.READ, gains=gains, happens=happens)
        if noun.container:
            yield from self._closing(item, seen(item))
        if noun.hides:
            yield from self._hiding(item, (seen(item),), item, None)
        for use in noun.uses:
            yield from self._use(item, use, can_hold)
        if item in self._pack.sequences:
            happens = [Happening(EventKind.USED, object=item)]
            yield from self._operator(
                item, f"using {item}", can_hold, verb=Verb.USE, on=f"{item}>", gains=[Holds(f"~used.{item}", value=True)], happens=happens
            )

    def _coming_in_sight(self, noun: Item) -> Iterator[Operator]:
        item = noun.item_id
        found = [Name(f"item.{item}.found")] if noun.hidden else []
        sight = [Holds(seen(item).path, value=True)]
        for where in sorted(self._locations[item]):
            lies = is_(f"item.{item}.place", where)
            if where == PLAYER:
                yield from self._operator(item, f"{item} in hand", (lies,), gains=sight)
            elif where in self._pack.places:
                yield from self._operator(item, f"{item} in {where}", (lies, at(where), *found), gains=sight)
                if found:
                    yield from self._operator(
                        item, f"searching {where}", (lies, at(where)), verb=Verb.SEARCH, on=where, gains=self._found(item)
                    )
            elif where in self._pack.items:
                open_ = [opened(self._pack, where)] if self._pack.items[where].container else []
                yield from self._operator(item, f"{item} in {where}", (lies, seen(where), *open_, *found), gains=sight)
                if found and not self._pack.items[where].portable:
                    needs = (lies, seen(where), *open_)
                    yield from self._operator(item, f"searching {where}", needs, verb=Verb.SEARCH, on=where, gains=self._found(item))

    def _use(self, item: str, use: Use, can_hold: list[Tree]) -> Iterator[Operator]:
        needs = [*can_hold, use.when.tree if use.when else ALWAYS]
        if use.on is not None:
            other = self._pack.items.get(use.on)
            needs.append(carried(use.on) if use.verb is Verb.COMBINE and other is not None and other.portable else self._there(use.on))
        kind = EventKind.USED if use.verb is Verb.USE else EventKind.COMBINED
        gains = list(self._consumed(item)) if use.consumes else []
        label = f"using {item}" + (f" on {use.on}" if use.on else "")
        happens = [Happening(kind, object=item, subject=use.on)]
        yield from self._operator(
            item,
            label,
            needs,
            verb=use.verb,
            on=f"{item}>{use.on or ''}",
            gains=gains,
            happens=happens,
            effects=use.effects,
            once=use.consumes,
        )

    def _there(self, named: str) -> Tree:
        """That an item, person or door can be perceived."""
        if named in self._pack.items:
            return seen(named)
        if named in self._pack.people:
            return met(named)
        return any_of([at(place) for place in self._pack.doors[named].places])

    # ---- people

    def _person(self, noun: Person) -> Iterator[Operator]:
        person = noun.person_id
        awake = (met(person), is_(f"person.{person}.status", "well"))
        for place in self._pack.places:
            needs = (is_(f"person.{person}.place", place), at(place), Not(is_(f"person.{person}.status", "missing")))
            yield from self._operator(person, f"meeting {person} in {place}", needs, gains=[Holds(met(person).path, value=True)])
        yield from self._examining(person, met(person), f"person.{person}.examined", None)
        talked = [Holds(f"person.{person}.talked", value=True)]
        happens = [Happening(EventKind.TALKED, subject=person)]
        yield from self._operator(person, f"talking with {person}", awake, verb=Verb.TALK, gains=talked, happens=happens)
        for topic in noun.topics.values():
            told = f"person.{person}.told.{topic.topic_id}"
            has_line = any_of([variant.when.tree if variant.when else ALWAYS for variant in topic.lines])
            wants: list[Tree] = [*awake, topic.when.tree if topic.when else ALWAYS, has_line]
            happens = [Happening(EventKind.TALKED, subject=person, object=topic.topic_id)]
            yield from self._operator(
                topic_key(person, topic.topic_id),
                f"talking with {person} about {topic.topic_id}",
                wants,
                verb=Verb.TALK,
                gains=[*talked, Holds(told, value=True)],
                happens=happens,
                effects=topic.effects,
                once=topic.once,
            )
        for reaction in noun.reactions:
            yield from self._reaction(noun, reaction, awake)
        for label, effects in noun.labels.items():
            verbs = {Verb.TALK: EventKind.TALKED, Verb.PERSUADE: EventKind.PERSUADED, Verb.LIE: EventKind.LIED}
            happens = [Happening(kind, subject=person) for kind in verbs.values()]
            yield from self._operator(
                person, f"{person} taking words as {label}", awake, verb=Verb.TALK, happens=happens, effects=effects, labelled=True
            )
        if noun.schedule:
            happens = [Happening(EventKind.FOLLOWED, subject=person)]
            stays = [stay.place for stay in noun.schedule if stay.place is not None and 1 < stay.slot <= self._pack.slots_per_day]
            gains = [Holds("player.place", place) for place in stays]
            yield from self._operator(person, f"following {person}", awake, verb=Verb.FOLLOW, gains=gains, happens=happens)
        heard = [Happening(EventKind.HEARD, subject=person, object=ANY, place=ANY, value=ANY)]
        noticed = [Growth(f"person.{person}.noticed", Constant(1), once=False)] if self._pack.hears else []
        yield from self._operator(person, f"being heard by {person}", awake[1:], gains=noticed, happens=heard)
        for phase in noun.phases:
            phases: list[Tree] = [
                *((phase.enter_when.tree,) if phase.enter_when else ()),
                *((each.leave_when.tree for each in noun.phases if each.leave_when) if phase is noun.phases[0] else ()),
            ]
            gains = [Holds(f"person.{person}.phase", phase.phase_id)]
            happens = [Happening(EventKind.PHASE_CHANGED, subject=person, value=phase.phase_id)]
            for need in phases:
                yield from self._operator(person, f"the phase {phase.phase_id} of {person}", (need,), gains=gains, happens=happens)

    def _reaction(self, noun: Person, reaction: Reaction, awake: tuple[Tree, ...]) -> Iterator[Operator]:
        person, when = noun.person_id, reaction.when.tree if reaction.when else ALWAYS
        label = f"{reaction.verb.value} to {person}"
        match reaction.verb:
            case Verb.GIVE | Verb.SHOW:
                for item in (
                    [reaction.item] if reaction.item is not None else [key for key, each in self._pack.items.items() if each.portable]
                ):
                    kind = EventKind.GIVEN if reaction.verb is Verb.GIVE else EventKind.SHOWN
                    gains = [Holds(f"item.{item}.place", person)] if reaction.verb is Verb.GIVE and reaction.accepts else []
                    yield from self._operator(
                        person,
                        label,
                        (*awake, carried(item), when),
                        verb=reaction.verb,
                        on=f"{item}>{person}",
                        gains=gains,
                        happens=[Happening(kind, object=item, subject=person)],
                        effects=reaction.effects,
                        once=bool(gains),
                    )
            case Verb.PERSUADE | Verb.LIE:
                kind = EventKind.PERSUADED if reaction.verb is Verb.PERSUADE else EventKind.LIED
                topic = noun.topics.get(reaction.topic or "")
                needs = (*awake, when, topic.when.tree if topic is not None and topic.when is not None else ALWAYS)
                happens = [Happening(kind, subject=person, object=reaction.topic or ANY)]
                yield from self._operator(person, label, needs, verb=reaction.verb, happens=happens, effects=reaction.effects)
            case _:
                learnt = [all_of([holds(f"clue.{clue}") for clue in sorted(reaction.clues)])] if reaction.clues else [self._any_clue()]
                happens = [Happening(EventKind.ACCUSED, subject=person)]
                yield from self._operator(
                    person, label, (*awake, when, *learnt), verb=Verb.ACCUSE, happens=happens, effects=reaction.effects
                )

    def _any_clue(self) -> Tree:
        return any_of([holds(f"clue.{clue}") for clue in self._pack.clues])

    # ---- locks

    def _lock(self, lock: Lock) -> Iterator[Operator]:
        there, locked = self._there(lock.on), Name(f"lock.{lock.lock_id}.locked")
        needs: list[Tree] = [locked, *(need.when.tree for need in lock.needs)]
        unlocked = list(self._locked(lock, is_locked=False))
        label = f"unlocking {lock.on}"
        match lock.kind:
            case LockKind.KEY:
                needs += [there, any_of([carried(key) for key in lock.keys])]
            case LockKind.CODE:
                # A player can always guess; what is proved is that nobody has to.
                needs += [there, holds(f"clue.{lock.known_by}") if lock.known_by is not None else ALWAYS]
                failed = [Happening(EventKind.UNLOCK_FAILED, object=lock.on, value=ANY)]
                gains = [Growth(f"lock.{lock.lock_id}.failures", Constant(lock.attempts or 10**6), once=True)]
                yield from self._operator(
                    lock.lock_id,
                    f"a wrong code at {lock.on}",
                    needs[:-1],
                    verb=Verb.UNLOCK,
                    on=lock.on,
                    gains=gains,
                    happens=failed,
                    effects=lock.on_fail,
                )
            case LockKind.ITEMS:
                needs += [there, all_of([any_of([carried(item), is_(f"item.{item}.place", lock.on)]) for item in lock.items])]
            case LockKind.TRUST if lock.trust is not None:
                person = lock.trust.person
                enough = at_least(f"person.{person}.{lock.trust.statistic}", lock.trust.at_least)
                needs += [there, met(person), is_(f"person.{person}.status", "well"), enough]
            case LockKind.SEQUENCE:
                needs += [holds(f"~used.{item}") for item in dict.fromkeys(lock.sequence)]
                failed = [Happening(EventKind.UNLOCK_FAILED, object=lock.on, value=ANY)]
                gains = [
                    Growth(f"lock.{lock.lock_id}.failures", Constant(lock.attempts or 10**6), once=True),
                    Growth(f"lock.{lock.lock_id}.progress", Constant(len(lock.sequence)), once=True),
                ]
                yield from self._operator(
                    lock.lock_id, label, needs, verb=Verb.USE, on=f"{lock.sequence[0]}>", gains=gains, happens=failed, effects=lock.on_fail
                )
            case LockKind.TIMED:
                shut = list(self._locked(lock, is_locked=True))
                yield from self._operator(lock.lock_id, f"the hours of {lock.on}", (), verb=Verb.WAIT, gains=shut)
                if not lock.hours:
                    return
            case _:
                return
        opens = [*unlocked, *(gain for item in lock.items if lock.consumes for gain in self._consumed(item))]
        yield from self._operator(
            lock.lock_id, label, needs, verb=_LOCK_VERBS.get(lock.kind, Verb.UNLOCK), on=lock.on, gains=opens, effects=lock.on_open
        )

    # ---- what happens by itself

    def _by_itself(self) -> Iterator[Operator]:
        for rule in self._pack.rules:
            due = [holds(f"~due.{rule.rule_id}")] if any(trigger.kind is EventKind.DUE for trigger in rule.on) else []
            waits = [holds(f"~{rule.rule_id}.{number}") for number, each in enumerate(rule.on) if each.kind is not EventKind.DUE]
            needs = [any_of([*due, *waits])] if rule.on else []
            needs.append(rule.when.tree if rule.when else ALWAYS)
            gains = [Holds(f"rule.{rule.rule_id}", value=True)]
            yield from self._operator(rule.rule_id, f"the rule {rule.rule_id}", needs, gains=gains, effects=rule.effects, once=rule.once)
        for entry in self._pack.night.agenda:
            awake = [is_(f"person.{entry.who}.status", "well")] if entry.who else []
            gone: list[Holds | Growth] = [Holds(f"~agenda.{entry.entry_id}", value=True)]
            gone += self._walks(entry.who, entry.at) if entry.who and entry.at else ()
            needs = [*awake, entry.when.tree if entry.when else ALWAYS]
            yield from self._operator(
                entry.entry_id, f"the night's {entry.entry_id}", needs, verb=Verb.WAIT, gains=gone, effects=entry.effects, once=entry.once
            )
        for heard in self._pack.night.overheard:
            near = {place for at_ in heard.at for place in (at_, *self._pack.neighbours[at_])}
            needs = [any_of([at(place) for place in sorted(near)]), heard.when.tree if heard.when else ALWAYS]
            gains = [Holds(f"~overheard.{heard.entry_id}", value=True)]
            yield from self._operator(
                heard.entry_id,
                f"overhearing {heard.entry_id}",
                needs,
                verb=Verb.LISTEN,
                gains=gains,
                effects=heard.effects,
                once=heard.once,
            )
        for ending in self._pack.endings.values():
            if ending.trigger is not None:
                needs = [ending.when.tree if ending.when else ALWAYS]
                verb = None if ending.trigger is EndingTrigger.ACTION else Verb.WAIT
                gains = [Holds(f"~ending.{ending.ending_id}", value=True)]
                yield from self._operator(ending.ending_id, f"the ending {ending.ending_id}", needs, verb=verb, gains=gains)


_LOCK_VERBS: Mapping[LockKind, Verb] = {LockKind.TIMED: Verb.WAIT, LockKind.SEQUENCE: Verb.USE}


def all_effects(pack: Pack) -> Iterator[fx.Effect]:
    """Every effect that stands anywhere in the pack, those within others too."""
    lists: list[Iterable[fx.Effect]] = [rule.effects for rule in pack.rules]
    lists += [use.effects for item in pack.items.values() for use in item.uses]
    for person in pack.people.values():
        lists += [topic.effects for topic in person.topics.values()]
        lists += [reaction.effects for reaction in person.reactions]
        lists += list(person.labels.values())
    for lock in pack.locks.values():
        lists += [lock.on_open, lock.on_fail]
    lists += [condition.each_turn for condition in pack.conditions.values()]
    lists += [entry.effects for entry in pack.night.agenda] + [entry.effects for entry in pack.night.overheard]
    for effects in lists:
        yield from (effect for _, effect in _flattened(effects, ()))


def _flattened(effects: Iterable[fx.Effect], tests: tuple[Tree, ...]) -> Iterator[tuple[tuple[Tree, ...], fx.Effect]]:
    for effect in effects:
        match effect:
            case fx.When(test=test, then=then, otherwise=otherwise):
                yield from _flattened(then, (*tests, test.tree))
                yield from _flattened(otherwise, (*tests, Not(test.tree)))
            case fx.Chance(then=then, otherwise=otherwise):
                yield from _flattened((*then, *otherwise), tests)
            case _:
                yield tests, effect


def conjuncts(needs: Iterable[Tree]) -> Iterator[Tree]:
    """The conditions that all have to hold, one by one."""
    for need in needs:
        if isinstance(need, Both):
            yield from conjuncts((need.left, need.right))
        else:
            yield need


def _places_in(need: Tree) -> tuple[str, ...]:
    """The places of a condition that says nothing but in which of some the player is; none for any other."""
    match need:
        case Compare("==", Name("player.place"), Constant(str(place))):
            return (place,)
        case Either(left, right):
            one, other = _places_in(left), _places_in(right)
            return (*one, *other) if one and other else ()
        case Among(Name("player.place"), options):
            return tuple(sorted(str(option) for option in options))
    return ()


def _located(tree: Tree, place: str) -> Tree:
    """The condition for a player who is in the place."""
    match tree:
        case Name(path) if path.startswith("person.") and path.endswith((".here", ".sees")):
            return is_(f"{path.rpartition('.')[0]}.place", place)
        case Not(operand):
            return Not(_located(operand, place))
        case Both(left, right):
            return Both(_located(left, place), _located(right, place))
        case Either(left, right):
            return Either(_located(left, place), _located(right, place))
    return tree


def _bearer(bearer: str) -> str | None:
    return None if bearer == PLAYER else bearer
