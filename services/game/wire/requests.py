"""Requests → what the use cases take: all validation stands here, and every fault of a request is said at once."""

from maratang.game.v1 import game_pb2, game_service_pb2, player_service_pb2

from services.chassis import errors
from services.chassis.errors import Violation
from services.game.asked import Asked
from services.game.logins import Secrets, spelt
from services.game.rules.commands import Command, Verb
from services.game.telling.hint import LEVELS

LOCALES = ("ko", "en")
TEXT_MAX = 500
KEY_MAX = 64
SEED_MAX = 64
NAME_MAX = 40
LOGIN_MIN = 3
LOGIN_MAX = 64
PASSWORD_MIN = 8
PASSWORD_MAX = 128
CODE_MAX = 32
ID_MAX = 64
CLUES_MAX = 12
_VERBS = {number: Verb(name.lower()) for name, number in game_pb2.Command.Verb.items() if number}
PAGE_MAX = 100
PAGE_DEFAULT = 20
TITLE_MAX = 80


_Expecting = (
    game_service_pb2.TakeTurnRequest
    | game_service_pb2.UndoRequest
    | game_service_pb2.ActivateBranchRequest
    | game_service_pb2.LoadSaveRequest
)
_Listing = game_service_pb2.ListBranchesRequest | game_service_pb2.ListSavesRequest | game_service_pb2.ListTellingsRequest


class _Faults:
    """Collects what is wrong with a request, to say all of it at once."""

    def __init__(self) -> None:
        self._found: list[Violation] = []

    def unless(self, good: bool, field: str, description: str) -> None:  # noqa: FBT001  it reads as a sentence
        """Notes a fault of `field` unless it is good."""
        if not good:
            self._found.append(Violation(field, description))

    def text(self, value: str, field: str, maximum: int) -> None:
        """Notes a text that is too long or holds control characters."""
        if len(value) > maximum:
            self.unless(False, field, f"has {len(value)} characters, at most {maximum} are taken")  # noqa: FBT003  it is a fault
        self.unless("\x00" not in value, field, "holds a NUL")

    def expected_turn(self, request: _Expecting) -> None:
        """Notes that the number the game must have is missing or can't be one."""
        self.unless(request.HasField("expected_turn"), "expectedTurn", "is required: it is the game's `turn`")
        self.unless(request.expected_turn >= 0, "expectedTurn", "is negative")

    def locale(self, value: str) -> None:
        """Notes a language nobody speaks here."""
        self.unless(value in ("", *LOCALES), "locale", f"is none of {', '.join(LOCALES)}")

    def end(self) -> None:
        """Raises Invalid(INVALID_ARGUMENT) with all that was noted."""
        if self._found:
            raise errors.invalid(self._found)


def guest(request: player_service_pb2.CreateGuestRequest) -> tuple[str, str]:
    """The name and language of a guest to be."""
    faults = _Faults()
    name = " ".join(request.display_name.split())
    faults.text(name, "displayName", NAME_MAX)
    faults.locale(request.locale)
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return name, request.locale or LOCALES[0]


def registered(request: player_service_pb2.RegisterRequest, address: str) -> tuple[Secrets, str]:
    """What somebody wants to sign in with, and what to call them."""
    faults = _Faults()
    name = " ".join(request.display_name.split())
    faults.text(name, "displayName", NAME_MAX)
    login = spelt(request.login)
    faults.unless(LOGIN_MIN <= len(login) <= LOGIN_MAX, "login", f"has {len(login)} characters, not {LOGIN_MIN} to {LOGIN_MAX}")
    faults.unless(login.isprintable() and " " not in login, "login", "holds a space or a control character")
    length = len(request.password)
    faults.unless(PASSWORD_MIN <= length <= PASSWORD_MAX, "password", f"has {length} characters, not {PASSWORD_MIN} to {PASSWORD_MAX}")
    faults.unless(request.password != request.login, "password", "is the login")
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return Secrets(login=login, password=request.password, address=address), name


def signing_in(request: player_service_pb2.SignInRequest, address: str) -> Secrets:
    """What somebody signs in with."""
    faults = _Faults()
    faults.unless(bool(request.login), "login", "is required")
    faults.unless(bool(request.password), "password", "is required")
    faults.text(request.login, "login", LOGIN_MAX)
    faults.text(request.password, "password", PASSWORD_MAX)
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return Secrets(login=spelt(request.login), password=request.password, address=address)


def new_game(request: game_service_pb2.CreateGameRequest, locale: str) -> tuple[str, str, str, str]:
    """The scenario, language, seed and key of a game to be; `locale` is the player's."""
    faults = _Faults()
    faults.unless(bool(request.scenario_id), "scenarioId", "is required: GET /v1/scenarios lists them")
    faults.text(request.scenario_id, "scenarioId", ID_MAX)
    faults.locale(request.locale)
    faults.text(request.seed, "seed", SEED_MAX)
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return request.scenario_id, request.locale or locale, request.seed, request.request_id


_Keyed = game_service_pb2.DeleteGameRequest | game_service_pb2.CreateChronicleRequest | player_service_pb2.DeletePlayerRequest


def key(request: _Keyed) -> None:
    """Raises Invalid(INVALID_ARGUMENT) for a key that is none: what is asked for is idempotent by nature."""
    faults = _Faults()
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()


def flagged(request: game_service_pb2.CreateReportRequest) -> tuple[int, str, str, str]:
    """The turn whose text is flagged, what is wrong with it, in the player's words what, and the key."""
    faults = _Faults()
    reasons = game_service_pb2.CreateReportRequest.Reason
    known = {number: name for name, number in reasons.items() if number}
    faults.unless(request.reason in known, "reason", f"is none of {', '.join(known.values())}")
    faults.unless(request.turn >= 0, "turn", "is negative")
    note = request.note.strip()
    faults.text(note, "note", TEXT_MAX)
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return request.turn, known[request.reason], note, request.request_id


def page(request: game_service_pb2.ListGamesRequest) -> tuple[str, int, str]:
    """The status, page size and page token of a list."""
    faults = _Faults()
    faults.unless(0 <= request.page_size <= PAGE_MAX, "pageSize", f"is not between 1 and {PAGE_MAX}")
    faults.unless(request.status in game_pb2.Game.Status.values(), "status", "is none that games have")
    faults.end()
    return game_pb2.Game.Status.Name(request.status), request.page_size or PAGE_DEFAULT, request.page_token


def turn_asked(request: game_service_pb2.TakeTurnRequest) -> tuple[Asked, int, str]:
    """What is asked for, the number the game must have, and the key."""
    faults = _Faults()
    faults.expected_turn(request)
    faults.text(request.request_id, "requestId", KEY_MAX)
    asked = Asked()
    match request.WhichOneof("action"):
        case "text":
            faults.unless(bool(request.text.strip()), "text", "is empty")
            faults.text(request.text, "text", TEXT_MAX)
            asked = Asked(text=request.text)
        case "command":
            asked = Asked(command=_command(request.command, faults))
        case _:
            faults.unless(False, "text", "is required, or `command` instead")  # noqa: FBT003  it is a fault
    faults.end()
    return asked, request.expected_turn, request.request_id


def _command(command: game_pb2.Command, faults: _Faults) -> Command | None:
    verb = _VERBS.get(command.verb)
    faults.unless(verb is not None, "command.verb", "is required: GET actions lists what can be done")
    for field in ("object", "target", "topic"):
        faults.text(getattr(command, field), f"command.{field}", ID_MAX)
    faults.text(command.code, "command.code", CODE_MAX)
    faults.unless(len(command.clues) <= CLUES_MAX, "command.clues", f"are more than {CLUES_MAX}")
    for clue in command.clues:
        faults.text(clue, "command.clues", ID_MAX)
    if verb is None:
        return None
    return Command(
        verb=verb,
        object=command.object or None,
        target=command.target or None,
        topic=command.topic or None,
        code=command.code or None,
        clues=tuple(command.clues),
    )


def retold(request: game_service_pb2.RetellRequest) -> tuple[int, str]:
    """The turn to tell anew, and the key."""
    faults = _Faults()
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return request.turn, request.request_id


def hinted(request: game_service_pb2.HintRequest) -> tuple[int, str]:
    """How plain the hint is to be, and the key."""
    faults = _Faults()
    faults.unless(request.level in LEVELS, "level", f"is not {LEVELS[0]} to {LEVELS[-1]}")
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return request.level, request.request_id


def chronicle_watched(request: game_service_pb2.WatchChronicleRequest) -> int:
    """How many events of the chronicle were seen."""
    after = request.after or "0"
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise errors.invalid([Violation("after", "is no event id: they are numbers")])
    return int(after)


def watched(request: game_service_pb2.WatchTurnRequest) -> int | None:
    """The place of the last event that was seen; None: none was."""
    if not request.after:
        return None
    number, _, k = request.after.partition("-")
    if not (number.isascii() and number.isdigit() and k.isascii() and k.isdigit() and len(k) < 10):
        raise errors.invalid([Violation("after", "is no event id: they look like 7-3")])
    if int(number) != request.turn:
        raise errors.invalid([Violation("after", f"is an event of turn {number}, not of turn {request.turn}")])
    return int(k)


def going_back(request: game_service_pb2.UndoRequest) -> tuple[int, int, str]:
    """The turn to go back to, the number the game must have, and the key."""
    faults = _Faults()
    faults.expected_turn(request)
    faults.unless(request.to_turn >= 0, "toTurn", "is negative")
    faults.unless(request.to_turn < max(request.expected_turn, 1), "toTurn", "is not before `expectedTurn`: there is nothing to undo")
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return request.to_turn, request.expected_turn, request.request_id


def new_branch(request: game_service_pb2.CreateBranchRequest) -> tuple[int, str, str]:
    """The turn that a branch begins after, its title, and the key."""
    faults = _Faults()
    faults.unless(request.from_turn >= 0, "fromTurn", "is negative")
    title = _title(request.title, faults)
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return request.from_turn, title, request.request_id


def new_save(request: game_service_pb2.CreateSaveRequest) -> tuple[str, str]:
    """A save's title, and the key."""
    faults = _Faults()
    title = _title(request.title, faults)
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return title, request.request_id


def elsewhere(request: game_service_pb2.ActivateBranchRequest | game_service_pb2.LoadSaveRequest) -> tuple[int, str]:
    """The number that a game must have to be played on elsewhere, and the key."""
    faults = _Faults()
    faults.expected_turn(request)
    faults.text(request.request_id, "requestId", KEY_MAX)
    faults.end()
    return request.expected_turn, request.request_id


def slice_of(request: _Listing) -> slice:
    """Which part of a short list is asked for; the token is where it begins."""
    faults = _Faults()
    faults.unless(0 <= request.page_size <= PAGE_MAX, "pageSize", f"is not between 1 and {PAGE_MAX}")
    token = request.page_token or "0"
    is_number = token.isascii() and token.isdigit() and len(token) < 10
    faults.unless(is_number, "pageToken", "is not from a page before: begin without one")
    faults.end()
    return slice(int(token), int(token) + (request.page_size or PAGE_DEFAULT))


def _title(sent: str, faults: _Faults) -> str:
    title = " ".join(sent.split())
    faults.text(title, "title", TITLE_MAX)
    return title
