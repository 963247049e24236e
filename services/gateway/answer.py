"""A whole answer, before it is sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer. `fixed`: it was made once, and is given often."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""
    fixed: bool = False
