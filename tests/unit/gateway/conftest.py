"""Messages that the contract has none of, for what the gateway must also be able to."""

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.message import Message

TYPE = descriptor_pb2.FieldDescriptorProto
SCALARS = ("double", "float", "int64", "uint64", "int32", "bool", "string", "bytes", "uint32", "sint64")


def _everything() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(
        name="everything.proto",
        package="tests",
        syntax="proto3",
        dependency=[timestamp_pb2.DESCRIPTOR.name, wrappers_pb2.DESCRIPTOR.name, struct_pb2.DESCRIPTOR.name],
    )
    colour = file.enum_type.add(name="Colour")
    for number, name in enumerate(("UNSPECIFIED", "RED", "GREEN")):
        colour.value.add(name=name, number=number)
    message = file.message_type.add(name="Everything")
    for number, name in enumerate(SCALARS, 1):
        message.field.add(name=f"a_{name}", number=number, type=getattr(TYPE, f"TYPE_{name.upper()}"), label=TYPE.LABEL_OPTIONAL)
        message.field.add(name=f"many_{name}", number=number + 20, type=getattr(TYPE, f"TYPE_{name.upper()}"), label=TYPE.LABEL_REPEATED)
    message.field.add(name="colour", number=41, type=TYPE.TYPE_ENUM, type_name=".tests.Colour", label=TYPE.LABEL_OPTIONAL)
    message.field.add(name="colours", number=42, type=TYPE.TYPE_ENUM, type_name=".tests.Colour", label=TYPE.LABEL_REPEATED)
    for number, (name, kind) in enumerate({"time": "Timestamp", "wrapped": "Int64Value", "struct": "Struct", "value": "Value"}.items(), 43):
        message.field.add(name=name, number=number, type=TYPE.TYPE_MESSAGE, type_name=f".google.protobuf.{kind}", label=TYPE.LABEL_OPTIONAL)
    message.field.add(name="child", number=50, type=TYPE.TYPE_MESSAGE, type_name=".tests.Everything", label=TYPE.LABEL_OPTIONAL)
    message.field.add(name="children", number=51, type=TYPE.TYPE_MESSAGE, type_name=".tests.Everything", label=TYPE.LABEL_REPEATED)
    for number, (name, key, value) in enumerate(
        (("counts", "STRING", "INT32"), ("flags", "BOOL", "STRING"), ("nested", "INT32", "MESSAGE")), 52
    ):
        entry = message.nested_type.add(name=f"{name.capitalize()}Entry", options=descriptor_pb2.MessageOptions(map_entry=True))
        entry.field.add(name="key", number=1, type=getattr(TYPE, f"TYPE_{key}"), label=TYPE.LABEL_OPTIONAL)
        last = entry.field.add(name="value", number=2, type=getattr(TYPE, f"TYPE_{value}"), label=TYPE.LABEL_OPTIONAL)
        if value == "MESSAGE":
            last.type_name = ".tests.Everything"
        message.field.add(
            name=name, number=number, type=TYPE.TYPE_MESSAGE, type_name=f".tests.Everything.{entry.name}", label=TYPE.LABEL_REPEATED
        )
    message.oneof_decl.add(name="choice")
    for number, name in ((60, "left"), (61, "right")):
        message.field.add(name=name, number=number, type=TYPE.TYPE_STRING, label=TYPE.LABEL_OPTIONAL, oneof_index=0)
    message.oneof_decl.add(name="_maybe")
    message.field.add(name="maybe", number=62, type=TYPE.TYPE_INT32, label=TYPE.LABEL_OPTIONAL, oneof_index=1, proto3_optional=True)
    return file


@pytest.fixture(scope="session")
def everything() -> type[Message]:
    pool = descriptor_pool.DescriptorPool()
    for module in (timestamp_pb2, wrappers_pb2, struct_pb2):
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    pool.Add(_everything())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tests.Everything"))
