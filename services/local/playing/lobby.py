"""Before a game: who plays, and which game."""

from collections.abc import Callable
from dataclasses import dataclass

from maratang_client import Client, Problem
from maratang_client.problems import GameNotFound
from maratang_client.shapes import Game, GameStatus, Scenario, ScenarioWords
from services.local.playing.orders import Order, Ordered, meaning, number_in
from services.local.playing.reader import Reader
from services.local.playing.saved import Profile
from services.local.playing.screen import Screen
from services.local.playing.words import Language


class Left(Exception):  # noqa: N818  it is no error
    """The player wants to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the player asked for beforehand: a scenario by its id, and whether to begin anew."""

    scenario: str | None = None
    new: bool = False


class Lobby:
    """Where a player comes in and chooses."""

    def __init__(self, client: Client, profile: Profile, screen: Screen, reader: Reader) -> None:
        self._client = client
        self._profile = profile
        self._screen = screen
        self._reader = reader

    def come_in(self) -> None:
        """Signs in as who played here last, or as a new guest."""
        self._client.token = self._profile.now.token
        if not self._client.token:
            self.come_in_anew()

    def come_in_anew(self) -> None:
        """Signs in as a new guest."""
        self._client.token = ""
        self._client.create_guest(locale=self._screen.language)
        self._screen.says(self._screen.words.greeting)
        self._remember(self._profile.signed_in, self._client.token)

    def last(self, wishes: Wishes) -> Game | None:
        """The game that goes on unless the player asked for another; None: there is none."""
        if wishes.new:
            return None
        game = self._kept() or next(iter(self._unfinished()), None)
        if game is None or wishes.scenario not in {None, game.scenario_id}:
            return None
        self._remember(self._profile.playing, game.game_id)
        return self._client.get_game(game.game_id)

    def chosen(self, scenario_id: str | None) -> tuple[Game, ScenarioWords | None]:
        """The game that the player begins, with its words, or one to go on with, without. Raises Left, EOFError."""
        # The shortest first: who has never played begins with that.
        scenarios = tuple(sorted(self._client.all_scenarios(), key=lambda scenario: scenario.days * scenario.slots_per_day))
        named = next((one for one in scenarios if one.scenario_id == scenario_id), None)
        if scenario_id is not None and named is None:
            self._screen.warns(self._screen.words.no_such_scenario.format(scenario=scenario_id))
        choice = named or self._choice(scenarios, self._unfinished())
        if isinstance(choice, Scenario):
            game = self._client.create_game(scenario_id=choice.scenario_id, locale=self._screen.language)
            words = _words_of(choice, Language(self._screen.language))
        else:
            game, words = self._client.get_game(choice.game_id), None
        self._remember(self._profile.playing, game.game_id)
        return game, words

    def speak(self, written: str) -> None:
        """Changes the screen's language to the one written: "ko" or "en"."""
        if written not in set(Language):
            self._screen.warns(self._screen.words.no_such_language)
            return
        self._screen.language = Language(written)
        self._screen.says(self._screen.words.language_now)

    def _choice(self, scenarios: tuple[Scenario, ...], unfinished: tuple[Game, ...]) -> Scenario | Game:
        screen = self._screen
        if not scenarios and not unfinished:
            screen.warns(screen.words.nothing_to_play)
            raise Left
        choices: tuple[Scenario | Game, ...] = (*scenarios, *unfinished)
        while True:
            words = screen.words
            screen.blank()
            screen.says(words.choose)
            screen.choices([self._label(choice, scenarios) for choice in choices])
            screen.says(words.choose_prompt)
            written = self._reader.line_or_empty()
            match meaning(written, ()) if written else "1":
                case Ordered(order=Order.QUIT):
                    raise Left
                case Ordered(order=Order.LANG, rest=rest):
                    self.speak(rest)
                    continue
                case Ordered(order=Order.HELP):
                    screen.help()
                    continue
            number = number_in(written or "1")
            if number is not None and number <= len(choices):
                return choices[number - 1]
            screen.warns(words.no_such_number.format(written=written))

    def _label(self, choice: Scenario | Game, scenarios: tuple[Scenario, ...]) -> tuple[str, str]:
        words = self._screen.words
        language = self._screen.language
        if isinstance(choice, Scenario):
            facts = [words.rating.format(rating=choice.rating)] if choice.rating else []
            facts += [words.endings.format(endings=choice.endings)] if choice.endings else []
            return _words_of(choice, language).title, " · ".join(facts)
        titles = {one.scenario_id: _words_of(one, language).title for one in scenarios}
        title = titles.get(choice.scenario_id, choice.scenario_id)
        return words.resume_choice.format(title=title, turn=choice.turn), ""

    def _kept(self) -> Game | None:
        """The game played last on this machine, if it still goes on."""
        if not self._profile.now.game_id:
            return None
        try:
            game = self._client.get_game(self._profile.now.game_id)
        except GameNotFound:
            return None
        return game if game.status == GameStatus.ACTIVE else None

    def _unfinished(self) -> tuple[Game, ...]:
        try:
            return tuple(self._client.all_games(status=GameStatus.ACTIVE))
        except Problem as failed:
            if not failed.passing:
                raise
            return ()  # the list is kept by the database, without which one can play all the same

    def _remember(self, keep: Callable[[str], None], kept: str) -> None:
        try:
            keep(kept)
        except OSError as error:
            self._screen.warns(self._screen.words.not_kept.format(file=self._profile.file, why=error.strerror))


def _words_of(scenario: Scenario, language: Language) -> ScenarioWords:
    """The scenario's words in a language, or else in the first it has."""
    spoken = next((words for words in scenario.words if words.locale == language), None)
    return spoken or next(iter(scenario.words), ScenarioWords(locale=language, title=scenario.scenario_id, summary=""))
