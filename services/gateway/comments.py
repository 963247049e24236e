"""The contract's comments, by the full name of what they stand at."""

import re
from collections.abc import Iterator, Sequence

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet

# Numbers of fields in descriptor.proto, of which a comment's path is made.
_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_FIELD, _NESTED, _NESTED_ENUM, _ONEOF = 2, 3, 4, 8
_VALUE = _METHOD = 2
_SENTENCE = re.compile(r"^(.+?[.!?])(?=\s|$)")
Path = tuple[int, ...]


def comments(contract: bytes) -> dict[str, str]:
    """Every leading comment of a serialized FileDescriptorSet, in one line each; "maratang.game.v1.Game.game_id" → "The game's id, …"."""
    found: dict[str, str] = {}
    for file in FileDescriptorSet.FromString(contract).file:
        said = {tuple(one.path): one.leading_comments for one in file.source_code_info.location if one.leading_comments}
        for name, path in _names(file):
            if path in said:
                found[name] = " ".join(line.strip() for line in said[path].splitlines()).strip()
    return found


def first_sentence(text: str) -> str:
    """A comment's first sentence, without its full stop."""
    found = _SENTENCE.match(text)
    return (found[1] if found else text).rstrip(".")


def _names(file: FileDescriptorProto) -> Iterator[tuple[str, Path]]:
    for place, service in enumerate(file.service):
        name = f"{file.package}.{service.name}"
        yield name, (_SERVICE, place)
        for number, method in enumerate(service.method):
            yield f"{name}.{method.name}", (_SERVICE, place, _METHOD, number)
    yield from _messages(file.message_type, file.package, (), _MESSAGE)
    yield from _enums(file.enum_type, file.package, (), _ENUM)


def _messages(messages: Sequence[DescriptorProto], scope: str, path: Path, number: int) -> Iterator[tuple[str, Path]]:
    for place, message in enumerate(messages):
        name, here = f"{scope}.{message.name}", (*path, number, place)
        yield name, here
        yield from ((f"{name}.{field.name}", (*here, _FIELD, index)) for index, field in enumerate(message.field))
        yield from ((f"{name}.{group.name}", (*here, _ONEOF, index)) for index, group in enumerate(message.oneof_decl))
        yield from _messages(message.nested_type, name, here, _NESTED)
        yield from _enums(message.enum_type, name, here, _NESTED_ENUM)


def _enums(enums: Sequence[EnumDescriptorProto], scope: str, path: Path, number: int) -> Iterator[tuple[str, Path]]:
    for place, enum in enumerate(enums):
        name, here = f"{scope}.{enum.name}", (*path, number, place)
        yield name, here
        yield from ((f"{name}.{value.name}", (*here, _VALUE, index)) for index, value in enumerate(enum.value))
