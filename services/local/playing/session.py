"""One sitting: game after game, turn after turn, until the player leaves."""

from contextlib import closing

from maratang_client import Client, Problem
from maratang_client.shapes import Action, Clarify, Command, Game, GameStatus, Line, ScenarioWords, Turn, View
from services.local.playing.lobby import Left, Lobby, Wishes
from services.local.playing.orders import Order, Ordered, Unclear, meaning
from services.local.playing.reader import Reader
from services.local.playing.scene import Scene
from services.local.playing.screen import Screen

_MOVED_ON = frozenset({"STALE_TURN", "GAME_ENDED"})
_OVER = {"GAME_NOT_FOUND": "game_gone", "GAME_SUSPENDED": "suspended"}
"""What ends a game for its player, and the word for it."""
_UNAUTHORIZED = 401


class Session:
    """The player at the keyboard. `playing` says whether a game is under way."""

    def __init__(self, client: Client, lobby: Lobby, screen: Screen, reader: Reader) -> None:
        self._client = client
        self._lobby = lobby
        self._screen = screen
        self._reader = reader
        self._game_id = ""
        self._number = 0
        self._locale = ""
        self._offered: tuple[Action, ...] = ()
        self._actions: tuple[Action, ...] = ()
        self.playing = False

    def run(self, wishes: Wishes) -> None:
        """Plays until the player leaves: raises Left, EOFError where no more lines come, or what a call fails with for good."""
        self._lobby.come_in()
        while True:
            try:
                self._one_game(wishes)
                wishes = Wishes(new=True)
            except Problem as failed:
                if failed.status != _UNAUTHORIZED:
                    raise
                self.playing = False
                self._screen.warns(self._screen.words.guest_unknown)
                self._lobby.come_in_anew()

    def _one_game(self, wishes: Wishes) -> None:
        if (game := self._lobby.last(wishes)) is not None:
            self._screen.says(self._screen.words.resumed)
            self._sit_down(game)
            self._name_language()
            self._recall(game)
        else:
            game, words = self._lobby.chosen(wishes.scenario)
            self._sit_down(game)
            if words is None:
                self._recall(game)
            else:
                self._open(game, words)
        while self.playing:
            self._act()

    def _sit_down(self, game: Game) -> None:
        self._game_id, self._number, self._locale = game.game_id, game.turn, game.locale
        self.playing = game.status == GameStatus.ACTIVE
        self._screen.knows(self._client.list_people(game.game_id).people)

    def _name_language(self) -> None:
        """Says so where the game is told in another language than the screen's."""
        if self._locale != self._screen.language:
            self._screen.says(self._screen.words.game_language)

    def _open(self, game: Game, words: ScenarioWords | None) -> None:
        if words is not None:
            self._screen.title(words.title, words.summary)
        if game.opening is not None:
            telling = game.opening.telling
            self._screen.lines(telling.lines or (Line(speaker=None, text=telling.text),) if telling else game.opening.lines)
        self._screen.says(self._screen.words.help_hint)
        self._stand(game.view)

    def _recall(self, game: Game) -> None:
        """Shows again how the game stands."""
        if game.turn == 0:
            self._open(game, None)
            return
        self._screen.scene(self._screen.words.recalled)
        scene = Scene(self._screen)
        with closing(self._client.watch_turn(game.game_id, game.turn)) as events:
            for event in events:
                scene.show(event)
        if game.ending is not None:
            self._screen.ending(game.ending)
        else:
            self._stand(game.view)

    def _stand(self, view: View | None) -> None:
        """Shows where the player stands and what can be done."""
        self._actions = self._offered = ()
        self._screen.blank()
        if view is not None:
            self._screen.knows(view.people)
            self._screen.place(view)
        self._actions = self._offered = self._client.list_actions(self._game_id).actions
        if view is not None:
            self._screen.ways(view)
        self._screen.actions(self._actions)

    def _act(self) -> None:
        """Reads one line and does what it says."""
        screen = self._screen
        screen.settle()
        meant = meaning(self._reader.line(), self._offered)
        try:
            match meant:
                case Ordered():
                    self._obey(meant)
                case Unclear(written=written):
                    words = screen.words.no_such_order if written.startswith("/") else screen.words.no_such_number
                    screen.warns(words.format(written=written))
                case Action(command=command):
                    self._take(command)
                case str():
                    self._take(meant)
        except Problem as failed:
            self._meet(failed)

    def _take(self, asked: str | Command) -> None:
        screen = self._screen
        scene = Scene(screen)
        screen.working(screen.words.thinking)
        self._offered = self._actions
        text, command = (asked, None) if isinstance(asked, str) else (None, asked)
        with closing(self._client.stream_turn(self._game_id, text=text, command=command, expected_turn=self._number)) as events:
            for event in events:
                scene.show(event)
                match event.event:
                    case Clarify(choices=choices):
                        self._offered = choices
                    case Turn() as turn:
                        self._move_on(turn)

    def _move_on(self, turn: Turn) -> None:
        spent = turn.turn != self._number
        self._number = turn.turn
        if turn.ending is not None:
            self.playing = False
            self._screen.ending(turn.ending)
        elif spent:
            self._stand(turn.view)

    def _obey(self, ordered: Ordered) -> None:
        match ordered.order:
            case Order.LANG:
                self._lobby.speak(ordered.rest)
                self._name_language()
            case Order.NEW:
                self.playing = False
            case Order.QUIT:
                raise Left
            case asked:
                self._look_up(asked)

    def _look_up(self, asked: Order) -> None:
        """Shows what spends no turn."""
        screen, client = self._screen, self._client
        match asked:
            case Order.LOOK:
                screen.look(client.get_view(self._game_id))
            case Order.BAG:
                screen.bag(client.get_view(self._game_id))
            case Order.MAP:
                screen.map(client.get_map(self._game_id).places)
            case Order.NOTES:
                screen.notes(client.list_clues(self._game_id).clues)
            case Order.ALL:
                self._offered = self._actions = client.list_actions(self._game_id).actions
                screen.actions(self._actions, everything=True)
            case _:
                screen.help()

    def _meet(self, failed: Problem) -> None:
        """Goes on after a call that failed, if one can. Raises it if not."""
        screen = self._screen
        if failed.status == _UNAUTHORIZED:
            raise failed
        if failed.reason in _MOVED_ON:
            game = self._client.get_game(self._game_id)
            self._sit_down(game)
            screen.warns(screen.words.moved_on if self.playing else screen.words.ended_elsewhere)
            self._recall(game)
        elif failed.reason in _OVER:
            self.playing = False
            screen.warns(getattr(screen.words, _OVER[failed.reason]))
        else:
            screen.warns(screen.words.problems.get(failed.reason) or screen.words.failed.format(detail=failed.detail or failed.status))
