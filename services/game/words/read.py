"""The table parser: a player's text becomes a command, a question, an answer, or is left to the model. It never guesses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.game.rules.commands import Command, Refused, Verb
from services.game.rules.decide import check
from services.game.rules.nouns import Kind
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.rules.verbs.speech import WORDED_VERBS
from services.game.telling.answers import Action, Clarify, Line
from services.game.telling.lines import refusal_lines
from services.game.telling.suggestions import label, suggested
from services.game.words.calling import called, heard, is_one_person, is_topic_here
from services.game.words.clauses import Clause
from services.game.words.english import clauses as english
from services.game.words.joining import joined
from services.game.words.korean import clauses as korean
from services.game.words.lexicon import lexicon
from services.game.words.meaning import commands_of, is_read
from services.game.words.normalise import normalise
from services.game.words.numbers import asks_number
from services.game.words.outside import is_outside
from services.game.words.scene import Scene, about, ids_of
from services.game.words.sentences import sentences, without_speech
from services.game.words.tables import Tables

_HANGUL = re.compile("[가-힣ㄱ-ㅣ]")
_LATIN = re.compile("[A-Za-z]{3}")
_ADDRESSING = re.compile(r"(?:요|죠|(?<!을)(?<!ㄹ)니까)\s*\?\s*$")
"""A question as it is put to somebody, politely."""
_CHOICES_MAX = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """The text is this command. It can be done now, or it is free."""

    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """The text has more than one reading, or one that is only probable: the player is asked."""

    clarify: Clarify


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """The text is understood, and can't be done now: why, and the key of the text that says it."""

    lines: tuple[Line, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfWorld:
    """The text is about the game as a program."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """The tables can't read the text; a model may try."""


Reading = Understood | Ambiguous | Impossible | OutOfWorld | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A text as the tables see it: its clauses, in the scene they are meant in. `clauses` None: it says what not to do."""

    scene: Scene
    clauses: tuple[Clause, ...] | None


def read(text: str, pack: Pack, state: State, locale: str) -> Reading:
    """What the text asks for, in Korean or English whatever the game's language. The answer depends on nothing but its arguments."""
    clean = normalise(text)
    labelled = _labels(pack, state).get(clean.casefold())
    if labelled is not None:
        return Understood(command=labelled)
    if is_outside(clean, pack):
        return OutOfWorld(lines=refusal_lines(pack, Refused("refusal.out_of_world"), locale))
    free = (korean if _HANGUL.search(clean) else english).free_verb(clean)
    if free is not None and not _is_a_thing(free, clean, pack, state):
        return Understood(command=Command(verb=free))
    if asks_number(clean, pack):
        return Understood(command=Command(verb=Verb.STATUS))
    parsed = parse(clean, pack, state)
    if parsed.clauses is None:
        return _impossible(pack, Refused("refusal.undone"), locale)
    if not parsed.clauses or not all(is_read(parsed.scene, clause) for clause in parsed.clauses):
        return _half_read(parsed, locale)
    if len(parsed.clauses) > 1:
        # Two deeds at once: one turn is one deed, and which comes first is the player's to say.
        commands = [command for clause in parsed.clauses for command in commands_of(parsed.scene, clause)]
        asked = _ask(pack, state, commands, locale)
        refused = [_refused(pack, state, command) for command in commands] if isinstance(asked, Unread) else []
        first = next(iter(refused), None)
        return asked if first is None else _impossible(pack, first, locale)
    return _understand(parsed.scene, parsed.clauses[0], locale)


def parse(clean: str, pack: Pack, state: State) -> Parsed:
    """The clauses of a normalised text, by the tables of the language it is written in; what is beside its deeds is left out."""
    tables: Tables = korean if _HANGUL.search(clean) else english
    words = lexicon(pack, state, "ko" if tables is korean else "en")
    if tables is korean and _LATIN.search(clean):  # 「nightstand 열기」
        words = {**{word.replace(" ", ""): ids for word, ids in lexicon(pack, state, "en").items()}, **words}
    scene = Scene(pack=pack, state=state, lexicon=words)
    plain, speech = without_speech(clean)
    spoken = called(scene, tables, plain) if not speech else None
    if spoken is not None:
        return Parsed(scene=scene, clauses=(spoken,))
    found: list[Clause] = []
    for sentence in sentences(plain):
        clauses = tables.clauses(sentence, scene.lexicon)
        if clauses is None:
            return Parsed(scene=scene, clauses=None)
        found += clauses
    if any(clause.verb is not None for clause in found):
        found = joined(scene, [clause for clause in found if clause.says_something])
    elif _ADDRESSING.search(plain) and (asked := [clause for clause in found if is_one_person(scene, clause)]):
        found = [heard(scene, tables, plain, replace(asked[0], verb=Verb.TALK, unknown=()))]  # 「윤슬 씨는 누구세요?」
    elif _ADDRESSING.search(plain) and len(found) == 1 and is_topic_here(scene, found[0]):
        found = [replace(found[0], verb=Verb.TALK, unknown=(), sure=False)]  # 「시계는 왜 멈췄죠?」: of whom, is asked
    elif speech and not any(clause.unknown for clause in found):
        found = [Clause(verb=Verb.TALK, mentions=tuple(mention for clause in found for mention in clause.mentions))]
    if speech:
        found = [heard(scene, tables, speech, clause) if clause.verb in WORDED_VERBS else clause for clause in found]
    return Parsed(scene=scene, clauses=tuple(found))


def _is_a_thing(free: Verb, clean: str, pack: Pack, state: State) -> bool:
    """Whether what would be the player's own map or notes is a thing of the pack, that something is done with."""
    if free not in (Verb.MAP, Verb.NOTES):
        return False
    parsed = parse(clean, pack, state)
    return any(ids_of(parsed.scene, clause, Kind.ITEM) and clause.verb is not None for clause in parsed.clauses or ())


def _half_read(parsed: Parsed, locale: str) -> Reading:
    """Where it is clear whom somebody accuses, but not of what, or that they hide, but not where, they are asked; all else is unread."""
    scene, clauses = parsed.scene, parsed.clauses or ()
    if len(clauses) == 1 and (clauses[0].verb is Verb.HIDE or (clauses[0].verb is Verb.ACCUSE and clauses[0].mentions)):
        asked = _ask(scene.pack, scene.state, about(scene, clauses[0]), locale)
        if clauses[0].verb is Verb.HIDE and isinstance(asked, Ambiguous) and asked.clarify.choices[1:] == () and clauses[0].sure:
            only = asked.clarify.choices[0].command
            return asked if only.object is not None else Understood(command=only)  # behind what is only scenery
        return asked if isinstance(asked, Ambiguous) else _understand(scene, replace(clauses[0], unknown=()), locale)
    return Unread()


def _labels(pack: Pack, state: State) -> dict[str, Command]:
    """What the buttons say, in both languages; not where two say the same."""
    named = [(label(pack, command, locale).casefold(), command) for command in suggested(pack, state) for locale in pack.texts]
    commands: dict[str, set[Command]] = {}
    for text, command in named:
        commands.setdefault(text, set()).add(command)
    return {text: one for text, several in commands.items() if len(several) == 1 for one in several}


def _understand(scene: Scene, clause: Clause, locale: str) -> Reading:
    pack, state = scene.pack, scene.state
    commands = commands_of(scene, clause)
    if not commands:
        return _ask(pack, state, about(scene, clause), locale) if clause.mentions or clause.points else Unread()
    possible = [command for command in commands if _refused(pack, state, command) is None]
    if not clause.sure or not all(mention.sure for mention in clause.mentions):
        return _ask(pack, state, possible, locale)
    if len(possible) == 1 and _is_named(scene, clause, possible[0]):
        return Understood(command=possible[0])
    if possible:
        return _ask(pack, state, possible, locale)
    refused = _refused(pack, state, commands[0])
    assert refused is not None, "nothing was possible"
    if commands[0].object is None and (choices := about(scene, clause)):
        return _ask(pack, state, choices, locale)
    return _impossible(pack, refused, locale)


def _impossible(pack: Pack, refused: Refused, locale: str) -> Impossible:
    return Impossible(lines=refusal_lines(pack, refused, locale), key=refused.key)


def _is_named(scene: Scene, clause: Clause, command: Command) -> bool:
    """Whether the player named what is used, where something is: else they are asked whether it is that."""
    named = {one for mention in clause.mentions for one in scene.lexicon[mention.word]}
    return command.verb is not Verb.USE or not named or command.object in named


def _ask(pack: Pack, state: State, commands: Iterable[Command], locale: str) -> Reading:
    """The question back; where there is nothing to choose, the text stays unread."""
    possible = [command for command in dict.fromkeys(commands) if _refused(pack, state, command) is None][:_CHOICES_MAX]
    choices = tuple(Action(label=label(pack, command, locale), command=command) for command in possible)
    return Ambiguous(clarify=Clarify(question=pack.text("clarify.question", locale), choices=choices)) if choices else Unread()


def _refused(pack: Pack, state: State, command: Command) -> Refused | None:
    try:
        check(pack, state, command)
    except Refused as refused:
        return refused
    return None
