"""Messages that the contract has none of, for what the gateway must also be able to."""

import pytest
from google.protobuf.message import Message

from tests.support.odd import odd


@pytest.fixture(scope="session")
def everything() -> type[Message]:
    return odd().everything
