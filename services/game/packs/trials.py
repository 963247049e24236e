"""A pack's own tests: witnesses of its endings and what must fail, read from its `tests/` folder."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from services.game.packs.errors import PackErrors
from services.game.packs.fields import Fields, items, scalar
from services.game.packs.source import Node, Problems, parse
from services.game.rules.commands import Command, Verb
from services.game.rules.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A command that must be refused with the text of that key, after the others were carried out."""

    after: tuple[Command, ...]
    command: Command
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """What a pack promises about itself. `witnesses` are command lists by ending; each must end the game there and no sooner."""

    seed: bytes
    witnesses: MappingOf[str, tuple[Command, ...]]
    refusals: tuple[Refusal, ...]


def read_trials(pack: Pack, files: MappingOf[str, str]) -> Trials:
    """The trials of the pack: the files of its `tests/` folder together. PackErrors: what is wrong with them."""
    problems = Problems()
    trials = Trials(seed=b"maratang", witnesses={}, refusals=())
    for file in sorted(file for file in files if file.startswith("tests/")):
        trials = _with_file(trials, Fields(parse(file, files[file], problems), problems, "a file of tests"), pack, problems)
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


def _refusal(node: Node, pack: Pack, problems: Problems) -> Refusal:
    fields = Fields(node, problems, "a refusal")
    after, command, key = fields.items("after"), fields.need("command"), fields.text("key")
    fields.done()
    if not pack.has_text(key):
        problems.unknown(node.spot, "text", key, next(iter(pack.texts.values())).strings)
    refused = Command(verb=Verb.WAIT) if command is None else _command(command, problems)
    return Refusal(after=_commands(after, problems), command=refused, key=key)


def _commands(nodes: tuple[Node, ...], problems: Problems) -> tuple[Command, ...]:
    return tuple(_command(node, problems) for node in nodes)


def _command(node: Node, problems: Problems) -> Command:
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
