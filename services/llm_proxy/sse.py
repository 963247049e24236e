"""Server-sent events out of bytes, however they are split."""

MAX_EVENT_BYTES = 4 * 1024 * 1024


class EventTooLarge(Exception):  # noqa: N818  named for what happened
    """A server sent more than MAX_EVENT_BYTES without ending the event."""


class Events:
    """One stream's parser. Lines end in LF, CRLF or CR; comments and fields other than `data` are passed over."""

    __slots__ = ("_after_cr", "_data", "_rest", "_size")

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0
        self._after_cr = False

    def feed(self, received: bytes) -> list[bytes]:
        """The data of every event that ends in `received`, in order; several data lines are joined by LF.

        Raises EventTooLarge.
        """
        if self._after_cr and received:
            self._after_cr = False
            received = received.removeprefix(b"\n")  # the other half of a CRLF that was split
        if b"\r" in received:
            self._after_cr = received.endswith(b"\r")
            received = received.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = received.split(b"\n")
        if lines and self._rest:
            lines[0] = self._rest + lines[0]
            self._rest = b""
        self._rest += rest
        events: list[bytes] = []
        for line in lines:
            if not line:
                if self._data:
                    events.append(b"\n".join(self._data))
                    self._data, self._size = [], 0
            elif line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
                self._size += len(line)
        if self._size + len(self._rest) > MAX_EVENT_BYTES:
            raise EventTooLarge
        return events
