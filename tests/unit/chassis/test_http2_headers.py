"""Header blocks as another's encoder makes them, and ours as another's decoder reads them."""

import pytest
from hpack import Decoder, Encoder
from hpack.table import HeaderTable
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.http2.headers import field, read, read_with
from services.chassis.http2.names import places

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,200}", fullmatch=True)
VALUES = st.binary(max_size=300).filter(lambda value: value == value.strip())
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=8)


@given(FIELDS, st.booleans())
def test_what_another_writes_without_a_table_is_read(fields, packed):
    encoder = Encoder()
    encoder.header_table_size = 0
    written = [(b":status", b"200"), *((name.encode(), value) for name, value in fields)]

    block = encoder.encode(written, huffman=packed)

    assert read(block) == tuple((name.decode(), value) for name, value in written)


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(["a", "b", ":path", "te"]), st.binary(max_size=2000)), max_size=6), max_size=12), st.data()
)
def test_what_another_writes_with_a_table_is_read_block_after_block(blocks, data):
    encoder, table = Encoder(), HeaderTable()
    for fields in blocks:
        if data.draw(st.booleans()):
            encoder.header_table_size = data.draw(st.integers(0, HeaderTable.DEFAULT_SIZE))
        written = [(name.encode(), value) for name, value in fields]

        assert read_with(table, encoder.encode(written)) == tuple(fields)
        assert list(table.dynamic_entries) == list(encoder.header_table.dynamic_entries)


@given(FIELDS)
def test_what_is_written_is_read_by_another(fields):
    block = b"".join(field(name, value) for name, value in fields)

    assert [tuple(one) for one in Decoder().decode(block, raw=True)] == [(name.encode(), value) for name, value in fields]


@pytest.mark.parametrize(
    "block",
    [
        b"\xbe",
        b"\x80",
        b"\x00\x05ab",
        b"\x00",
        b"\xff" + b"\x80" * 8,
        b"\x7f\xff\xff\xff\xff\xff\xff",
        b"\x00\x01\xe9\x01a",
        b"\x00\x81\x00\x00",
    ],
    ids=["of a table", "of nothing", "cut in a text", "cut in a name", "endless", "endless name", "no ASCII", "no Huffman"],
)
def test_what_is_no_block_is_a_value_error(block):
    with pytest.raises(ValueError, match=r"."):
        read(block)
    with pytest.raises(ValueError, match=r"."):
        read_with(HeaderTable(), block)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:50", {("127.0.0.1", 50)}),
        ("[::1]:50", {("::1", 50)}),
        ("dns:///127.0.0.1:50", {("127.0.0.1", 50)}),
        ("ipv4:10.0.0.1:50,10.0.0.2:51", {("10.0.0.1", 50), ("10.0.0.2", 51)}),
        ("ipv6:[::1]:50", {("::1", 50)}),
    ],
)
async def test_an_address_may_stand_for_many(address, expected):
    assert set(await places(address)) == expected
