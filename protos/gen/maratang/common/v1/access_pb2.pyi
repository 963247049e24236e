from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
ACCESS_FIELD_NUMBER: _ClassVar[int]
access: _descriptor.FieldDescriptor

class Access(_message.Message):
    __slots__ = ()
    class Caller(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Access.Caller]
        PLAYER: _ClassVar[Access.Caller]
        ANYONE: _ClassVar[Access.Caller]
        SERVICE: _ClassVar[Access.Caller]
    UNSPECIFIED: Access.Caller
    PLAYER: Access.Caller
    ANYONE: Access.Caller
    SERVICE: Access.Caller
    def __init__(self) -> None: ...
