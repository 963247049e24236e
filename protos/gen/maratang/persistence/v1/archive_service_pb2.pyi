import datetime

from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from maratang.common.v1 import access_pb2 as _access_pb2
from maratang.persistence.v1 import player_pb2 as _player_pb2
from maratang.persistence.v1 import scenario_service_pb2 as _scenario_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreatePlayerRequest(_message.Message):
    __slots__ = ("player", "token_hash", "expire_time", "request_id")
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    TOKEN_HASH_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    player: _player_pb2.Player
    token_hash: bytes
    expire_time: _timestamp_pb2.Timestamp
    request_id: str
    def __init__(self, player: _Optional[_Union[_player_pb2.Player, _Mapping]] = ..., token_hash: _Optional[bytes] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class FindSessionRequest(_message.Message):
    __slots__ = ("token_hash",)
    TOKEN_HASH_FIELD_NUMBER: _ClassVar[int]
    token_hash: bytes
    def __init__(self, token_hash: _Optional[bytes] = ...) -> None: ...

class StoredSession(_message.Message):
    __slots__ = ("player", "expire_time")
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    player: _player_pb2.Player
    expire_time: _timestamp_pb2.Timestamp
    def __init__(self, player: _Optional[_Union[_player_pb2.Player, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExtendSessionRequest(_message.Message):
    __slots__ = ("token_hash", "expire_time", "request_id")
    TOKEN_HASH_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    token_hash: bytes
    expire_time: _timestamp_pb2.Timestamp
    request_id: str
    def __init__(self, token_hash: _Optional[bytes] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteSessionRequest(_message.Message):
    __slots__ = ("token_hash", "request_id")
    TOKEN_HASH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    token_hash: bytes
    request_id: str
    def __init__(self, token_hash: _Optional[bytes] = ..., request_id: _Optional[str] = ...) -> None: ...

class GameSnapshot(_message.Message):
    __slots__ = ("game_id", "player_id", "scenario_id", "pack_hash", "locale", "seed", "epoch", "number", "branch_id", "depth", "status", "ending_id", "state", "state_hash", "create_time", "update_time")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[GameSnapshot.Status]
        ACTIVE: _ClassVar[GameSnapshot.Status]
        ENDED: _ClassVar[GameSnapshot.Status]
        SUSPENDED: _ClassVar[GameSnapshot.Status]
    UNSPECIFIED: GameSnapshot.Status
    ACTIVE: GameSnapshot.Status
    ENDED: GameSnapshot.Status
    SUSPENDED: GameSnapshot.Status
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    PACK_HASH_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    BRANCH_ID_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ENDING_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_HASH_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    player_id: str
    scenario_id: str
    pack_hash: str
    locale: str
    seed: str
    epoch: int
    number: int
    branch_id: str
    depth: int
    status: GameSnapshot.Status
    ending_id: str
    state: bytes
    state_hash: bytes
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, game_id: _Optional[str] = ..., player_id: _Optional[str] = ..., scenario_id: _Optional[str] = ..., pack_hash: _Optional[str] = ..., locale: _Optional[str] = ..., seed: _Optional[str] = ..., epoch: _Optional[int] = ..., number: _Optional[int] = ..., branch_id: _Optional[str] = ..., depth: _Optional[int] = ..., status: _Optional[_Union[GameSnapshot.Status, str]] = ..., ending_id: _Optional[str] = ..., state: _Optional[bytes] = ..., state_hash: _Optional[bytes] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LogRow(_message.Message):
    __slots__ = ("game_id", "number", "parent", "branch_id", "depth", "revision", "request_id", "action_hash", "text", "record_json", "rule_hash", "state_hash", "telling_json", "create_time")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_ID_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_HASH_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RECORD_JSON_FIELD_NUMBER: _ClassVar[int]
    RULE_HASH_FIELD_NUMBER: _ClassVar[int]
    STATE_HASH_FIELD_NUMBER: _ClassVar[int]
    TELLING_JSON_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    number: int
    parent: int
    branch_id: str
    depth: int
    revision: int
    request_id: str
    action_hash: bytes
    text: str
    record_json: str
    rule_hash: bytes
    state_hash: bytes
    telling_json: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, game_id: _Optional[str] = ..., number: _Optional[int] = ..., parent: _Optional[int] = ..., branch_id: _Optional[str] = ..., depth: _Optional[int] = ..., revision: _Optional[int] = ..., request_id: _Optional[str] = ..., action_hash: _Optional[bytes] = ..., text: _Optional[str] = ..., record_json: _Optional[str] = ..., rule_hash: _Optional[bytes] = ..., state_hash: _Optional[bytes] = ..., telling_json: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SaveGamesRequest(_message.Message):
    __slots__ = ("games", "request_id")
    class SavedGame(_message.Message):
        __slots__ = ("game", "rows")
        GAME_FIELD_NUMBER: _ClassVar[int]
        ROWS_FIELD_NUMBER: _ClassVar[int]
        game: GameSnapshot
        rows: _containers.RepeatedCompositeFieldContainer[LogRow]
        def __init__(self, game: _Optional[_Union[GameSnapshot, _Mapping]] = ..., rows: _Optional[_Iterable[_Union[LogRow, _Mapping]]] = ...) -> None: ...
    GAMES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    games: _containers.RepeatedCompositeFieldContainer[SaveGamesRequest.SavedGame]
    request_id: str
    def __init__(self, games: _Optional[_Iterable[_Union[SaveGamesRequest.SavedGame, _Mapping]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class SaveGamesResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[GameOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[GameOutcome, _Mapping]]] = ...) -> None: ...

class GameOutcome(_message.Message):
    __slots__ = ("game_id", "outcome", "detail")
    class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[GameOutcome.Outcome]
        SAVED: _ClassVar[GameOutcome.Outcome]
        STALE: _ClassVar[GameOutcome.Outcome]
        DIVERGED: _ClassVar[GameOutcome.Outcome]
        GAP: _ClassVar[GameOutcome.Outcome]
        POISON: _ClassVar[GameOutcome.Outcome]
    UNSPECIFIED: GameOutcome.Outcome
    SAVED: GameOutcome.Outcome
    STALE: GameOutcome.Outcome
    DIVERGED: GameOutcome.Outcome
    GAP: GameOutcome.Outcome
    POISON: GameOutcome.Outcome
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    outcome: GameOutcome.Outcome
    detail: str
    def __init__(self, game_id: _Optional[str] = ..., outcome: _Optional[_Union[GameOutcome.Outcome, str]] = ..., detail: _Optional[str] = ...) -> None: ...

class LoadGameRequest(_message.Message):
    __slots__ = ("game_id", "request_id")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    request_id: str
    def __init__(self, game_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class LoadedGame(_message.Message):
    __slots__ = ("game", "rows")
    GAME_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    game: GameSnapshot
    rows: _containers.RepeatedCompositeFieldContainer[LogRow]
    def __init__(self, game: _Optional[_Union[GameSnapshot, _Mapping]] = ..., rows: _Optional[_Iterable[_Union[LogRow, _Mapping]]] = ...) -> None: ...

class GetLogRowRequest(_message.Message):
    __slots__ = ("game_id", "number", "key")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    number: int
    key: str
    def __init__(self, game_id: _Optional[str] = ..., number: _Optional[int] = ..., key: _Optional[str] = ...) -> None: ...

class ListLogRowsRequest(_message.Message):
    __slots__ = ("game_id", "after", "page_size")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    after: int
    page_size: int
    def __init__(self, game_id: _Optional[str] = ..., after: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListLogRowsResponse(_message.Message):
    __slots__ = ("rows",)
    ROWS_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[LogRow]
    def __init__(self, rows: _Optional[_Iterable[_Union[LogRow, _Mapping]]] = ...) -> None: ...

class ListStoredGamesRequest(_message.Message):
    __slots__ = ("player_id", "status", "page_size", "page_token")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    status: GameSnapshot.Status
    page_size: int
    page_token: str
    def __init__(self, player_id: _Optional[str] = ..., status: _Optional[_Union[GameSnapshot.Status, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListStoredGamesResponse(_message.Message):
    __slots__ = ("games", "next_page_token")
    GAMES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    games: _containers.RepeatedCompositeFieldContainer[GameSnapshot]
    next_page_token: str
    def __init__(self, games: _Optional[_Iterable[_Union[GameSnapshot, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetPackRequest(_message.Message):
    __slots__ = ("pack_hash",)
    PACK_HASH_FIELD_NUMBER: _ClassVar[int]
    pack_hash: str
    def __init__(self, pack_hash: _Optional[str] = ...) -> None: ...

class StoredPack(_message.Message):
    __slots__ = ("pack_hash", "scenario_id", "files")
    class FilesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PACK_HASH_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    pack_hash: str
    scenario_id: str
    files: _containers.ScalarMap[str, str]
    def __init__(self, pack_hash: _Optional[str] = ..., scenario_id: _Optional[str] = ..., files: _Optional[_Mapping[str, str]] = ...) -> None: ...

class GetPublishedScenarioRequest(_message.Message):
    __slots__ = ("scenario_id",)
    SCENARIO_ID_FIELD_NUMBER: _ClassVar[int]
    scenario_id: str
    def __init__(self, scenario_id: _Optional[str] = ...) -> None: ...
