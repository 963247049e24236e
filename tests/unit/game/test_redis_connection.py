"""What Redis, and the client of it, say when it is away."""

import pytest

from services.chassis import errors
from services.game.adapters.redis_connection import translated


def test_a_connection_that_was_dropped_under_a_write_is_the_store_away():
    writer = None
    with pytest.raises(errors.Unavailable, match="live store"), translated():
        writer.writelines([b"x"])


def test_so_is_one_that_uvloop_has_closed():
    with pytest.raises(errors.Unavailable, match="live store"), translated():
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True reading=False 0x55>; the handler is closed")


def test_a_defect_of_ours_stays_one():
    with pytest.raises(RuntimeError, match="reentrant"), translated():
        raise RuntimeError("reentrant")
    with pytest.raises(AttributeError), translated():
        object().writelines([b"x"])
