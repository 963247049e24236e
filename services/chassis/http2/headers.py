"""Header blocks (RFC 7541) without memory: our peers are told to keep no table, and what goes out names all that it holds."""

from functools import lru_cache

from hpack.exceptions import HPACKDecodingError
from hpack.huffman_table import decode_huffman
from hpack.table import HeaderTable

Fields = tuple[tuple[str, bytes], ...]
_STATIC: tuple[tuple[str, bytes], ...] = tuple((name.decode("ascii"), value) for name, value in HeaderTable.STATIC_TABLE)
_NEVER_INDEXED = b"\x10"


def field(name: str, value: bytes) -> bytes:
    """One header of a block. It says that nobody on the way may keep it: it may be a token."""
    return _named(name) + _length(len(value)) + value


@lru_cache(maxsize=256)
def read(block: bytes) -> Fields:
    """The headers of a whole block. Raises ValueError for what is none, or needs a table that there is not."""
    fields: list[tuple[str, bytes]] = []
    at = 0
    try:
        while at < len(block):
            first = block[at]
            if first & 0x80:
                index, at = _number(block, at, 0x7F)
                fields.append(_static(index))
            elif first & 0xE0 == 0x20:  # a table's new size: there is none
                _, at = _number(block, at, 0x1F)
            else:
                index, at = _number(block, at, 0x3F if first & 0x40 else 0x0F)
                if index:
                    name = _static(index)[0]
                else:
                    text, at = _text(block, at)
                    name = text.decode("ascii")
                value, at = _text(block, at)
                fields.append((name, value))
    except IndexError:
        raise ValueError("the block ends within a header") from None
    except HPACKDecodingError as error:
        raise ValueError(str(error)) from None
    return tuple(fields)


@lru_cache(maxsize=256)
def _named(name: str) -> bytes:
    text = name.encode("ascii")
    return _NEVER_INDEXED + _length(len(text)) + text


def _length(length: int) -> bytes:
    if length < 0x7F:
        return length.to_bytes(1, "big")
    made, rest = bytearray(b"\x7f"), length - 0x7F
    while rest > 0x7F:
        made.append(rest & 0x7F | 0x80)
        rest >>= 7
    made.append(rest)
    return bytes(made)


def _number(block: bytes, at: int, mask: int) -> tuple[int, int]:
    """A number whose first bits are in the byte at `at`, and where it ends."""
    number = block[at] & mask
    at += 1
    if number < mask:
        return number, at
    shift = 0
    while True:
        byte = block[at]
        at += 1
        number += (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return number, at
        if shift > 28:
            raise ValueError("a number has no end")


def _text(block: bytes, at: int) -> tuple[bytes, int]:
    """A text, and where it ends."""
    packed = block[at] & 0x80
    length, at = _number(block, at, 0x7F)
    end = at + length
    if end > len(block):
        raise ValueError("the block ends within a text")
    raw = block[at:end]
    return decode_huffman(raw) if packed else raw, end


def _static(index: int) -> tuple[str, bytes]:
    if not 0 < index <= len(_STATIC):
        raise ValueError("a header is named by a table that there is not")
    return _STATIC[index - 1]
