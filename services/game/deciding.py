"""Deciding an action: words become a command, the rules say what it comes to, and that is made a fact."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

import orjson

from services.chassis import errors
from services.chassis.logs import log
from services.game import shown
from services.game.adapters.model import Model
from services.game.adapters.redis_games import Committed, Granted, RedisGames
from services.game.adapters.redis_streams import Followers
from services.game.asked import DERIVED_KEY, Asked
from services.game.leases import kept
from services.game.recent import Recent
from services.game.rules import codec
from services.game.rules.commands import Command, Refused
from services.game.rules.decide import Outcome, check, play
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.shelf import Shelf
from services.game.states import States
from services.game.stored import RESOLVED, Entry, Plain, Row, compress
from services.game.telling.answers import Clarify, Line
from services.game.telling.lines import ending_of, free_answer, lines_of, refusal_lines, visible_events
from services.game.telling.plain import to_plain
from services.game.telling.prompt import prompt
from services.game.telling.template import template
from services.game.telling.view import view_of
from services.game.tellings import Job, Tellings
from services.game.traces import Judged, Purpose, Tracing
from services.game.words import choice, judgement
from services.game.words.choice import ChoiceQuestion
from services.game.words.judgement import LabelQuestion
from services.game.words.read import Ambiguous, Impossible, OutOfWorld, Understood, Unread, read

CHOICE_LIMIT = timedelta(milliseconds=1500)
"""How long the model may take to say which command a text is, or how it is taken."""
ATTEMPTS_MAX = 5
"""After so many workers have died over an action, it is refused: whatever it is, it must not take the game with it."""
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """An action under decision, and what it is decided by."""

    game_id: str
    key: str
    action_hash: str
    asked: Asked
    granted: Granted
    pack: Pack
    before: State
    tracing: Tracing = field(default_factory=Tracing)

    @property
    def number(self) -> int:
        """The number the turn has if it is spent."""
        return self.granted.number + 1


class Deciding:
    """The worker of an action. It runs in a task of its own, and whichever process takes the action over comes to the same events."""

    def __init__(
        self,
        games: RedisGames,
        followers: Followers,
        shelf: Shelf,
        model: Model,
        tellings: Tellings,
        recent: Recent,
        states: States,
        *,
        renew_seconds: float,
    ) -> None:
        self._games = games
        self._followers = followers
        self._shelf = shelf
        self._model = model
        self._tellings = tellings
        self._recent = recent
        self._states = states
        self._renew_seconds = renew_seconds

    async def decide(self, game_id: str, key: str, action_hash: str, asked: Asked, granted: Granted, *, attempts: int = 1) -> None:
        """Brings an action to its end: a turn, committed and told, or an answer that spends none."""
        turn = (game_id, granted.number + 1)
        self._followers.runs_here(turn, running=True)
        try:
            pack = await self._shelf.pack(granted.pack_hash)
            case = _Case(
                game_id=game_id,
                key=key,
                action_hash=action_hash,
                asked=asked,
                granted=granted,
                pack=pack,
                before=self._states.of(game_id, granted.state),
            )
            job = await self._decided(case, attempts)
            if job is not None:
                await self._tellings.tell(job)
        finally:
            self._followers.runs_here(turn, running=False)

    async def _decided(self, case: _Case, attempts: int) -> Job | None:
        """The telling job of the committed turn; None where no turn was spent, or the action is another worker's now."""
        if attempts > ATTEMPTS_MAX:
            _log.error("action given up", game=case.game_id, turn=case.number, attempts=attempts)
            await self._refuse(case, None, refusal_lines(case.pack, Refused("refusal.unreadable"), case.granted.locale))
            return None
        command = case.asked.command or await self._read(case)
        if command is None:
            return None
        label = await self._judge(case, command)
        try:
            outcome = play(case.pack, case.before, command, label)
        except Refused as refused:
            await self._refuse(case, command, refusal_lines(case.pack, refused, case.granted.locale))
            return None
        if not outcome.events:
            await self._answer(case, command)
            return None
        return await self._commit(case, command, label, outcome)

    async def _read(self, case: _Case) -> Command | None:
        """The command that the player's words are; None: they were answered."""
        locale = case.granted.locale
        match read(case.asked.text, case.pack, case.before, locale):
            case Understood(command=command):
                return command
            case Ambiguous(clarify=question):
                await self._ask_back(case, question)
            case Impossible(lines=lines) | OutOfWorld(lines=lines):
                await self._refuse(case, None, lines)
            case Unread():
                asked = choice.question(case.pack, case.before, case.asked.text, locale)
                answer = await self._ask(case, asked, Purpose.CHOICE) if asked.commands else None
                chosen = None if answer is None else choice.answer(asked, answer)
                if chosen is not None:
                    return chosen
                # Who writes the same again, when the model was away, may have it asked again.
                keep = answer is not None or not asked.commands or not case.key.startswith(DERIVED_KEY)
                await self._refuse(case, None, refusal_lines(case.pack, Refused("refusal.unreadable"), locale), keep=keep)
        return None

    async def _judge(self, case: _Case, command: Command) -> str | None:
        """How the person spoken to takes the player's own words, by the model; None: that makes no difference, or no answer in time."""
        if _is_refused(case, command):
            return None
        question = judgement.question(case.pack, command, case.asked.text, case.granted.locale)
        if question is None:
            return None
        began = time.monotonic()
        answer = await self._ask(case, question, Purpose.JUDGEMENT)
        label = None if answer is None else judgement.answer(question, answer)
        took_ms = int((time.monotonic() - began) * 1000)
        case.tracing.judgements.append(Judged(person_id=command.object or "", labels=question.labels, label=label, duration_ms=took_ms))
        return label

    async def _ask(self, case: _Case, question: ChoiceQuestion | LabelQuestion, purpose: Purpose) -> str | None:
        """The model's answer to a closed question; None: it gave none in time."""

        async def renew() -> bool:
            return await self._games.renew_action(case.game_id, case.granted.fence)

        try:
            async with kept(renew, every_seconds=self._renew_seconds):
                return await self._model.choose(
                    question, owner=case.granted.owner, limit=CHOICE_LIMIT, purpose=purpose, calls=case.tracing.calls
                )
        except errors.Failure as failed:
            _log.info("no choice from the model", game=case.game_id, reason=failed.reason)
            return None

    async def _commit(self, case: _Case, command: Command, label: str | None, outcome: Outcome) -> Job | None:
        pack, before, locale = case.pack, case.before, case.granted.locale
        events, after = outcome
        encoded = codec.encode(after)
        visible, lines = visible_events(events), lines_of(pack, before, events, after, locale)
        told = lines or template(pack, before, events, after, locale)
        ending = ending_of(pack, after, locale)
        resolved = shown.resolved(visible, lines, view_of(pack, after, locale, case.number))
        row = Row(
            game_id=case.game_id,
            number=case.number,
            parent=case.granted.number,
            branch_id=case.granted.branch_id,
            depth=case.granted.depth + 1,
            revision=RESOLVED,
            key=case.key,
            action_hash=case.action_hash,
            text=case.asked.text,
            record={
                "command": codec.command_to_plain(command),
                "label": label,
                "events": [codec.event_to_plain(event) for event in events],
                "shown": resolved["events"],
                "lines": resolved["lines"],
                "view": resolved["view"],
                "ending": to_plain(ending) if ending else None,
                "template": [to_plain(line) for line in told],
            },
            state_hash=codec.state_hash(encoded),
            telling=None,
            created_ms=time.time_ns() // 1_000_000,
            trace=case.tracing.after({}),
        )
        asked = prompt(pack, command, case.asked.text, told, after, self._recent.of(case.game_id, case.granted.number), locale)
        data, stored = orjson.dumps(resolved), compress(encoded)
        committed = await self._games.commit(
            row,
            fence=case.granted.fence,
            state=stored,
            status="ENDED" if ending else "ACTIVE",
            ending=ending.ending_id if ending else "",
            nonce=f"{case.granted.fence}:{case.key}",
            prompt=orjson.dumps(to_plain(asked)),
            resolved=data,
        )
        if not isinstance(committed, Committed):
            _log.info("turn is another's", game=case.game_id, turn=case.number, answer=committed)
            return None
        self._states.keep(case.game_id, stored, after)
        self._followers.publish((case.game_id, case.number), Entry(k=committed.k, event="resolved", data=data))
        # The sweep takes the row to PostgreSQL if its telling lasts; a quick telling is written with it, in one go.
        return Job(
            row=row, owner=case.granted.owner, fence=committed.fence, k=committed.k, prompt=asked, pack=pack, state=after, locale=locale
        )

    async def _answer(self, case: _Case, command: Command) -> None:
        """Answers a command that changes nothing."""
        lines = free_answer(case.pack, case.before, command, case.granted.locale)
        view = view_of(case.pack, case.before, case.granted.locale, case.granted.number)
        await self._settle(case, command, resolved=shown.resolved((), lines, view))

    async def _refuse(self, case: _Case, command: Command | None, lines: tuple[Line, ...], *, keep: bool = True) -> None:
        await self._settle(case, command, keep=keep, refused=shown.refused(lines))

    async def _ask_back(self, case: _Case, question: Clarify) -> None:
        await self._settle(case, None, clarify=shown.clarify(question))

    async def _settle(self, case: _Case, command: Command | None, *, keep: bool = True, **answer: Plain) -> None:
        granted = case.granted
        view = view_of(case.pack, case.before, granted.locale, granted.number)
        plain = codec.command_to_plain(command) if command else None
        whole = shown.settled(granted.number, granted.branch_id, case.asked.text, plain, view, **answer)
        events = shown.settled_events(whole)
        done = await self._games.abort(
            case.game_id,
            case.number,
            fence=granted.fence,
            key=case.key,
            action_hash=case.action_hash,
            events=events,
            keep=keep,
        )
        if done == "OK":
            entries = [Entry(k=granted.k0 + at, event=name, data=data) for at, (name, data) in enumerate(events, 1)]
            self._followers.publish((case.game_id, case.number), *entries)


def _is_refused(case: _Case, command: Command) -> bool:
    try:
        check(case.pack, case.before, command)
    except Refused:
        return True
    return False
