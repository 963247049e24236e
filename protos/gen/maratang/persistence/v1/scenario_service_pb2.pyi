from google.api import annotations_pb2 as _annotations_pb2
from maratang.common.v1 import access_pb2 as _access_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Scenario(_message.Message):
    __slots__ = ("scenario_id", "version", "pack_hash", "rating", "words", "days", "slots_per_day", "endings")
    class Words(_message.Message):
        __slots__ = ("locale", "title", "summary")
        LOCALE_FIELD_NUMBER: _ClassVar[int]
        TITLE_FIELD_NUMBER: _ClassVar[int]
        SUMMARY_FIELD_NUMBER: _ClassVar[int]
        locale: str
        title: str
        summary: str
        def __init__(self, locale: _Optional[str] = ..., title: _Optional[str] = ..., summary: _Optional[str] = ...) -> None: ...
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PACK_HASH_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SLOTS_PER_DAY_FIELD_NUMBER: _ClassVar[int]
    ENDINGS_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    version: str
    pack_hash: str
    rating: str
    words: _containers.RepeatedCompositeFieldContainer[Scenario.Words]
    days: int
    slots_per_day: int
    endings: int
    def __init__(self, scenario_id: _Optional[str] = ..., version: _Optional[str] = ..., pack_hash: _Optional[str] = ..., rating: _Optional[str] = ..., words: _Optional[_Iterable[_Union[Scenario.Words, _Mapping]]] = ..., days: _Optional[int] = ..., slots_per_day: _Optional[int] = ..., endings: _Optional[int] = ...) -> None: ...

class ListScenariosRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListScenariosResponse(_message.Message):
    __slots__ = ("scenarios", "next_page_token")
    SCENARIOS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    scenarios: _containers.RepeatedCompositeFieldContainer[Scenario]
    next_page_token: str
    def __init__(self, scenarios: _Optional[_Iterable[_Union[Scenario, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetScenarioRequest(_message.Message):
    __slots__ = ("scenario_id",)
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    def __init__(self, scenario_id: _Optional[str] = ...) -> None: ...

class GetScenarioStatisticsRequest(_message.Message):
    __slots__ = ("scenario_id",)
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    def __init__(self, scenario_id: _Optional[str] = ...) -> None: ...

class ScenarioStatistics(_message.Message):
    __slots__ = ("scenario_id", "games", "median_turns", "endings")
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    GAMES_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_TURNS_FIELD_NUMBER: _ClassVar[int]
    ENDINGS_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    games: int
    median_turns: int
    endings: _containers.RepeatedCompositeFieldContainer[EndingCount]
    def __init__(self, scenario_id: _Optional[str] = ..., games: _Optional[int] = ..., median_turns: _Optional[int] = ..., endings: _Optional[_Iterable[_Union[EndingCount, _Mapping]]] = ...) -> None: ...

class EndingCount(_message.Message):
    __slots__ = ("ending_id", "count")
    ENDING_ID_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    ending_id: str
    count: int
    def __init__(self, ending_id: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...
