"""A pack's own tests: witnesses of its endings and what must fail, read from its `tests/` folder."""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from functools import partial

from services.game.packs.compiler import Located
from services.game.packs.errors import PackErrors
from services.game.packs.expressions import Expressions
from services.game.packs.fields import Fields, items, scalar
from services.game.packs.shorthand import command_in
from services.game.packs.source import Mapping, Node, Problems, Scalar, parse
from services.game.rules.cast import LABELS
from services.game.rules.commands import Command, Verb
from services.game.rules.expressions import Test, Value
from services.game.rules.pack import Pack
from services.game.rules.state import State

_TIMES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A command that must be refused with the text of that key, after the others were carried out."""

    after: tuple[Command, ...]
    command: Command
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A condition that must hold, as the author spells it; `values` says what the names in it stand at."""

    test: Test
    spelt: str
    values: Callable[[State], MappingOf[str, Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a transcript: a command, or words to be read as one; how a model takes them; and what must be true of it.

    `lines` are keys of texts that must be told in it, `silent` of those that must not, `refused` the key of the text that says no,
    `holds` what holds afterwards, `lore` the background that does then (None: whatever does).
    """

    command: Command | None
    say: str
    label: str | None
    lines: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    refused: str | None = None
    holds: Held | None = None
    lore: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Steps one after another, from the beginning of a game; what is said is in the language of `locale`."""

    name: str
    locale: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """What a pack promises about itself. `witnesses` are command lists by ending; each must end the game there and no sooner."""

    seed: bytes
    witnesses: MappingOf[str, tuple[Command, ...]]
    refusals: tuple[Refusal, ...]
    transcripts: tuple[Transcript, ...] = ()


def read_trials(located: Located, files: MappingOf[str, str]) -> Trials:
    """The trials of the pack: the files of its `tests/` folder together. PackErrors: what is wrong with them."""
    return trials_of(located, parse_trials(files))


def parse_trials(files: MappingOf[str, str]) -> tuple[Mapping, ...]:
    """What the files of the `tests/` folder say. PackErrors: what can't be read."""
    problems = Problems()
    parsed = tuple(parse(file, files[file], problems) for file in sorted(files) if file.startswith("tests/"))
    if problems.errors:
        raise PackErrors(problems.errors)
    return parsed


def trials_of(located: Located, parsed: Iterable[Mapping]) -> Trials:
    """The trials that the parsed files are for the pack. PackErrors: what is wrong with them."""
    problems, pack = Problems(), located.pack
    expressions = Expressions(located.names, problems)
    trials = Trials(seed=b"maratang", witnesses={}, refusals=())
    for file in parsed:
        fields = Fields(file, problems, "a file of tests")
        transcripts = tuple(_transcript(name, node, pack, problems, expressions) for name, node in fields.entries("transcripts"))
        trials = _with_file(replace(trials, transcripts=trials.transcripts + transcripts), fields, pack, problems)
    if problems.errors:
        raise PackErrors(problems.errors)
    return trials


def _with_file(trials: Trials, fields: Fields, pack: Pack, problems: Problems) -> Trials:
    witnesses = dict(trials.witnesses)
    for ending, node in fields.entries("witnesses"):
        if ending not in pack.endings:
            problems.unknown(node.spot, "ending", ending, pack.endings)
        witnesses[ending] = _commands(items(node), problems)
    refusals = tuple(_refusal(node, pack, problems) for node in fields.items("refused"))
    seed = fields.text("seed", trials.seed.hex())
    fields.done()
    try:
        return replace(trials, seed=bytes.fromhex(seed), witnesses=witnesses, refusals=trials.refusals + refusals)
    except ValueError:
        problems.add(fields.spot, "'seed' is bytes in hexadecimal digits")
        return trials


def _transcript(name: str, node: Node, pack: Pack, problems: Problems, expressions: Expressions) -> Transcript:
    fields = Fields(node, problems, "a transcript")
    locale = fields.choice("locale", tuple(pack.texts), next(iter(pack.texts)))
    steps = tuple(step for each in fields.items("steps") for step in _steps(each, pack, problems, expressions))
    fields.done()
    return Transcript(name=name, locale=locale, steps=steps)


def _steps(node: Node, pack: Pack, problems: Problems, expressions: Expressions) -> tuple[Step, ...]:
    """A step with what is expected of it, as often as it says; a bare command expects nothing, nor do those before the last."""
    if isinstance(node, Scalar):
        return (Step(command=_command(node, problems), say="", label=None),)
    fields = Fields(node, problems, "a step")
    do, say, holds = fields.node("do"), fields.text("say", ""), fields.node("holds")
    if (do is None) is (say == ""):
        problems.add(node.spot, "a step has 'do', a command, or 'say', a player's words")
    refused, lore = fields.node("refused"), fields.node("lore")
    step = Step(
        command=None if do is None else _command(do, problems),
        say=say,
        label=fields.choice("label", LABELS) if fields.node("label") is not None else None,
        lines=tuple(_text(each, pack, problems) for each in fields.items("lines")),
        silent=tuple(_text(each, pack, problems) for each in fields.items("silent")),
        refused=None if refused is None else _text(refused, pack, problems),
        holds=None if holds is None else _held(scalar(holds, problems, "a condition"), expressions),
        lore=None if lore is None else tuple(_lore(each, pack, problems) for each in fields.items("lore")),
    )
    times = fields.integer("times", default=1, minimum=1, maximum=_TIMES_MAX)
    fields.done()
    return (*[Step(command=step.command, say=step.say, label=step.label)] * (times - 1), step)


def _held(condition: Scalar, expressions: Expressions) -> Held:
    test = expressions.test(condition)
    return Held(test=test, spelt=condition.text, values=partial(expressions.values, test.reads))


def _text(node: Node, pack: Pack, problems: Problems) -> str:
    """The key that stands there, of a text of the pack."""
    key = scalar(node, problems, "a text's key").text
    if not pack.has_text(key):
        problems.unknown(node.spot, "text", key, next(iter(pack.texts.values())).strings)
    return key


def _lore(node: Node, pack: Pack, problems: Problems) -> str:
    named = scalar(node, problems, "an entry of the lore").text
    known = [entry.entry_id for entry in pack.lore.entries]
    if named not in known:
        problems.unknown(node.spot, "entry of the lore", named, known)
    return named


def _refusal(node: Node, pack: Pack, problems: Problems) -> Refusal:
    fields = Fields(node, problems, "a refusal")
    after, command, key = fields.items("after"), fields.need("command"), fields.need("key")
    fields.done()
    refused = Command(verb=Verb.WAIT) if command is None else _command(command, problems)
    return Refusal(after=_commands(after, problems), command=refused, key="" if key is None else _text(key, pack, problems))


def _commands(nodes: tuple[Node, ...], problems: Problems) -> tuple[Command, ...]:
    return tuple(_command(node, problems) for node in nodes)


def _command(node: Node, problems: Problems) -> Command:
    if isinstance(node, Scalar):
        try:
            return command_in(node.text)
        except ValueError as error:
            problems.add(node.spot, str(error))
            return Command(verb=Verb.WAIT)
    fields = Fields(node, problems, "a command")
    command = Command(
        verb=fields.choice("verb", tuple(Verb)),
        object=fields.text("object", "") or None,
        target=fields.text("target", "") or None,
        topic=fields.text("topic", "") or None,
        code=fields.text("code", "") or None,
        clues=tuple(scalar(each, problems, "a clue").text for each in fields.items("clues")),
    )
    fields.done()
    return command
