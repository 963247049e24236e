"""Every call that a player's client makes, over REST."""

import ipaddress
import json
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Self, TypeAlias, TypeVar

import httpx

from services.local.playing.failures import CallFailed, Foreign, Problem, Unreachable, problem
from services.local.playing.patience import PATIENCE_SECONDS, Patience
from services.local.playing.reading import Misread, read
from services.local.playing.shapes import (
    Accepted,
    Action,
    Asked,
    Clarify,
    Clue,
    Delta,
    Done,
    Game,
    KnownPlace,
    Person,
    Refused,
    Reset,
    Resolved,
    Scenario,
    TurnEvent,
    View,
)
from services.local.playing.sse import Parser, ServerSent, TooLong

T = TypeVar("T")
_TIMEOUT = httpx.Timeout(connect=5, read=40, write=10, pool=5)
"""A stream that lives says something every 15 s."""
_EVENTS: dict[str, type[TurnEvent]] = {
    "accepted": Accepted,
    "resolved": Resolved,
    "delta": Delta,
    "reset": Reset,
    "clarify": Clarify,
    "refused": Refused,
}
_PAGE = 100
_Place: TypeAlias = tuple[int, int]
"""An event's id: the turn, and the event's place in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    path: str
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Client:
    """A player's line to a server. It blocks: there is one player, who waits for one answer at a time.

    Every call raises Problem, Unreachable or Foreign, the passing ones only after its patience is over; `waiting` is called when a call
    begins to wait. A server that was never `reached` is not waited for.
    """

    def __init__(self, url: str, waiting: Callable[[], None], *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.token = ""
        self._waiting = waiting
        self._patience_seconds = patience_seconds
        self.reached = False
        try:
            base = httpx.URL(url)
            # The environment's proxy is for the world outside, not for this machine.
            self._http = httpx.Client(base_url=base, timeout=_TIMEOUT, trust_env=not _is_here(base.host))
        except (httpx.InvalidURL, ValueError) as error:
            raise Unreachable(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def guest(self, locale: str) -> None:
        """Signs in as a new guest; from now on `token` is the guest's."""
        self.token = ""
        signed_in = self._answer(_Request(method="POST", path="/v1/players:guest", body={"locale": locale}))
        self.token = str(signed_in.get("accessToken", ""))
        if not self.token:
            raise Foreign("a guest without a token")

    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios one can play."""
        return self._list(Scenario, f"/v1/scenarios?pageSize={_PAGE}", "scenarios")

    def unfinished(self) -> tuple[Game, ...]:
        """The player's games that still go on, the last played first."""
        return self._list(Game, f"/v1/games?status=ACTIVE&pageSize={_PAGE}", "games")

    def begin(self, scenario_id: str, locale: str) -> Game:
        """Begins a game, once, however often its connection fails."""
        body = {"scenarioId": scenario_id, "locale": locale}
        return self._shape(Game, self._answer(_Request(method="POST", path="/v1/games", body=body, headers=_key())))

    def game(self, game_id: str) -> Game:
        """A game as it stands."""
        return self._shape(Game, self._get(f"/v1/games/{game_id}"))

    def view(self, game_id: str) -> View:
        """What the player may see now."""
        return self._shape(View, self._get(f"/v1/games/{game_id}/view"))

    def actions(self, game_id: str) -> tuple[Action, ...]:
        """What can be done now, what to try first first."""
        return self._list(Action, f"/v1/games/{game_id}/actions", "actions")

    def places(self, game_id: str) -> tuple[KnownPlace, ...]:
        """The places that the player knows."""
        return self._list(KnownPlace, f"/v1/games/{game_id}/map", "places")

    def clues(self, game_id: str) -> tuple[Clue, ...]:
        """What the player has learnt."""
        return self._list(Clue, f"/v1/games/{game_id}/clues", "clues")

    def people(self, game_id: str) -> tuple[Person, ...]:
        """The people whom the player has met."""
        return self._list(Person, f"/v1/games/{game_id}/people", "people")

    def take(self, game_id: str, asked: Asked, expected_turn: int) -> Generator[TurnEvent]:
        """Takes a turn, once, and gives its events to the last, `Done`: a stream that breaks is watched on from where it broke."""
        said = {"text": asked} if isinstance(asked, str) else {"command": asked}
        body = {**said, "expectedTurn": expected_turn}
        return self._events(game_id, _Request(method="POST", path=f"/v1/games/{game_id}/turns:stream", body=body, headers=_key()))

    def watch(self, game_id: str, turn: int) -> Generator[TurnEvent]:
        """The events of a turn that was taken before, to the last; of one that is still being told, as they come."""
        return self._events(game_id, _Request(method="GET", path=_watch_path(game_id, turn)))

    def _events(self, game_id: str, first: _Request) -> Generator[TurnEvent]:
        patience = self._patience()
        request, seen = first, (-1, -1)
        done = False
        while not done:
            try:
                with closing(self._unseen(request, seen)) as events:
                    for place, event in events:
                        if place is not None:
                            seen = place
                            request = _Request(method="GET", path=_watch_path(game_id, place[0]), headers={"last-event-id": event.id})
                            patience.renew()
                        if (shape := self._event(event)) is not None:
                            # Its end is read after the last event, too: to hang up before would look like leaving.
                            done = done or isinstance(shape, Done)
                            yield shape
                if not done:
                    raise Unreachable("the stream was cut")
            except Problem as failed:
                if request is first or failed.reason != "TURN_NOT_FOUND":
                    self._wait(patience, failed)
                else:
                    # What spends no turn leaves nothing to watch, but its answer is kept under its key.
                    request = first
            except Unreachable as failed:
                if not done:
                    self._wait(patience, failed)

    def _unseen(self, request: _Request, seen: _Place) -> Generator[tuple[_Place | None, ServerSent]]:
        """The events after a place; the same answer again, under the same key, begins with those before it."""
        with closing(self._stream(request)) as events:
            for event in events:
                place = _place(event.id)
                if place is None or place > seen:
                    yield place, event

    def _event(self, event: ServerSent) -> TurnEvent | None:
        data = _parsed(event.data)
        if event.name == "error":
            raise problem(500, data)
        if event.name == "done":
            return self._shape(Done, {"turn": data})
        kind = _EVENTS.get(event.name)
        return None if kind is None else self._shape(kind, data)

    def _stream(self, request: _Request) -> Generator[ServerSent]:
        parser = Parser()
        with _connection(), self._opened(request, accept="text/event-stream") as answer:
            self._check(answer, "text/event-stream")
            try:
                for received in answer.iter_bytes():
                    yield from parser.feed(received)
            except TooLong as error:
                raise Foreign("an event without end") from error

    def _list(self, kind: type[T], path: str, name: str) -> tuple[T, ...]:
        """All pages of a list."""
        found: list[T] = []
        token = ""
        while True:
            page = self._get(path + (f"&pageToken={token}" if token else ""))
            listed = page.get(name, [])
            if not isinstance(listed, list):
                raise Foreign(f"{name} are no list")
            found += (self._shape(kind, one) for one in listed)
            token = str(page.get("nextPageToken", ""))
            if not token:
                return tuple(found)

    def _get(self, path: str) -> Mapping[str, object]:
        return self._answer(_Request(method="GET", path=path))

    def _answer(self, request: _Request) -> Mapping[str, object]:
        patience = self._patience()
        while True:
            try:
                with _connection(), self._opened(request, accept="application/json") as answer:
                    self._check(answer, "application/json")
                    found = _parsed(answer.read())
            except CallFailed as failed:
                self._wait(patience, failed)
            else:
                if not isinstance(found, Mapping):
                    raise Foreign("an answer that is no object")
                return found

    @contextmanager
    def _opened(self, request: _Request, *, accept: str) -> Iterator[httpx.Response]:
        headers = {"accept": accept, **request.headers, **({"authorization": f"Bearer {self.token}"} if self.token else {})}
        with self._http.stream(request.method, request.path, json=request.body, headers=headers) as answer:
            self.reached = True
            yield answer

    def _check(self, answer: httpx.Response, content_type: str) -> None:
        """Raises what an answer says that is not the one asked for."""
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if answer.status_code == httpx.codes.OK and kind == content_type:
            return
        asked = answer.headers.get("retry-after", "")
        retry_after = float(asked) if asked.isdigit() else 0.0
        if kind == "application/problem+json":
            raise problem(answer.status_code, _parsed(answer.read()), retry_after)
        if answer.status_code in {502, 503, 504}:  # what stands before the server
            raise Problem(status=answer.status_code, retry_after=retry_after)
        raise Foreign(f"{answer.status_code} {kind}")

    def _patience(self) -> Patience:
        return Patience(self._waiting, self._patience_seconds)

    def _wait(self, patience: Patience, failed: CallFailed) -> None:
        if not self.reached:
            raise failed
        patience.wait(failed)

    @staticmethod
    def _shape(kind: type[T], found: object) -> T:
        try:
            return read(kind, found)
        except Misread as error:
            raise Foreign(str(error)) from error


@contextmanager
def _connection() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(str(error)) from error


def _parsed(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Foreign("an answer that is no JSON") from error


def _key() -> dict[str, str]:
    return {"idempotency-key": uuid.uuid4().hex}


def _watch_path(game_id: str, turn: int) -> str:
    return f"/v1/games/{game_id}/turns/{turn}:watch"


def _place(event_id: str) -> _Place | None:
    turn, _, k = event_id.partition("-")
    return (int(turn), int(k)) if turn.isdecimal() and k.isdecimal() else None


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
