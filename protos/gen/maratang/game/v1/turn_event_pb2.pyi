from maratang.game.v1 import game_pb2 as _game_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TurnEvent(_message.Message):
    __slots__ = ("id", "accepted", "resolved", "delta", "reset", "clarify", "refused", "ending", "done")
    ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    CLARIFY_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    ENDING_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    id: str
    accepted: Accepted
    resolved: Resolved
    delta: Delta
    reset: Reset
    clarify: _game_pb2.Clarify
    refused: _game_pb2.Refusal
    ending: _game_pb2.Ending
    done: _game_pb2.Turn
    def __init__(self, id: _Optional[str] = ..., accepted: _Optional[_Union[Accepted, _Mapping]] = ..., resolved: _Optional[_Union[Resolved, _Mapping]] = ..., delta: _Optional[_Union[Delta, _Mapping]] = ..., reset: _Optional[_Union[Reset, _Mapping]] = ..., clarify: _Optional[_Union[_game_pb2.Clarify, _Mapping]] = ..., refused: _Optional[_Union[_game_pb2.Refusal, _Mapping]] = ..., ending: _Optional[_Union[_game_pb2.Ending, _Mapping]] = ..., done: _Optional[_Union[_game_pb2.Turn, _Mapping]] = ...) -> None: ...

class Accepted(_message.Message):
    __slots__ = ("turn",)
    TURN_FIELD_NUMBER: _ClassVar[int]
    turn: int
    def __init__(self, turn: _Optional[int] = ...) -> None: ...

class Resolved(_message.Message):
    __slots__ = ("events", "lines", "view")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_game_pb2.Event]
    lines: _containers.RepeatedCompositeFieldContainer[_game_pb2.Line]
    view: _game_pb2.View
    def __init__(self, events: _Optional[_Iterable[_Union[_game_pb2.Event, _Mapping]]] = ..., lines: _Optional[_Iterable[_Union[_game_pb2.Line, _Mapping]]] = ..., view: _Optional[_Union[_game_pb2.View, _Mapping]] = ...) -> None: ...

class Delta(_message.Message):
    __slots__ = ("k", "speaker", "text")
    K_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    k: int
    speaker: str
    text: str
    def __init__(self, k: _Optional[int] = ..., speaker: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Reset(_message.Message):
    __slots__ = ("k",)
    K_FIELD_NUMBER: _ClassVar[int]
    k: int
    def __init__(self, k: _Optional[int] = ...) -> None: ...
