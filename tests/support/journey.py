"""A player's way through a game, by the Python client: as somebody plays who writes a program for it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from maratang_client import AsyncClient
from maratang_client.reading import read
from maratang_client.shapes import Command, Delta, Game, Reset, Turn, TurnEvent
from services.game.rules import codec
from services.game.rules.commands import Command as RuledCommand


@dataclass(slots=True)
class Journey:
    """A guest, and the game that they play."""

    client: AsyncClient
    game: Game = field(default_factory=Game)
    turn: int = 0

    @property
    def game_id(self) -> str:
        return self.game.game_id

    async def begin(self, scenario: str = "tutorial", locale: str = "ko", seed: str | None = None) -> Game:
        self.game = await self.client.create_game(scenario_id=scenario, locale=locale, seed=seed)
        self.turn = self.game.turn
        return self.game

    async def take(self, asked: str | Command) -> list[TurnEvent]:
        """Takes a turn, to its last event."""
        text, command = (asked, None) if isinstance(asked, str) else (None, asked)
        async with aclosing(self.client.stream_turn(self.game_id, text=text, command=command, expected_turn=self.turn)) as stream:
            events = [event async for event in stream]
        self.turn = done(events).turn
        return events


@asynccontextmanager
async def journey(url: str, locale: str = "ko") -> AsyncIterator[Journey]:
    """A fresh guest's, who is told of each failure at once."""
    async with AsyncClient(url, patience_seconds=0) as client:
        await client.create_guest(locale=locale)
        yield Journey(client)


def as_json(command: RuledCommand) -> dict[str, object]:
    """A command of the rules as the interface has it."""
    return {**codec.command_to_plain(command), "verb": command.verb.value.upper()}


def as_sent(command: RuledCommand) -> Command:
    """The same, as the client takes it."""
    return read(Command, as_json(command))


def done(events: Sequence[TurnEvent]) -> Turn:
    """The whole turn, which is the last event."""
    turn = events[-1].event
    assert isinstance(turn, Turn), events
    return turn


def kinds(events: Sequence[TurnEvent]) -> list[type]:
    """What each event says, by its shape."""
    return [type(event.event) for event in events]


def story(events: Sequence[TurnEvent]) -> str:
    """The text that a stream's reader has at its end: the deltas after the last reset."""
    text = ""
    for event in events:
        match event.event:
            case Reset():
                text = ""
            case Delta(text=piece):
                text += piece
    return text
