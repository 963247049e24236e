"""What a model is asked to tell: this turn's facts, as the player may know them, and who is to word them."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.game.packs.particles import render
from services.game.rules.cast import Person
from services.game.rules.commands import Command, Verb
from services.game.rules.pack import Pack
from services.game.rules.sight import is_here
from services.game.rules.state import State
from services.game.telling.answers import Line
from services.game.telling.style import STYLES, Style
from services.game.telling.view import description

TOKENS_MAX = 120
_STORY_TEMPERATURE = 0.2
_VOICE_TEMPERATURE = 0.6
_WISH_LENGTH_MAX = 80
_BEFORE_LENGTH_MAX = 60
_ADDRESSING_OBJECT = frozenset({Verb.TALK, Verb.PERSUADE, Verb.LIE, Verb.ACCUSE})
_ADDRESSING_TARGET = frozenset({Verb.GIVE, Verb.SHOW})
# What a model could take for the end of a message, the beginning of another, or one of our labels.
_DEFUSED = str.maketrans(
    {"<": "(", ">": ")", "[": "(", "]": ")", "|": "/", "{": "(", "}": ")", ":": " ", "#": " ", '"': "'", "“": "'", "”": "'"}
)

Message = tuple[str, str]
"""A role ("system", "user" or "assistant") and a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A telling to ask for. `adapter` speaks as `speaker`, if there is one; where it can't be had, the base model gets `fallback_messages`.

    `speaker` None: the telling is narration. `fallback_messages` are empty where there is no adapter to fall back from.
    """

    messages: tuple[Message, ...]
    fallback_messages: tuple[Message, ...]
    adapter: str | None
    speaker: str | None
    max_tokens: int
    temperature: float
    stop: tuple[str, ...]


def prompt(pack: Pack, command: Command, text: str, lines: tuple[Line, ...], after: State, recent: Sequence[str], locale: str) -> Prompt:
    """The prompt for a turn: some 250 tokens at most.

    `text` is what the player wrote, empty for a button; `lines` are the turn as the pack tells it (`template`), `recent` the last tellings.

    It has the facts of the turn and what the player perceives, nothing else of the game; a persona only where that very person speaks.
    """
    style = STYLES[locale]
    wish = f"{style.wish}: “{defused(text)[:_WISH_LENGTH_MAX]}”\n" if text else ""
    person = _spoken_with(pack, command, lines, after)
    if person is not None:
        phase = person.phase(after.people[person.person_id].phase)
        words = " ".join(line.text for line in lines if line.speaker == person.person_id)
        if phase is not None and phase.adapter is not None and words:
            return _voiced(pack, person, phase.adapter, after, wish, words, style, locale)
    return _narrated(pack, after, lines, wish, recent, style, locale)


def narration(place: str, told: str, locale: str) -> Prompt:
    """The prompt for telling facts of long ago: it has them and the place's name, and nothing else of the game."""
    style = STYLES[locale]
    scene = f"{style.narrator} {render(style.place, {'place': place}, locale)}"
    return _narration(scene, "", _cut(told, style.facts_length_max), style)


def lore_now(pack: Pack, state: State, locale: str) -> dict[str, str]:
    """The background that holds now and here, by id, the weightiest first, as far as the pack's budget goes."""
    told, left = dict[str, str](), pack.lore.budget
    for entry in pack.lore.entries:
        text = pack.text(f"{pack.path(entry.entry_id)}.text", locale)
        fits = entry.place in (None, state.player.place) and (entry.when is None or entry.when(state))
        if fits and len(text) <= left:
            told[entry.entry_id] = text
            left -= len(text)
    return told


def defused(text: str) -> str:
    """The player's words with the brackets, bars and marks broken that a model could take for its own control strings or our labels."""
    return " ".join(text.translate(_DEFUSED).split())


def _spoken_with(pack: Pack, command: Command, lines: tuple[Line, ...], after: State) -> Person | None:
    """The person the player addresses in this turn, else the first who speaks in it."""
    addressed = command.object if command.verb in _ADDRESSING_OBJECT else command.target if command.verb in _ADDRESSING_TARGET else None
    speakers = [line.speaker for line in lines if line.speaker is not None]
    named = addressed or next(iter(speakers), "")
    return pack.people[named] if named in pack.people and (named in speakers or is_here(after, named)) else None


def _narrated(pack: Pack, after: State, lines: tuple[Line, ...], wish: str, recent: Sequence[str], style: Style, locale: str) -> Prompt:
    scene = [style.narrator, render(style.place, {"place": pack.name(after.player.place, locale)}, locale)]
    scene += lore_now(pack, after, locale).values()
    if recent and (last := _last_sentence(recent[-1])):
        scene.append(style.before.format(text=last))
    told = " ".join(
        style.says.format(name=pack.name(line.speaker, locale), text=line.text) if line.speaker else line.text for line in lines
    )
    facts = _cut(told, style.facts_length_max)
    if len(facts) < style.facts_length_max // 4:
        # A turn with little to tell leaves room for what the place looks like.
        scene.append(_cut(description(pack, after, locale), style.facts_length_max // 2))
    return _narration(" ".join(scene), wish, facts, style)


def _narration(scene: str, wish: str, facts: str, style: Style) -> Prompt:
    return Prompt(
        messages=_messages(scene, style.examples, style.facts, style.story, wish, facts),
        fallback_messages=(),
        adapter=None,
        speaker=None,
        max_tokens=TOKENS_MAX,
        temperature=_STORY_TEMPERATURE,
        stop=("\n\n", f"{style.facts}:", f"{style.story}:", f"{style.wish}:"),
    )


def _voiced(pack: Pack, person: Person, adapter: str, after: State, wish: str, words: str, style: Style, locale: str) -> Prompt:
    path, name = pack.path(person.person_id), pack.name(person.person_id, locale)
    voice = f"{style.voice.format(name=name)} {style.speech[person.speech]}"
    manner = pack.text(f"{path}.phase.{after.people[person.person_id].phase}.style", locale)
    persona = pack.text(f"{path}.persona", locale)
    sense = _cut(words, style.facts_length_max)

    def asked(scene: str) -> tuple[Message, ...]:
        return _messages(scene, style.voice_examples, style.sense, style.words, wish, sense)

    return Prompt(
        messages=asked(f"{voice} {persona} {manner}"),
        # A base model that can't keep a secret is told none.
        fallback_messages=asked(voice),
        adapter=adapter,
        speaker=person.person_id,
        max_tokens=TOKENS_MAX,
        temperature=_VOICE_TEMPERATURE,
        stop=("\n\n", f"{style.sense}:", f"{style.words}:", f"{style.wish}:"),
    )


def _messages(scene: str, examples: tuple[tuple[str, str], ...], given: str, wanted: str, wish: str, facts: str) -> tuple[Message, ...]:
    shown = [
        message
        for fact, story in examples
        for message in (("user", f"{given}: {fact}\n{wanted}:"), ("assistant", story))
    ]  # fmt: skip
    return (("system", scene), *shown, ("user", f"{wish}{given}: {facts}\n{wanted}:"))


def _last_sentence(text: str) -> str:
    last = text.replace("\n", " ").rstrip().rstrip(".!?…").rpartition(". ")[2].strip()
    return defused(last) if len(last) <= _BEFORE_LENGTH_MAX else ""


def _cut(text: str, length: int) -> str:
    """The text, if need be up to the end of the last sentence that fits."""
    if len(text) <= length:
        return text
    end = max(text.rfind(mark, 0, length) for mark in (". ", "! ", "? ", "… ", "” "))
    return text[: end + 1] if end > 0 else text[:length]
