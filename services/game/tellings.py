"""Telling a turn: the model's words, checked and appended as they come, or the pack's own."""

import time
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson
from prometheus_client import CollectorRegistry, Counter

from services.chassis import errors
from services.chassis.logs import log
from services.game import shown
from services.game.adapters.model import Model, Worded
from services.game.adapters.redis_games import Finished, RedisGames
from services.game.adapters.redis_streams import Followers
from services.game.leases import kept
from services.game.pieces import coalesced
from services.game.recent import Recent
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.stored import TOLD, Entry, Row
from services.game.sync import Sync
from services.game.telling.answers import Line, Telling, ToldBy
from services.game.telling.checks import Watch
from services.game.telling.plain import from_plain, to_plain
from services.game.telling.prompt import Prompt
from services.game.traces import Called, Told, Tracing

TELLING_LIMIT = timedelta(seconds=60)
"""How long the model may take over one telling."""
TAKEOVERS_MAX = 3
"""After so many tellers have died over a row, the pack tells it."""
TRIES = 2
"""How often the model may try: a text that fails a check is told once more."""
_log = log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row to tell. `k` is the place of the stream's last event.

    `prompt`, `pack` and `state` (after the row) are None where they can't be had any more: then the pack's template tells it.
    """

    row: Row
    owner: str
    fence: int
    k: int
    locale: str
    prompt: Prompt | None = None
    pack: Pack | None = None
    state: State | None = None
    shown: str = ""
    """What was shown already, by a teller who died: it is gone on from, or taken back, never spliced with another text."""


class _Lost(Exception):  # noqa: N818  it is no error: the job is another's now
    """The job is another worker's, or will be: where the store did not answer, only who takes over can see what stands in the stream."""


class _Spliced(Exception):  # noqa: N818  it is no error: the text is told anew
    """The model did not go on from what was shown."""


class _Stopped(Exception):  # noqa: N818  it is no error: the player asked for it
    """The player wants no more of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A telling that has come to its end, and the pieces of it that are still to be shown: they go with that end, in one visit to Redis."""

    telling: Telling
    rest: tuple[Line, ...] = ()


class _Stream:
    """Appends to a turn's stream under a job's fence, and shows what was appended. `text` is what is shown."""

    def __init__(self, job: Job, games: RedisGames, followers: Followers) -> None:
        self._job = job
        self._games = games
        self._followers = followers
        self._k = job.k
        self.text = job.shown

    async def delta(self, text: str, speaker: str | None) -> None:
        """Appends a piece of the telling. Raises _Stopped, _Lost."""
        await self._append("delta", shown.delta(text, speaker))
        self.text += text

    async def reset(self) -> None:
        """Starts the telling anew. Raises _Lost."""
        await self._append("reset", b"{}")
        self.text = ""

    async def _append(self, event: str, data: bytes) -> None:
        row, k = self._job.row, self._k + 1
        try:
            answer = await self._games.tell(row.game_id, row.number, fence=self._job.fence, k=k, event=event, data=data)
        except errors.Unavailable as away:
            raise _Lost from away
        if answer == "STOPPED":
            raise _Stopped
        if answer not in {"OK", "DUP"}:
            raise _Lost
        self._k = k
        self._followers.publish((row.game_id, row.number), Entry(k=k, event=event, data=data))


class _Onward:
    """Lets through what comes after the text that was shown already, which the watch has to see too."""

    def __init__(self, watch: Watch, begun: str) -> None:
        released = watch.feed(begun) if begun else ""
        if watch.over or not begun.startswith(released):
            raise _Spliced
        # The watch holds the end back until it knows what follows; the player has it.
        self._owed = begun[len(released) :]

    def new(self, released: str) -> str:
        """What of a released text was not shown yet. Raises _Spliced where it is not what was shown."""
        held = min(len(self._owed), len(released))
        if released[:held] != self._owed[:held]:
            raise _Spliced
        self._owed = self._owed[held:]
        return released[held:]


class Tellings:
    """The worker of telling jobs."""

    def __init__(
        self,
        games: RedisGames,
        followers: Followers,
        model: Model,
        sync: Sync,
        recent: Recent,
        registry: CollectorRegistry,
        *,
        renew_seconds: float,
    ) -> None:
        self._games = games
        self._followers = followers
        self._model = model
        self._sync = sync
        self._recent = recent
        self._renew_seconds = renew_seconds
        self._told = Counter("maratang_tellings", "Turns told, by whom.", ("told_by",), registry=registry)
        self._given_up = Counter(
            "maratang_telling_failures", "Tellings that the model did not bring to an end.", ("reason",), registry=registry
        )

    async def tell(self, job: Job) -> None:
        """Tells a row to its end, unless another worker has it by then. A model that fails never stops it."""
        stream, tracing = _Stream(job, self._games, self._followers), Tracing()

        async def renew() -> bool:
            return await self._games.renew_telling(job.row.game_id, job.row.number, job.fence)

        try:
            async with kept(renew, every_seconds=self._renew_seconds):
                ready = await self._telling(job, stream, tracing)
            await self._finish(job, stream, ready, tracing)
        except _Lost:
            _log.info("telling is left to another", game=job.row.game_id, turn=job.row.number)

    async def _telling(self, job: Job, stream: _Stream, tracing: Tracing) -> _Ready:
        for _ in range(TRIES):
            began = time.monotonic()
            try:
                told = await self._by_model(job, stream, tracing.calls)
            except _Spliced:
                told = None
                await stream.reset()
                continue
            except errors.Failure as failed:
                self._given_up.labels(failed.reason).inc()
                _log.info("the model did not tell", game=job.row.game_id, turn=job.row.number, reason=failed.reason)
                break
            except _Stopped:
                stopped = _stopped(job, stream.text)
                tracing.tellings.append(_traced(stopped, began, kept=True))
                return _Ready(telling=stopped)
            if told is None:
                break
            good = bool(told.telling.text) and all(check.passed for check in told.telling.checks)
            tracing.tellings.append(_traced(told.telling, began, kept=good))
            if good:
                return told
            self._given_up.labels("CHECK").inc()
            if stream.text:
                await stream.reset()
        began = time.monotonic()
        told = await self._by_template(job, stream)
        tracing.tellings.append(_traced(told.telling, began, kept=True))
        return told

    async def _by_model(self, job: Job, stream: _Stream, calls: list[Called]) -> _Ready | None:
        """What the model told; None: it can't be asked."""
        if job.prompt is None or job.pack is None or job.state is None:
            return None
        watch = Watch(job.pack, job.state, job.locale, told=[line["text"] for line in job.row.record["lines"]])
        onward = _Onward(watch, stream.text)
        speaker, rest, end = job.prompt.speaker, "", list[Worded]()
        words = self._model.stream(
            job.prompt,
            owner=job.owner,
            game_id=job.row.game_id,
            number=job.row.number,
            limit=TELLING_LIMIT,
            calls=calls,
            begun=stream.text,
        )
        async with aclosing(coalesced(words)) as pieces:
            async for piece, said in pieces:
                released = onward.new(watch.feed(piece))
                end.extend(said)
                if end or watch.over:
                    rest += released
                elif released:
                    await stream.delta(released, speaker)
                if watch.over:
                    break
        rest += onward.new(watch.end())
        text, worded = stream.text + rest, end[-1] if end else Worded(told_by=ToldBy.BASE, model="")
        telling = Telling(text=text, lines=_one_line(text, speaker), told_by=worded.told_by, model=worded.model, checks=watch.checks())
        return _Ready(telling=telling, rest=_one_line(rest, speaker))

    async def _by_template(self, job: Job, stream: _Stream) -> _Ready:
        if stream.text:
            await stream.reset()
        lines = tuple(from_plain(Line, line) for line in job.row.record["template"])
        pieces = tuple(replace(line, text=f"\n{line.text}" if place else line.text) for place, line in enumerate(lines))
        text = "".join(piece.text for piece in pieces)
        return _Ready(telling=Telling(text=text, lines=lines, told_by=ToldBy.TEMPLATE, model="", checks=()), rest=pieces)

    async def _finish(self, job: Job, stream: _Stream, ready: _Ready, tracing: Tracing) -> None:
        telling = ready.telling
        row = replace(job.row, revision=TOLD, telling=to_plain(telling), trace=tracing.after(job.row.trace))
        events = [*(("delta", shown.delta(piece.text, piece.speaker)) for piece in ready.rest), *shown.told_events(row)]
        finished = await self._games.finish(row, fence=job.fence, events=events)
        if finished == "STOPPED":
            _log.info("telling stopped", game=row.game_id, turn=row.number)
            cut = replace(telling, text=stream.text, lines=_one_line(stream.text, ready.rest[0].speaker), checks=())
            tracing.tellings[-1] = replace(tracing.tellings[-1], checks=())
            await self._finish(job, stream, _Ready(telling=cut), tracing)
            return
        if not isinstance(finished, Finished):
            raise _Lost
        self._told.labels(telling.told_by).inc()
        self._recent.add(row.game_id, row.number, row.parent, telling.text)
        # The write to PostgreSQL begins before the followers hear of the end: they wait for it.
        self._sync.told(row, finished.backlog)
        first = finished.k - len(events) + 1
        entries = [Entry(k=first + at, event=name, data=data, row=row) for at, (name, data) in enumerate(events)]
        self._followers.publish((row.game_id, row.number), *entries)


def _stopped(job: Job, text: str) -> Telling:
    """What was shown when the player stopped it. Who words a text is only known at its end, so it goes by whom it was asked of."""
    told_by, speaker = (ToldBy.LORA if job.prompt.adapter else ToldBy.BASE, job.prompt.speaker) if job.prompt else (ToldBy.TEMPLATE, None)
    return Telling(text=text, lines=_one_line(text, speaker), told_by=told_by, model="", checks=())


def _traced(telling: Telling, began: float, *, kept: bool) -> Told:
    took_ms = int((time.monotonic() - began) * 1000)
    return Told(told_by=telling.told_by, model=telling.model, checks=telling.checks, kept=kept, duration_ms=took_ms)


def _one_line(text: str, speaker: str | None) -> tuple[Line, ...]:
    return (Line(text=text, speaker=speaker),) if text else ()


def job_prompt(data: bytes) -> Prompt | None:
    """The prompt that a telling job keeps; None where it keeps none."""
    return from_plain(Prompt, orjson.loads(data)) if data else None
