from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.rpc import code_pb2 as _code_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_ARGUMENT: _ClassVar[ErrorReason]
    ERROR_REASON_UNKNOWN_FIELD: _ClassVar[ErrorReason]
    ERROR_REASON_MALFORMED_JSON: _ClassVar[ErrorReason]
    ERROR_REASON_UNSUPPORTED_MEDIA_TYPE: _ClassVar[ErrorReason]
    ERROR_REASON_BODY_TOO_LARGE: _ClassVar[ErrorReason]
    ERROR_REASON_PATH_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_METHOD_NOT_ALLOWED: _ClassVar[ErrorReason]
    ERROR_REASON_KEY_MISMATCH: _ClassVar[ErrorReason]
    ERROR_REASON_UNAUTHENTICATED: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_TOKEN: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_CREDENTIAL: _ClassVar[ErrorReason]
    ERROR_REASON_PERMISSION_DENIED: _ClassVar[ErrorReason]
    ERROR_REASON_GAME_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_TURN_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_SCENARIO_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_PACK_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_PLAYER_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_STALE_TURN: _ClassVar[ErrorReason]
    ERROR_REASON_GAME_BUSY: _ClassVar[ErrorReason]
    ERROR_REASON_GAME_ENDED: _ClassVar[ErrorReason]
    ERROR_REASON_GAME_SUSPENDED: _ClassVar[ErrorReason]
    ERROR_REASON_GAME_DIVERGED: _ClassVar[ErrorReason]
    ERROR_REASON_TURN_RATE_LIMITED: _ClassVar[ErrorReason]
    ERROR_REASON_STORE_FULL: _ClassVar[ErrorReason]
    ERROR_REASON_STORE_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_DATABASE_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_SERVICE_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_SHUTTING_DOWN: _ClassVar[ErrorReason]
    ERROR_REASON_DEADLINE_EXCEEDED: _ClassVar[ErrorReason]
    ERROR_REASON_CANCELLED: _ClassVar[ErrorReason]
    ERROR_REASON_NOT_IMPLEMENTED: _ClassVar[ErrorReason]
    ERROR_REASON_UNKNOWN_METHOD: _ClassVar[ErrorReason]
    ERROR_REASON_INTERNAL: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_PROMPT: _ClassVar[ErrorReason]
    ERROR_REASON_CONTEXT_LENGTH_EXCEEDED: _ClassVar[ErrorReason]
    ERROR_REASON_UNKNOWN_MODEL: _ClassVar[ErrorReason]
    ERROR_REASON_TUNNEL_OFFLINE: _ClassVar[ErrorReason]
    ERROR_REASON_BACKEND_UNREACHABLE: _ClassVar[ErrorReason]
    ERROR_REASON_BREAKER_OPEN: _ClassVar[ErrorReason]
    ERROR_REASON_ADAPTER_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_TTFT_TIMEOUT: _ClassVar[ErrorReason]
    ERROR_REASON_STREAM_STALLED: _ClassVar[ErrorReason]
    ERROR_REASON_BACKEND_OVERLOADED: _ClassVar[ErrorReason]
    ERROR_REASON_PROXY_OVERLOADED: _ClassVar[ErrorReason]
    ERROR_REASON_TUNNEL_RATE_LIMITED: _ClassVar[ErrorReason]
    ERROR_REASON_STREAM_INTERRUPTED: _ClassVar[ErrorReason]
    ERROR_REASON_STREAM_TRUNCATED: _ClassVar[ErrorReason]
    ERROR_REASON_BACKEND_AUTH: _ClassVar[ErrorReason]
    ERROR_REASON_TUNNEL_INTERSTITIAL: _ClassVar[ErrorReason]
    ERROR_REASON_WRONG_MODEL: _ClassVar[ErrorReason]
    ERROR_REASON_BACKEND_PROTOCOL_ERROR: _ClassVar[ErrorReason]
    ERROR_REASON_STRUCTURED_OUTPUT_INVALID: _ClassVar[ErrorReason]
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_INVALID_ARGUMENT: ErrorReason
ERROR_REASON_UNKNOWN_FIELD: ErrorReason
ERROR_REASON_MALFORMED_JSON: ErrorReason
ERROR_REASON_UNSUPPORTED_MEDIA_TYPE: ErrorReason
ERROR_REASON_BODY_TOO_LARGE: ErrorReason
ERROR_REASON_PATH_NOT_FOUND: ErrorReason
ERROR_REASON_METHOD_NOT_ALLOWED: ErrorReason
ERROR_REASON_KEY_MISMATCH: ErrorReason
ERROR_REASON_UNAUTHENTICATED: ErrorReason
ERROR_REASON_INVALID_TOKEN: ErrorReason
ERROR_REASON_INVALID_CREDENTIAL: ErrorReason
ERROR_REASON_PERMISSION_DENIED: ErrorReason
ERROR_REASON_GAME_NOT_FOUND: ErrorReason
ERROR_REASON_TURN_NOT_FOUND: ErrorReason
ERROR_REASON_SCENARIO_NOT_FOUND: ErrorReason
ERROR_REASON_PACK_NOT_FOUND: ErrorReason
ERROR_REASON_PLAYER_NOT_FOUND: ErrorReason
ERROR_REASON_STALE_TURN: ErrorReason
ERROR_REASON_GAME_BUSY: ErrorReason
ERROR_REASON_GAME_ENDED: ErrorReason
ERROR_REASON_GAME_SUSPENDED: ErrorReason
ERROR_REASON_GAME_DIVERGED: ErrorReason
ERROR_REASON_TURN_RATE_LIMITED: ErrorReason
ERROR_REASON_STORE_FULL: ErrorReason
ERROR_REASON_STORE_UNAVAILABLE: ErrorReason
ERROR_REASON_DATABASE_UNAVAILABLE: ErrorReason
ERROR_REASON_SERVICE_UNAVAILABLE: ErrorReason
ERROR_REASON_SHUTTING_DOWN: ErrorReason
ERROR_REASON_DEADLINE_EXCEEDED: ErrorReason
ERROR_REASON_CANCELLED: ErrorReason
ERROR_REASON_NOT_IMPLEMENTED: ErrorReason
ERROR_REASON_UNKNOWN_METHOD: ErrorReason
ERROR_REASON_INTERNAL: ErrorReason
ERROR_REASON_INVALID_PROMPT: ErrorReason
ERROR_REASON_CONTEXT_LENGTH_EXCEEDED: ErrorReason
ERROR_REASON_UNKNOWN_MODEL: ErrorReason
ERROR_REASON_TUNNEL_OFFLINE: ErrorReason
ERROR_REASON_BACKEND_UNREACHABLE: ErrorReason
ERROR_REASON_BREAKER_OPEN: ErrorReason
ERROR_REASON_ADAPTER_UNAVAILABLE: ErrorReason
ERROR_REASON_TTFT_TIMEOUT: ErrorReason
ERROR_REASON_STREAM_STALLED: ErrorReason
ERROR_REASON_BACKEND_OVERLOADED: ErrorReason
ERROR_REASON_PROXY_OVERLOADED: ErrorReason
ERROR_REASON_TUNNEL_RATE_LIMITED: ErrorReason
ERROR_REASON_STREAM_INTERRUPTED: ErrorReason
ERROR_REASON_STREAM_TRUNCATED: ErrorReason
ERROR_REASON_BACKEND_AUTH: ErrorReason
ERROR_REASON_TUNNEL_INTERSTITIAL: ErrorReason
ERROR_REASON_WRONG_MODEL: ErrorReason
ERROR_REASON_BACKEND_PROTOCOL_ERROR: ErrorReason
ERROR_REASON_STRUCTURED_OUTPUT_INVALID: ErrorReason
FAILURE_FIELD_NUMBER: _ClassVar[int]
failure: _descriptor.FieldDescriptor

class Failure(_message.Message):
    __slots__ = ("code", "title")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    code: _code_pb2.Code
    title: str
    def __init__(self, code: _Optional[_Union[_code_pb2.Code, str]] = ..., title: _Optional[str] = ...) -> None: ...
