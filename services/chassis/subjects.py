"""What a call is about, for its log line: which game, which turn."""

import re
from functools import cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

_SHOWN = {"game_id": "game", "turn": "turn", "number": "turn", "to_turn": "turn", "from_turn": "turn"}
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may be logged of an id that a caller sent: no text of theirs."""


def of(request: Message) -> dict[str, str | int]:
    """The game and the turn that a request names."""
    found: dict[str, str | int] = {}
    for field, fact in _named(request.DESCRIPTOR):
        if request.DESCRIPTOR.fields_by_name[field].has_presence and not request.HasField(field):
            continue
        value = getattr(request, field)
        if isinstance(value, int) or _ID.fullmatch(value):
            found[fact] = value
        elif value:
            found[fact] = "malformed"
    return found


@cache
def _named(descriptor: Descriptor) -> tuple[tuple[str, str], ...]:
    kinds = {FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64}
    fields = descriptor.fields_by_name
    return tuple((name, fact) for name, fact in _SHOWN.items() if name in fields and fields[name].cpp_type in kinds)
