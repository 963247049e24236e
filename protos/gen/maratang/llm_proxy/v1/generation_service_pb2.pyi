from maratang.common.v1 import access_pb2 as _access_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Route(_message.Message):
    __slots__ = ("policy", "adapter")
    class Policy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Route.Policy]
        BASE: _ClassVar[Route.Policy]
        LORA_PREFERRED: _ClassVar[Route.Policy]
        LORA_REQUIRED: _ClassVar[Route.Policy]
    UNSPECIFIED: Route.Policy
    BASE: Route.Policy
    LORA_PREFERRED: Route.Policy
    LORA_REQUIRED: Route.Policy
    POLICY_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_FIELD_NUMBER: _ClassVar[int]
    policy: Route.Policy
    adapter: str
    def __init__(self, policy: _Optional[_Union[Route.Policy, str]] = ..., adapter: _Optional[str] = ...) -> None: ...

class PromptMessage(_message.Message):
    __slots__ = ("role", "text")
    class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[PromptMessage.Role]
        SYSTEM: _ClassVar[PromptMessage.Role]
        USER: _ClassVar[PromptMessage.Role]
        ASSISTANT: _ClassVar[PromptMessage.Role]
    UNSPECIFIED: PromptMessage.Role
    SYSTEM: PromptMessage.Role
    USER: PromptMessage.Role
    ASSISTANT: PromptMessage.Role
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    role: PromptMessage.Role
    text: str
    def __init__(self, role: _Optional[_Union[PromptMessage.Role, str]] = ..., text: _Optional[str] = ...) -> None: ...

class GenerateRequest(_message.Message):
    __slots__ = ("request_id", "route", "messages", "fallback_messages", "max_tokens", "temperature", "stop", "json_schema", "priority", "conversation_id", "seed", "continue_last_message")
    class Priority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[GenerateRequest.Priority]
        TELLING: _ClassVar[GenerateRequest.Priority]
        NIGHT: _ClassVar[GenerateRequest.Priority]
        BACKGROUND: _ClassVar[GenerateRequest.Priority]
    UNSPECIFIED: GenerateRequest.Priority
    TELLING: GenerateRequest.Priority
    NIGHT: GenerateRequest.Priority
    BACKGROUND: GenerateRequest.Priority
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_MESSAGES_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    JSON_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    CONTINUE_LAST_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    route: Route
    messages: _containers.RepeatedCompositeFieldContainer[PromptMessage]
    fallback_messages: _containers.RepeatedCompositeFieldContainer[PromptMessage]
    max_tokens: int
    temperature: float
    stop: _containers.RepeatedScalarFieldContainer[str]
    json_schema: str
    priority: GenerateRequest.Priority
    conversation_id: str
    seed: int
    continue_last_message: bool
    def __init__(self, request_id: _Optional[str] = ..., route: _Optional[_Union[Route, _Mapping]] = ..., messages: _Optional[_Iterable[_Union[PromptMessage, _Mapping]]] = ..., fallback_messages: _Optional[_Iterable[_Union[PromptMessage, _Mapping]]] = ..., max_tokens: _Optional[int] = ..., temperature: _Optional[float] = ..., stop: _Optional[_Iterable[str]] = ..., json_schema: _Optional[str] = ..., priority: _Optional[_Union[GenerateRequest.Priority, str]] = ..., conversation_id: _Optional[str] = ..., seed: _Optional[int] = ..., continue_last_message: _Optional[bool] = ...) -> None: ...

class Generation(_message.Message):
    __slots__ = ("served_by", "backend", "model", "degraded", "finish_reason", "prompt_tokens", "completion_tokens", "attempts", "first_token_ms", "total_ms")
    class ServedBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Generation.ServedBy]
        BASE: _ClassVar[Generation.ServedBy]
        LORA: _ClassVar[Generation.ServedBy]
    UNSPECIFIED: Generation.ServedBy
    BASE: Generation.ServedBy
    LORA: Generation.ServedBy
    SERVED_BY_FIELD_NUMBER: _ClassVar[int]
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    FIRST_TOKEN_MS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MS_FIELD_NUMBER: _ClassVar[int]
    served_by: Generation.ServedBy
    backend: str
    model: str
    degraded: bool
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    attempts: int
    first_token_ms: int
    total_ms: int
    def __init__(self, served_by: _Optional[_Union[Generation.ServedBy, str]] = ..., backend: _Optional[str] = ..., model: _Optional[str] = ..., degraded: _Optional[bool] = ..., finish_reason: _Optional[str] = ..., prompt_tokens: _Optional[int] = ..., completion_tokens: _Optional[int] = ..., attempts: _Optional[int] = ..., first_token_ms: _Optional[int] = ..., total_ms: _Optional[int] = ...) -> None: ...

class GenerateResponse(_message.Message):
    __slots__ = ("text", "generation")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    text: str
    generation: Generation
    def __init__(self, text: _Optional[str] = ..., generation: _Optional[_Union[Generation, _Mapping]] = ...) -> None: ...

class GenerateEvent(_message.Message):
    __slots__ = ("text", "finished")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    text: str
    finished: Generation
    def __init__(self, text: _Optional[str] = ..., finished: _Optional[_Union[Generation, _Mapping]] = ...) -> None: ...

class GetBackendsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetBackendsResponse(_message.Message):
    __slots__ = ("backends",)
    BACKENDS_FIELD_NUMBER: _ClassVar[int]
    backends: _containers.RepeatedCompositeFieldContainer[Backend]
    def __init__(self, backends: _Optional[_Iterable[_Union[Backend, _Mapping]]] = ...) -> None: ...

class Backend(_message.Message):
    __slots__ = ("name", "state", "reason", "in_flight", "models")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Backend.State]
        UNKNOWN: _ClassVar[Backend.State]
        READY: _ClassVar[Backend.State]
        FAILING: _ClassVar[Backend.State]
        NOT_CONFIGURED: _ClassVar[Backend.State]
    UNSPECIFIED: Backend.State
    UNKNOWN: Backend.State
    READY: Backend.State
    FAILING: Backend.State
    NOT_CONFIGURED: Backend.State
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    name: str
    state: Backend.State
    reason: str
    in_flight: int
    models: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., state: _Optional[_Union[Backend.State, str]] = ..., reason: _Optional[str] = ..., in_flight: _Optional[int] = ..., models: _Optional[_Iterable[str]] = ...) -> None: ...
