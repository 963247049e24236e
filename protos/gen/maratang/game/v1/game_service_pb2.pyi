import datetime

from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from maratang.game.v1 import game_pb2 as _game_pb2
from maratang.game.v1 import turn_event_pb2 as _turn_event_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateGameRequest(_message.Message):
    __slots__ = ("scenario_id", "locale", "seed", "request_id")
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    locale: str
    seed: str
    request_id: str
    def __init__(self, scenario_id: _Optional[str] = ..., locale: _Optional[str] = ..., seed: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ListGamesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "status")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    status: _game_pb2.Game.Status
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., status: _Optional[_Union[_game_pb2.Game.Status, str]] = ...) -> None: ...

class ListGamesResponse(_message.Message):
    __slots__ = ("games", "next_page_token")
    GAMES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    games: _containers.RepeatedCompositeFieldContainer[_game_pb2.Game]
    next_page_token: str
    def __init__(self, games: _Optional[_Iterable[_Union[_game_pb2.Game, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetGameRequest(_message.Message):
    __slots__ = ("game_id",)
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    def __init__(self, game_id: _Optional[str] = ...) -> None: ...

class DeleteGameRequest(_message.Message):
    __slots__ = ("game_id", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class TakeTurnRequest(_message.Message):
    __slots__ = ("game_id", "text", "command", "expected_turn", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TURN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    text: str
    command: _game_pb2.Command
    expected_turn: int
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., text: _Optional[str] = ..., command: _Optional[_Union[_game_pb2.Command, _Mapping]] = ..., expected_turn: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class GetTurnRequest(_message.Message):
    __slots__ = ("game_id", "turn")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    turn: int
    def __init__(self, game_id: _Optional[str] = ..., turn: _Optional[int] = ...) -> None: ...

class WatchTurnRequest(_message.Message):
    __slots__ = ("game_id", "turn", "after")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    turn: int
    after: str
    def __init__(self, game_id: _Optional[str] = ..., turn: _Optional[int] = ..., after: _Optional[str] = ...) -> None: ...

class StopTurnRequest(_message.Message):
    __slots__ = ("game_id", "turn", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    turn: int
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., turn: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class RetellRequest(_message.Message):
    __slots__ = ("game_id", "turn", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    turn: int
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., turn: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class ListTellingsRequest(_message.Message):
    __slots__ = ("game_id", "turn", "page_size", "page_token")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    turn: int
    page_size: int
    page_token: str
    def __init__(self, game_id: _Optional[str] = ..., turn: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTellingsResponse(_message.Message):
    __slots__ = ("tellings", "next_page_token")
    TELLINGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tellings: _containers.RepeatedCompositeFieldContainer[_game_pb2.Telling]
    next_page_token: str
    def __init__(self, tellings: _Optional[_Iterable[_Union[_game_pb2.Telling, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetViewRequest(_message.Message):
    __slots__ = ("game_id",)
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    def __init__(self, game_id: _Optional[str] = ...) -> None: ...

class ListActionsRequest(_message.Message):
    __slots__ = ("game_id",)
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    def __init__(self, game_id: _Optional[str] = ...) -> None: ...

class ListActionsResponse(_message.Message):
    __slots__ = ("turn", "actions")
    TURN_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    turn: int
    actions: _containers.RepeatedCompositeFieldContainer[_game_pb2.Action]
    def __init__(self, turn: _Optional[int] = ..., actions: _Optional[_Iterable[_Union[_game_pb2.Action, _Mapping]]] = ...) -> None: ...

class GetMapRequest(_message.Message):
    __slots__ = ("game_id",)
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    def __init__(self, game_id: _Optional[str] = ...) -> None: ...

class PlaceMap(_message.Message):
    __slots__ = ("turn", "places")
    TURN_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    turn: int
    places: _containers.RepeatedCompositeFieldContainer[KnownPlace]
    def __init__(self, turn: _Optional[int] = ..., places: _Optional[_Iterable[_Union[KnownPlace, _Mapping]]] = ...) -> None: ...

class KnownPlace(_message.Message):
    __slots__ = ("place_id", "name", "visited", "here", "exits")
    PLACE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VISITED_FIELD_NUMBER: _ClassVar[int]
    HERE_FIELD_NUMBER: _ClassVar[int]
    EXITS_FIELD_NUMBER: _ClassVar[int]
    place_id: str
    name: str
    visited: bool
    here: bool
    exits: _containers.RepeatedCompositeFieldContainer[_game_pb2.View.Exit]
    def __init__(self, place_id: _Optional[str] = ..., name: _Optional[str] = ..., visited: _Optional[bool] = ..., here: _Optional[bool] = ..., exits: _Optional[_Iterable[_Union[_game_pb2.View.Exit, _Mapping]]] = ...) -> None: ...

class ListCluesRequest(_message.Message):
    __slots__ = ("game_id",)
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    def __init__(self, game_id: _Optional[str] = ...) -> None: ...

class ListCluesResponse(_message.Message):
    __slots__ = ("turn", "clues")
    TURN_FIELD_NUMBER: _ClassVar[int]
    CLUES_FIELD_NUMBER: _ClassVar[int]
    turn: int
    clues: _containers.RepeatedCompositeFieldContainer[Clue]
    def __init__(self, turn: _Optional[int] = ..., clues: _Optional[_Iterable[_Union[Clue, _Mapping]]] = ...) -> None: ...

class Clue(_message.Message):
    __slots__ = ("clue_id", "title", "text", "learnt_turn", "person_id")
    CLUE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LEARNT_TURN_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    clue_id: str
    title: str
    text: str
    learnt_turn: int
    person_id: str
    def __init__(self, clue_id: _Optional[str] = ..., title: _Optional[str] = ..., text: _Optional[str] = ..., learnt_turn: _Optional[int] = ..., person_id: _Optional[str] = ...) -> None: ...

class ListPeopleRequest(_message.Message):
    __slots__ = ("game_id",)
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    def __init__(self, game_id: _Optional[str] = ...) -> None: ...

class ListPeopleResponse(_message.Message):
    __slots__ = ("turn", "people")
    TURN_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    turn: int
    people: _containers.RepeatedCompositeFieldContainer[Acquaintance]
    def __init__(self, turn: _Optional[int] = ..., people: _Optional[_Iterable[_Union[Acquaintance, _Mapping]]] = ...) -> None: ...

class Acquaintance(_message.Message):
    __slots__ = ("person_id", "name", "description", "status", "mood", "place_id")
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MOOD_FIELD_NUMBER: _ClassVar[int]
    PLACE_ID_FIELD_NUMBER: _ClassVar[int]
    person_id: str
    name: str
    description: str
    status: str
    mood: str
    place_id: str
    def __init__(self, person_id: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., status: _Optional[str] = ..., mood: _Optional[str] = ..., place_id: _Optional[str] = ...) -> None: ...

class HintRequest(_message.Message):
    __slots__ = ("game_id", "level", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    level: int
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., level: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class HintResponse(_message.Message):
    __slots__ = ("level", "lines", "cost")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    level: int
    lines: _containers.RepeatedCompositeFieldContainer[_game_pb2.Line]
    cost: int
    def __init__(self, level: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[_game_pb2.Line, _Mapping]]] = ..., cost: _Optional[int] = ...) -> None: ...

class UndoRequest(_message.Message):
    __slots__ = ("game_id", "to_turn", "expected_turn", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TO_TURN_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TURN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    to_turn: int
    expected_turn: int
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., to_turn: _Optional[int] = ..., expected_turn: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class Branch(_message.Message):
    __slots__ = ("branch_id", "title", "from_turn", "turn", "active", "create_time")
    BRANCH_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    FROM_TURN_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    branch_id: str
    title: str
    from_turn: int
    turn: int
    active: bool
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, branch_id: _Optional[str] = ..., title: _Optional[str] = ..., from_turn: _Optional[int] = ..., turn: _Optional[int] = ..., active: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateBranchRequest(_message.Message):
    __slots__ = ("game_id", "from_turn", "title", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_TURN_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    from_turn: int
    title: str
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., from_turn: _Optional[int] = ..., title: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ListBranchesRequest(_message.Message):
    __slots__ = ("game_id", "page_size", "page_token")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    page_size: int
    page_token: str
    def __init__(self, game_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListBranchesResponse(_message.Message):
    __slots__ = ("branches", "next_page_token")
    BRANCHES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    branches: _containers.RepeatedCompositeFieldContainer[Branch]
    next_page_token: str
    def __init__(self, branches: _Optional[_Iterable[_Union[Branch, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ActivateBranchRequest(_message.Message):
    __slots__ = ("game_id", "branch_id", "expected_turn", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    BRANCH_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TURN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    branch_id: str
    expected_turn: int
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., branch_id: _Optional[str] = ..., expected_turn: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class Save(_message.Message):
    __slots__ = ("save_id", "title", "turn", "create_time")
    SAVE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    save_id: str
    title: str
    turn: int
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, save_id: _Optional[str] = ..., title: _Optional[str] = ..., turn: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateSaveRequest(_message.Message):
    __slots__ = ("game_id", "title", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    title: str
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., title: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ListSavesRequest(_message.Message):
    __slots__ = ("game_id", "page_size", "page_token")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    page_size: int
    page_token: str
    def __init__(self, game_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListSavesResponse(_message.Message):
    __slots__ = ("saves", "next_page_token")
    SAVES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    saves: _containers.RepeatedCompositeFieldContainer[Save]
    next_page_token: str
    def __init__(self, saves: _Optional[_Iterable[_Union[Save, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class LoadSaveRequest(_message.Message):
    __slots__ = ("game_id", "save_id", "expected_turn", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    SAVE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TURN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    save_id: str
    expected_turn: int
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., save_id: _Optional[str] = ..., expected_turn: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteSaveRequest(_message.Message):
    __slots__ = ("game_id", "save_id", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    SAVE_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    save_id: str
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., save_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class GetTranscriptRequest(_message.Message):
    __slots__ = ("game_id", "format")
    class Format(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[GetTranscriptRequest.Format]
        JSON: _ClassVar[GetTranscriptRequest.Format]
        TEXT: _ClassVar[GetTranscriptRequest.Format]
        MARKDOWN: _ClassVar[GetTranscriptRequest.Format]
    UNSPECIFIED: GetTranscriptRequest.Format
    JSON: GetTranscriptRequest.Format
    TEXT: GetTranscriptRequest.Format
    MARKDOWN: GetTranscriptRequest.Format
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    format: GetTranscriptRequest.Format
    def __init__(self, game_id: _Optional[str] = ..., format: _Optional[_Union[GetTranscriptRequest.Format, str]] = ...) -> None: ...

class Chronicle(_message.Message):
    __slots__ = ("game_id", "title", "chapters", "complete")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    CHAPTERS_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    title: str
    chapters: _containers.RepeatedCompositeFieldContainer[Chapter]
    complete: bool
    def __init__(self, game_id: _Optional[str] = ..., title: _Optional[str] = ..., chapters: _Optional[_Iterable[_Union[Chapter, _Mapping]]] = ..., complete: _Optional[bool] = ...) -> None: ...

class Chapter(_message.Message):
    __slots__ = ("title", "paragraphs")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PARAGRAPHS_FIELD_NUMBER: _ClassVar[int]
    title: str
    paragraphs: _containers.RepeatedCompositeFieldContainer[Paragraph]
    def __init__(self, title: _Optional[str] = ..., paragraphs: _Optional[_Iterable[_Union[Paragraph, _Mapping]]] = ...) -> None: ...

class Paragraph(_message.Message):
    __slots__ = ("text", "turns")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    text: str
    turns: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, text: _Optional[str] = ..., turns: _Optional[_Iterable[int]] = ...) -> None: ...

class CreateChronicleRequest(_message.Message):
    __slots__ = ("game_id", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class GetChronicleRequest(_message.Message):
    __slots__ = ("game_id",)
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    def __init__(self, game_id: _Optional[str] = ...) -> None: ...

class WatchChronicleRequest(_message.Message):
    __slots__ = ("game_id", "after")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    after: str
    def __init__(self, game_id: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class ChronicleEvent(_message.Message):
    __slots__ = ("id", "chapter", "paragraph", "done")
    ID_FIELD_NUMBER: _ClassVar[int]
    CHAPTER_FIELD_NUMBER: _ClassVar[int]
    PARAGRAPH_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    id: str
    chapter: Chapter
    paragraph: Paragraph
    done: Chronicle
    def __init__(self, id: _Optional[str] = ..., chapter: _Optional[_Union[Chapter, _Mapping]] = ..., paragraph: _Optional[_Union[Paragraph, _Mapping]] = ..., done: _Optional[_Union[Chronicle, _Mapping]] = ...) -> None: ...

class CreateReportRequest(_message.Message):
    __slots__ = ("game_id", "turn", "reason", "note", "request_id")
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[CreateReportRequest.Reason]
        OFFENSIVE: _ClassVar[CreateReportRequest.Reason]
        UNSAFE: _ClassVar[CreateReportRequest.Reason]
        WRONG: _ClassVar[CreateReportRequest.Reason]
        OTHER: _ClassVar[CreateReportRequest.Reason]
    UNSPECIFIED: CreateReportRequest.Reason
    OFFENSIVE: CreateReportRequest.Reason
    UNSAFE: CreateReportRequest.Reason
    WRONG: CreateReportRequest.Reason
    OTHER: CreateReportRequest.Reason
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    turn: int
    reason: CreateReportRequest.Reason
    note: str
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., turn: _Optional[int] = ..., reason: _Optional[_Union[CreateReportRequest.Reason, str]] = ..., note: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ("report_id", "turn", "create_time")
    REPORT_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    report_id: str
    turn: int
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, report_id: _Optional[str] = ..., turn: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
