"""Clients that play with retries, resume broken streams at any gateway, and write down what they were told."""

import asyncio
import contextlib
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.chaos.history import Outcome, Told, Violation

Json = dict[str, Any]
WAITING = frozenset(
    {
        "GAME_BUSY", "SERVICE_UNAVAILABLE", "STORE_UNAVAILABLE", "STORE_FULL", "DATABASE_UNAVAILABLE", "SHUTTING_DOWN",
        "DEADLINE_EXCEEDED", "TURN_RATE_LIMITED", "CANCELLED",
    }
)  # fmt: skip
"""What passes: the same is asked again."""
PATIENCE_SECONDS = 120.0
"""How long a client goes on trying."""
IN_TIME_SECONDS = 30.0
_ATTEMPT_SECONDS = 12.0
BROKEN = (aiohttp.ClientError, OSError, TimeoutError, asyncio.IncompleteReadError)
PLACES, THINGS = ("living_room", "bedroom", "kitchen", "hall"), ("coat", "memo", "clock", "bag", "drawer", "fuse", "nightstand", "photo")
SAID = ("둘러본다", "기다린다", "외투를 뒤진다", "침대를 가져간다", "소지품을 본다")


class CutHereError(Exception):
    """The client's own connection broke, at a byte of its choosing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How clients play."""

    think_seconds: tuple[float, float] = (0.2, 1.2)
    cuts: float = 0.15
    """How often a client's own connection breaks within a stream."""
    resumes: float = 0.7
    """How often a broken stream is resumed, rather than asked for anew."""
    doubles: float = 0.1
    """How often an action is sent twice at once with one key."""
    rivals: float = 0.08
    """How often another action with another key is sent at the same time."""
    turns_a_game: int = 25


@dataclass(slots=True)
class Recorded:
    """What all clients were told."""

    told: list[Told] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """Of each acknowledged turn, from its first sending to its last event."""
    owners: dict[str, str] = field(default_factory=dict)
    """Of each game, its player's token."""
    local: set[str] = field(default_factory=set)
    """Games that were only in Redis when they were begun."""
    gone: set[str] = field(default_factory=set)
    """Games whose players were told that there is no such game."""

    def acknowledged(self) -> int:
        return sum(one.outcome is Outcome.TURN for one in self.told)

    def fault(self, invariant: str, game: str, detail: str) -> None:
        self.violations.append(Violation(invariant=invariant, game=game, detail=detail))


def digest(lines: Iterable[Json]) -> str:
    """What the rules were said to have decided: their own lines, in one short word."""
    said = [(line.get("speaker"), line["text"]) for line in lines]
    return hashlib.blake2b(json.dumps(said, ensure_ascii=False).encode(), digest_size=8).hexdigest()


class Screen:
    """What a reader of a turn's stream has before them."""

    def __init__(self) -> None:
        self.last_id = ""
        self.turn = -1
        self.text = ""
        self.resolved = ""
        self.resets = 0
        self._k = 0

    def takes(self, event_id: str, name: str, data: Json) -> str | None:
        """Shows one event; what is wrong with it, if anything."""
        if event_id:
            turn, _, k_text = event_id.partition("-")
            k = int(k_text)
            wrong = None
            if self._k and k != self._k + 1 and name in {"delta", "resolved"}:
                wrong = f"event {event_id} ({name}) came after {self.last_id}"
            self.turn, self._k, self.last_id = int(turn), k, event_id
            if wrong is not None:
                return wrong
        if name == "delta":
            self.text += data["text"]
        elif name == "reset":
            self.text, self.resets = "", self.resets + 1
        elif name == "resolved":
            said = digest(data.get("lines", ()))
            if self.resolved and said != self.resolved:
                return f"turn {self.turn} was resolved twice, differently"
            self.resolved = said
        return None


class Browser:
    """HTTP to any of the gateways."""

    def __init__(self, urls: Sequence[str], session: aiohttp.ClientSession, dice: random.Random) -> None:
        self.urls = urls
        self.dice = dice
        self.session = session

    async def call(self, method: str, path: str, token: str = "", body: Json | None = None, **headers: str) -> tuple[int, Json]:
        """One call at some gateway: status and JSON. Raises what breaks."""
        async with self.session.request(
            method,
            self.dice.choice(self.urls) + path,
            json=body,
            headers=self._headers(token, headers),
            timeout=aiohttp.ClientTimeout(total=_ATTEMPT_SECONDS),
        ) as answer:
            return answer.status, json.loads(await answer.read())

    async def persist(self, method: str, path: str, token: str = "", body: Json | None = None, **headers: str) -> tuple[int, Json]:
        """The same, again and again until it is answered with anything but a sign to wait."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(*BROKEN, json.JSONDecodeError):
                status, answer = await self.call(method, path, token, body, **headers)
                if status < 300 or answer.get("reason") not in WAITING:
                    return status, answer
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path} had no answer within {PATIENCE_SECONDS:.0f} s")
            await asyncio.sleep(0.1 + self.dice.random() * 0.3)

    async def events(
        self, method: str, path: str, token: str, body: Json | None, cut_after: int | None, **headers: str
    ) -> AsyncIterator[tuple[str, str, Json]]:
        """The events of a stream (id, name, data); a problem document is an `error`.

        Raises what breaks, and CutHereError after so many bytes.
        """
        async with self.session.request(
            method,
            self.dice.choice(self.urls) + path,
            json=body,
            headers=self._headers(token, headers),
            timeout=aiohttp.ClientTimeout(total=60, sock_read=_ATTEMPT_SECONDS),
        ) as answer:
            if not answer.content_type.startswith("text/event-stream"):
                yield "", "error", json.loads(await answer.read())
                return
            pending, seen = b"", 0
            async for piece in answer.content.iter_any():
                if cut_after is not None and seen + len(piece) >= cut_after:
                    pending += piece[: cut_after - seen]
                    whole, _, _ = pending.rpartition(b"\n\n")
                    for event in _parsed(whole):
                        yield event
                    raise CutHereError
                seen += len(piece)
                pending += piece
                whole, separator, rest = pending.rpartition(b"\n\n")
                if separator:
                    pending = rest
                    for event in _parsed(whole):
                        yield event

    def _headers(self, token: str, more: dict[str, str]) -> dict[str, str]:
        return {
            **({"authorization": f"Bearer {token}"} if token else {}),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }


def _parsed(block: bytes) -> Iterable[tuple[str, str, Json]]:
    for text in block.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in text.split("\n") if line and not line.startswith(":"))
        if fields:
            yield fields.get("id", ""), fields["event"], json.loads(fields.get("data", "null"))


class Client:
    """Somebody who plays game after game."""

    def __init__(self, name: str, browser: Browser, recorded: Recorded, habits: Habits) -> None:
        self.name = name
        self.token = ""
        self.game = ""
        self.number = 0
        self._browser = browser
        self._dice = browser.dice
        self._recorded = recorded
        self._habits = habits
        self.sent = 0
        self._games = 0

    async def sign_in(self) -> None:
        """Becomes a guest."""
        status, answer = await self._browser.persist("POST", "/v1/players:guest", body={"locale": "ko"})
        assert status == 200, answer
        self.token = answer["accessToken"]

    async def begin(self) -> None:
        """Begins a game, with one key however often it must be asked for."""
        self._games += 1
        key = f"{self.name}-game-{self._games}"
        status, answer = await self._browser.persist(
            "POST", "/v1/games", self.token, {"scenarioId": "tutorial", "locale": "ko"}, idempotency_key=key
        )
        assert status == 200, answer
        self.game, self.number = answer["gameId"], answer["turn"]
        self._recorded.owners[self.game] = self.token
        if answer["opening"]["durability"] != "REPLICATED":
            self._recorded.local.add(self.game)

    async def read(self) -> None:
        """Asks where its game stands."""
        status, answer = await self._browser.persist("GET", f"/v1/games/{self.game}", self.token)
        assert status == 200, answer
        self.number = answer["turn"]

    async def play(self, stop: asyncio.Event) -> None:
        """Plays until it is told to stop; the turn under way is brought to its end."""
        if not self.token:
            await self.sign_in()
        while not stop.is_set():
            await self.begin()
            for _ in range(self._habits.turns_a_game):
                if stop.is_set() or await self.act() == "ended":
                    break
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._dice.uniform(*self._habits.think_seconds)):
                        await stop.wait()

    async def act(self) -> str:
        """One action, perhaps sent twice, perhaps against a rival; says "ended" when the game takes no more."""
        asked, key = self._action(), self._key()
        contested = self._dice.random() < self._habits.rivals
        sent = [self.take(asked, key, contested=contested)]
        if self._dice.random() < self._habits.doubles:
            self._recorded.counts["sent twice"] += 1
            sent.append(self.take(asked, key, contested=contested))
        if contested:
            self._recorded.counts["rivals"] += 1
            sent.append(self.take(self._action(), self._key(), contested=True))
        ends = await asyncio.gather(*sent)
        return "ended" if "ended" in ends else "on"

    async def take(self, asked: Json, key: str, *, contested: bool = False) -> str:
        """Brings one action to its end and writes down what was said; "on" or "ended"."""
        told = Told(
            game=self.game,
            key=key,
            expected=self.number,
            asked=asked_word(asked.get("text", ""), asked.get("command")),
            invoked=time.monotonic(),
            contested=contested,
        )
        self._recorded.told.append(told)
        screen = Screen()
        while time.monotonic() < told.invoked + PATIENCE_SECONDS:
            # A turn is watched by its number: where another's action may have taken it, only the key says whose it is.
            resume = bool(screen.last_id) and not contested and self._dice.random() < self._habits.resumes
            if not resume:
                if screen.text and not screen.resets:
                    told.abandoned.append(screen.text)
                screen = Screen()
            end = await self._attempt(told, screen, asked, resume=resume)
            if end is not None:
                return end
            told.retries += 1
            await asyncio.sleep(0.05 + self._dice.random() * 0.25)
        self._recorded.counts["given up"] += 1
        return "ended"

    async def _attempt(self, told: Told, screen: Screen, asked: Json, *, resume: bool) -> str | None:
        """One stream, to its end or to where it breaks; None: again."""
        cut_after = self._dice.randrange(40, 3000) if self._dice.random() < self._habits.cuts else None
        path = f"/v1/games/{told.game}/turns"
        if resume:
            told.resumes += 1
            stream = self._browser.events("GET", f"{path}/{screen.turn}:watch", self.token, None, cut_after, last_event_id=screen.last_id)
        else:
            body = {**asked, "expectedTurn": told.expected}
            stream = self._browser.events("POST", f"{path}:stream", self.token, body, cut_after, idempotency_key=told.key)
        try:
            async with contextlib.aclosing(stream):  # type: ignore[type-var]  # it is an async generator
                async for event_id, name, data in stream:
                    if name == "error":
                        return self._failed(told, screen, data)
                    wrong = screen.takes(event_id, name, data)
                    if wrong is not None:
                        self._recorded.fault("I6", told.game, f"{wrong} (key {told.key!r})")
                    if name == "done":
                        return self._done(told, screen, data)
        except CutHereError:
            self._recorded.counts["streams cut by their readers"] += 1
        except (*BROKEN, json.JSONDecodeError):
            self._recorded.counts["streams that broke"] += 1
        else:
            self._recorded.counts["streams that ended without a last event"] += 1
        return None

    def _done(self, told: Told, screen: Screen, done: Json) -> str:
        told.completed = time.monotonic()
        told.turn = done["turn"]
        told.resets = screen.resets
        if done["turn"] == told.expected:
            told.outcome = Outcome.SETTLED
            return "on"
        told.outcome = Outcome.TURN
        told.text, told.shown = done["telling"]["text"], screen.text
        told.resolved = digest(done.get("lines", ()))
        told.replicated = done.get("durability") == "REPLICATED"
        if screen.resolved not in {"", told.resolved}:
            self._recorded.fault("I6", told.game, f"turn {told.turn} was shown as resolved otherwise than it was acknowledged")
        self.number = max(self.number, done["turn"])
        seconds = told.completed - told.invoked
        self._recorded.seconds.append(seconds)
        self._recorded.counts["tellings by template" if done["telling"]["toldBy"] == "TEMPLATE" else "tellings by the model"] += 1
        if seconds > IN_TIME_SECONDS:
            self._recorded.counts["turns later than 30 s"] += 1
        if told.turn != told.expected + 1:
            self._recorded.fault("I2", told.game, f"key {told.key!r} expected turn {told.expected} and became turn {told.turn}")
        return "ended" if "ending" in done else "on"

    def _failed(self, told: Told, screen: Screen, problem: Json) -> str | None:
        reason = problem.get("reason", "")
        self._recorded.counts[f"answered {reason}"] += 1
        if reason in WAITING:
            return None
        if reason == "TURN_NOT_FOUND":
            # The turn went with Redis, or was only accepted: it is asked for anew.
            screen.last_id = ""
            return None
        told.completed = time.monotonic()
        if reason == "STALE_TURN":
            told.outcome = Outcome.STALE
            self.number = int(problem["metadata"]["turn"])
            return "on"
        if reason == "GAME_NOT_FOUND":
            self._recorded.gone.add(told.game)
            return "ended"
        if reason == "GAME_ENDED":
            told.outcome = Outcome.STALE
            return "ended"
        self._recorded.fault("unexpected", told.game, f"key {told.key!r} was answered {problem}")
        return "ended"

    def _key(self) -> str:
        self.sent += 1
        return f"{self.name}-{self.sent}"

    def _action(self) -> Json:
        roll = self._dice.random()
        if roll < 0.1:
            return {"text": self._dice.choice(SAID)}
        if roll < 0.3:
            return {"command": {"verb": "MOVE", "object": self._dice.choice(PLACES)}}
        if roll < 0.5:
            return {"command": {"verb": self._dice.choice(("SEARCH", "EXAMINE", "TAKE", "READ")), "object": self._dice.choice(THINGS)}}
        if roll < 0.6:
            return {"command": {"verb": "TALK", "object": "yunseul"}}
        if roll < 0.65:
            return {"command": {"verb": "LOOK"}}
        return {"command": {"verb": "WAIT"}}


def asked_word(text: str, command: Mapping[str, object] | None) -> str:
    """An action in a few words, the same for what was sent and for what was kept."""
    if text or command is None:
        return f"text {text}"
    return " ".join(sorted(str(one).lower() for one in command.values() if one))


@asynccontextmanager
async def http_session() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections for all clients; closed with their sockets at the end."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=False)) as session:
        yield session
    await asyncio.sleep(0)  # transports close in the loop's next turn
