from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from maratang.persistence.v1 import player_pb2 as _player_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetPlayerRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UpdatePlayerRequest(_message.Message):
    __slots__ = ("player", "update_mask", "request_id")
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    player: _player_pb2.Player
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    def __init__(self, player: _Optional[_Union[_player_pb2.Player, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ExportPlayerRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetPlayerStatisticsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PlayerStatistics(_message.Message):
    __slots__ = ("games", "turns", "hints", "endings")
    GAMES_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    HINTS_FIELD_NUMBER: _ClassVar[int]
    ENDINGS_FIELD_NUMBER: _ClassVar[int]
    games: int
    turns: int
    hints: int
    endings: _containers.RepeatedCompositeFieldContainer[FoundEnding]
    def __init__(self, games: _Optional[int] = ..., turns: _Optional[int] = ..., hints: _Optional[int] = ..., endings: _Optional[_Iterable[_Union[FoundEnding, _Mapping]]] = ...) -> None: ...

class FoundEnding(_message.Message):
    __slots__ = ("scenario_id", "ending_id", "count")
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    ENDING_ID_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    ending_id: str
    count: int
    def __init__(self, scenario_id: _Optional[str] = ..., ending_id: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...
