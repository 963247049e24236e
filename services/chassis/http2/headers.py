"""Header blocks (RFC 7541). What goes out names all that it holds; what comes may need the table that its writer lets us keep."""

from functools import lru_cache

from hpack.exceptions import HPACKDecodingError
from hpack.huffman_table import decode_huffman
from hpack.table import HeaderTable

Fields = tuple[tuple[str, bytes], ...]
_LITERAL = 0x10
"""A header that is named, and that nobody on the way may keep: it may be a token."""
NO_TABLE = b"\x20"
"""What a block begins with after its reader asked for a smaller table: none is used."""
_MOST_FIELDS = 1000
_KNOWN_BYTES = 64


def field(name: str, value: bytes) -> bytes:
    """One header of a block."""
    return _named(name) + _length(len(value)) + value


@lru_cache(maxsize=256)
def read(block: bytes) -> Fields:
    """The headers of a whole block. Raises ValueError for what is none, or needs a table."""
    return read_with(None, block)


def read_with(table: HeaderTable | None, block: bytes) -> Fields:
    """The headers of a block whose writer has such a table, which is kept as the block says. Raises ValueError for what is none."""
    fields: list[tuple[str, bytes]] = []
    at, end = 0, len(block)
    try:
        while at < end:
            first = block[at]
            if first == _LITERAL and (named := block[at + 1]) < 0x7F and (sized := block[at + 2 + named]) < 0x7F:  # as ours are
                name_at, value_at = at + 2, at + 3 + named
                at = value_at + sized
                fields.append((_name(block[name_at : name_at + named]), block[value_at:at]))
            elif first & 0x80:
                index, at = _number(block, at, 0x7F)
                name, value = _entry(table, index)
                fields.append((_name(name), value))
            elif first & 0xE0 == 0x20:
                size, at = _number(block, at, 0x1F)
                _resize(table, size)
            else:
                index, at = _number(block, at, 0x3F if first & 0x40 else 0x0F)
                name, at = (_entry(table, index)[0], at) if index else _text(block, at)
                value, at = _text(block, at)
                fields.append((_name(name), value))
                if first & 0x40 and table is not None:
                    table.add(name, value)
    except IndexError:
        raise ValueError("the block ends within a header") from None
    except HPACKDecodingError as error:
        raise ValueError(str(error)) from None
    if at > end or len(fields) > _MOST_FIELDS:
        raise ValueError("the block ends within a text" if at > end else f"{len(fields)} headers")
    return tuple(fields)


@lru_cache(maxsize=256)
def _named(name: str) -> bytes:
    text = name.encode("ascii")
    return bytes((_LITERAL,)) + _length(len(text)) + text


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


def _entry(table: HeaderTable | None, index: int) -> tuple[bytes, bytes]:
    if 0 < index <= HeaderTable.STATIC_TABLE_LENGTH:
        return HeaderTable.STATIC_TABLE[index - 1]
    if table is None:
        raise ValueError("a header is named by a table that there is not")
    return table.get_by_index(index)


def _resize(table: HeaderTable | None, size: int) -> None:
    if size > HeaderTable.DEFAULT_SIZE:
        raise ValueError(f"a table of {size} bytes; {HeaderTable.DEFAULT_SIZE} are the most")
    if table is not None:
        table.maxsize = size


def _name(name: bytes) -> str:
    return _known(name) if len(name) <= _KNOWN_BYTES else name.decode("ascii")


@lru_cache(maxsize=1024)
def _known(name: bytes) -> str:
    return name.decode("ascii")
