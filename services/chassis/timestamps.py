"""Times on the wire."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp


def timestamp(time: datetime) -> Timestamp:
    """A time, which must know its zone, as the wire has it."""
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


def timestamp_of_ms(milliseconds: int) -> Timestamp:
    """Milliseconds since the epoch as the wire has them."""
    stamp = Timestamp()
    stamp.FromMilliseconds(milliseconds)
    return stamp
