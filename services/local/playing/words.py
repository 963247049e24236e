"""Everything the client itself says, in Korean and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages there are."""

    KO = "ko"
    EN = "en"

    @property
    def words(self) -> "Words":
        """What the client says in it."""
        return _WORDS[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The client's words in one language. Braces name what is filled in."""

    greeting: str
    guest_unknown: str
    not_kept: str
    choose: str
    choose_prompt: str
    resume_choice: str
    nothing_to_play: str
    no_such_scenario: str
    rating: str
    endings: str
    resumed: str
    recalled: str
    help_hint: str
    orders: Mapping[str, str]
    """By order, what it does."""
    how_to_play: str
    day: str
    slot: str
    phases: Mapping[str, str]
    """By View.Phase."""
    exits: str
    locked: str
    things: str
    people: str
    bag: str
    bag_empty: str
    map: str
    here: str
    unvisited: str
    notes: str
    notes_empty: str
    more_actions: str
    no_such_number: str
    no_such_order: str
    language_now: str
    game_language: str
    no_such_language: str
    thinking: str
    telling: str
    told_anew: str
    told_by: Mapping[str, str]
    """By Telling.ToldBy."""
    ending: str
    ending_kinds: Mapping[str, str]
    """By Ending.Kind."""
    waiting: str
    unreachable_first: str
    unreachable: str
    foreign: str
    moved_on: str
    ended_elsewhere: str
    suspended: str
    game_gone: str
    failed: str
    problems: Mapping[str, str]
    """By reason, what the player is told; a reason that is not here goes by `failed`."""
    goodbye: str
    goodbye_playing: str


_KO = Words(
    greeting="어서 오세요. 새 손님으로 들어왔습니다.",
    guest_unknown="저장된 손님 정보를 서버가 더는 알지 못합니다. 새 손님으로 들어갑니다.",
    not_kept="{file} 파일에 쓸 수 없어 다음에는 이 게임을 이어서 할 수 없습니다: {why}",
    choose="어떤 이야기를 시작할까요?",
    choose_prompt="번호를 고르세요. 그냥 Enter를 누르면 1번입니다.",
    resume_choice="이어 하기: {title} ({turn}번째 차례)",
    nothing_to_play="서버에 아직 시나리오가 없습니다. make up이 끝났는지 확인하세요.",
    no_such_scenario="'{scenario}' 시나리오는 없습니다.",
    rating="{rating}세 이상",
    endings="결말 {endings}가지",
    resumed="지난번 게임을 이어 갑니다. 새로 시작하려면 /new를 입력하세요.",
    recalled="지난 장면",
    help_hint="하고 싶은 일을 자유롭게 쓰거나 번호를 고르세요. 도움말은 /help",
    orders={
        "help": "이 도움말",
        "look": "지금 있는 곳을 다시 봅니다",
        "bag": "가진 물건",
        "map": "알고 있는 장소",
        "notes": "알아낸 단서",
        "all": "지금 할 수 있는 일 전부",
        "new": "다른 게임을 고릅니다. 지금 게임은 남아 있습니다",
        "lang": "화면의 언어를 바꿉니다: /lang ko, /lang en",
        "quit": "나갑니다. 게임은 남아 있습니다",
    },
    how_to_play="하고 싶은 일을 자기 말로 쓰세요. 예: 외투를 뒤진다. 번호를 쓰면 제안된 일을 합니다. 아래 명령은 차례를 쓰지 않습니다.",
    day="{day}일째({days}일 중)",
    slot="{phase} {slot}/{slots}",
    phases={"DAY": "낮", "EVENING": "저녁", "NIGHT": "밤", "ENDED": "끝"},
    exits="길",
    locked="잠김",
    things="보이는 것",
    people="사람",
    bag="가진 것",
    bag_empty="가진 것이 없습니다.",
    map="지도",
    here="지금 여기",
    unvisited="아직 안 가 봄",
    notes="단서",
    notes_empty="아직 알아낸 것이 없습니다.",
    more_actions="그 밖에 {count}가지: /all",
    no_such_number="{written}번은 없습니다.",
    no_such_order="{written} 명령은 없습니다. /help를 보세요.",
    language_now="이제 화면이 한국어로 나옵니다.",
    game_language="진행 중인 게임의 글은 그대로입니다. /new로 새로 시작하면 한국어로 들려줍니다.",
    no_such_language="/lang ko 또는 /lang en이라고 쓰세요.",
    thinking="무슨 일이 일어나는지 봅니다…",
    telling="이야기를 짓고 있습니다…",
    told_anew="(이야기를 처음부터 다시 들려줍니다)",
    told_by={"LORA": "이야기: {model} (LoRA)", "BASE": "이야기: {model}", "TEMPLATE": "이야기: 시나리오의 글"},
    ending="결말",
    ending_kinds={"VICTORY": "성공", "FAILURE": "실패", "SECRET": "숨은 결말"},
    waiting="연결을 기다리는 중…",
    unreachable_first="{url} 에 서버가 없습니다. make up 으로 먼저 켜세요.",
    unreachable="{url} 과의 연결이 돌아오지 않습니다. 서버를 make up 으로 다시 켜고 maratang play 로 이어서 하세요.",
    foreign="{url} 에 있는 것은 마라탕 서버가 아닌 것 같습니다. --url 이나 MARATANG_PORT 를 확인하세요.",
    moved_on="이 게임이 다른 곳에서 진행되었습니다. 지금 상황을 다시 보여 드립니다.",
    ended_elsewhere="이 게임은 이미 끝났습니다.",
    suspended="운영자가 이 게임을 멈춰 두었습니다. 다른 게임을 골라 주세요.",
    game_gone="그 게임이 더는 없습니다. 다른 게임을 골라 주세요.",
    failed="그 일은 처리되지 않았습니다: {detail}",
    problems={
        "INVALID_ARGUMENT": "그 말은 보낼 수 없습니다. 500자까지 쓸 수 있습니다.",
        "DATABASE_UNAVAILABLE": "서버의 데이터베이스가 잠시 자리를 비웠습니다. 조금 뒤에 다시 해 보세요.",
        "STORE_UNAVAILABLE": "서버의 저장소가 잠시 자리를 비웠습니다. 조금 뒤에 다시 해 보세요.",
        "STORE_FULL": "서버에 빈자리가 없습니다. 조금 뒤에 다시 해 보세요.",
        "SERVICE_UNAVAILABLE": "서버의 일부가 잠시 자리를 비웠습니다. 조금 뒤에 다시 해 보세요.",
        "SHUTTING_DOWN": "서버가 꺼지는 중입니다. 조금 뒤에 다시 해 보세요.",
        "TURN_RATE_LIMITED": "너무 빠릅니다. 잠시 쉬었다가 다시 해 보세요.",
        "GAME_BUSY": "이 게임에서 다른 일이 아직 처리되고 있습니다. 조금 뒤에 다시 해 보세요.",
        "GAME_DIVERGED": "이 게임은 점검을 위해 멈춰 있습니다.",
        "DEADLINE_EXCEEDED": "대답이 너무 늦습니다. 조금 뒤에 다시 해 보세요.",
        "NOT_IMPLEMENTED": "이 서버는 아직 그 일을 할 줄 모릅니다.",
        "INTERNAL": "서버에서 문제가 생겼습니다. 다시 해 보세요.",
    },
    goodbye="안녕히 가세요. 다시 하려면: maratang play",
    goodbye_playing="게임은 그대로 남아 있습니다. 이어서 하려면: maratang play",
)
_EN = Words(
    greeting="Welcome. You came in as a new guest.",
    guest_unknown="The server no longer knows the guest that was saved here. You come in as a new one.",
    not_kept="{file} can't be written, so this game can't be continued next time: {why}",
    choose="Which story shall it be?",
    choose_prompt="Choose a number; just Enter is 1.",
    resume_choice="Continue: {title} (turn {turn})",
    nothing_to_play="The server has no scenarios yet. Has make up finished?",
    no_such_scenario="There is no scenario called '{scenario}'.",
    rating="{rating}+",
    endings="{endings} endings",
    resumed="Your last game goes on. To begin another: /new",
    recalled="The last scene",
    help_hint="Write what you do, in your own words, or choose a number. Help: /help",
    orders={
        "help": "this help",
        "look": "see again where you are",
        "bag": "what you carry",
        "map": "the places you know",
        "notes": "what you have found out",
        "all": "everything you can do now",
        "new": "choose another game; this one stays",
        "lang": "change the language of the screen: /lang ko, /lang en",
        "quit": "leave; the game stays",
    },
    how_to_play="Write what you do, in your own words: search the coat. A number does what was suggested. These commands spend no turn:",
    day="Day {day} of {days}",
    slot="{phase} {slot}/{slots}",
    phases={"DAY": "daytime", "EVENING": "evening", "NIGHT": "night", "ENDED": "the end"},
    exits="Ways",
    locked="locked",
    things="Here",
    people="People",
    bag="You carry",
    bag_empty="You carry nothing.",
    map="Map",
    here="you are here",
    unvisited="not been there yet",
    notes="Clues",
    notes_empty="You have found out nothing yet.",
    more_actions="{count} more: /all",
    no_such_number="There is no number {written}.",
    no_such_order="There is no command {written}. See /help.",
    language_now="The screen speaks English now.",
    game_language="The text of the game under way stays as it is. One begun with /new is told in English.",
    no_such_language="Write /lang ko or /lang en.",
    thinking="Seeing what happens…",
    telling="The story is being told…",
    told_anew="(the story is told anew)",
    told_by={"LORA": "told by {model} (LoRA)", "BASE": "told by {model}", "TEMPLATE": "told in the scenario's own words"},
    ending="The end",
    ending_kinds={"VICTORY": "victory", "FAILURE": "failure", "SECRET": "a secret ending"},
    waiting="Waiting for the connection…",
    unreachable_first="There is no server at {url}. Start it first: make up",
    unreachable="The connection to {url} does not come back. Start the server again with make up, and go on with maratang play.",
    foreign="What answers at {url} does not seem to be a Maratang server. Check --url or MARATANG_PORT.",
    moved_on="This game was played on elsewhere. Here is how it stands now.",
    ended_elsewhere="This game has already ended.",
    suspended="An operator has stopped this game. Choose another.",
    game_gone="That game is no more. Choose another.",
    failed="That was not done: {detail}",
    problems={
        "INVALID_ARGUMENT": "That can't be sent. A text may have 500 characters.",
        "DATABASE_UNAVAILABLE": "The server's database is away for the moment. Try again in a while.",
        "STORE_UNAVAILABLE": "The server's store is away for the moment. Try again in a while.",
        "STORE_FULL": "The server has no room left. Try again in a while.",
        "SERVICE_UNAVAILABLE": "A part of the server is away for the moment. Try again in a while.",
        "SHUTTING_DOWN": "The server is shutting down. Try again in a while.",
        "TURN_RATE_LIMITED": "Too fast. Rest a moment and try again.",
        "GAME_BUSY": "Something else is still being decided in this game. Try again in a while.",
        "GAME_DIVERGED": "This game is stopped until somebody has looked at it.",
        "DEADLINE_EXCEEDED": "The answer takes too long. Try again in a while.",
        "NOT_IMPLEMENTED": "This server can't do that yet.",
        "INTERNAL": "Something went wrong in the server. Try again.",
    },
    goodbye="Goodbye. To play again: maratang play",
    goodbye_playing="The game stays as it is. To go on: maratang play",
)
_WORDS = {Language.KO: _KO, Language.EN: _EN}
