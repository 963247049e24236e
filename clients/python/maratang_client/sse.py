"""Server-sent events out of bytes, however they are split."""

from dataclasses import dataclass

MAX_BYTES = 4 * 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TooLong(Exception):  # noqa: N818  named for what the event is
    """Somebody sent more than MAX_BYTES without ending the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSent:
    """One event. `id` is empty where it has none of its own; `name` is "message" where it has none."""

    id: str
    name: str
    data: str


class Parser:
    """One stream's parser. Lines end in LF, CRLF or CR; comments, unknown fields and events without data are passed over."""

    def __init__(self) -> None:
        self._rest = b""
        self._begun = False
        self._after_cr = False
        self._size = 0
        self._forget()

    def feed(self, received: bytes) -> list[ServerSent]:
        """The events that end in `received`, in order. What a cut leaves unfinished is no event. Raises TooLong."""
        if self._after_cr and received:
            self._after_cr = False
            received = received.removeprefix(b"\n")  # the other half of a CRLF that was split
        if b"\r" in received:
            self._after_cr = received.endswith(b"\r")
            received = received.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = (self._rest + received).split(b"\n")
        events = [event for line in lines if (event := self._line(line)) is not None]
        if self._size + len(self._rest) > MAX_BYTES:
            raise TooLong
        return events

    def _line(self, line: bytes) -> ServerSent | None:
        if not self._begun:
            self._begun = True
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if not line:
            return self._end()
        field, _, value = line.partition(b":")
        said = value.removeprefix(b" ").decode(errors="replace")
        self._size += len(line)
        match field:
            case b"data":
                self._data.append(said)
            case b"event":
                self._name = said
            case b"id" if "\0" not in said:
                self._id = said
        return None

    def _end(self) -> ServerSent | None:
        event = ServerSent(id=self._id, name=self._name or "message", data="\n".join(self._data)) if self._data else None
        self._forget()
        return event

    def _forget(self) -> None:
        self._id = ""
        self._name = ""
        self._data: list[str] = []
        self._size = 0
