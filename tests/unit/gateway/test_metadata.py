"""What crosses between headers and metadata."""

import pytest

from services.chassis import errors
from services.chassis.context import CallContext
from services.gateway import metadata


def test_only_the_allowed_headers_get_in():
    headers = {
        "authorization": "Bearer t",
        "accept-language": "ko",
        "x-maratang-service": "stolen",
        "x-maratang-client": "forged",
        "grpc-status": "0",
        "cookie": "a=b",
        "x-request-id": "forged\n",
    }

    got = metadata.inward(headers, CallContext(request_id="r1", traceparent="00-1"), "192.0.2.7")

    assert got == (
        ("authorization", "Bearer t"),
        ("accept-language", "ko"),
        ("x-request-id", "r1"),
        ("x-maratang-client", "192.0.2.7"),
        ("traceparent", "00-1"),
    )


def test_what_grpc_can_not_carry_is_made_wrong_not_dropped():
    assert metadata.inward({"authorization": "Bearer é\x7f"}, CallContext(request_id="r"), "")[0] == ("authorization", "Bearer ??")


@pytest.mark.parametrize(
    ("asked", "streaming", "seconds"),
    [
        (None, False, 60),
        (None, True, 600),
        ("10S", False, 10),
        ("1500m", False, 1.5),
        ("200u", True, 0.0002),
        ("7n", True, 7e-9),
        ("1H", False, 120),
        ("99999999M", True, 600),
        ("0S", False, 0),
    ],
)
def test_every_call_has_a_deadline(asked, streaming, seconds):
    headers = {} if asked is None else {"grpc-timeout": asked}

    assert metadata.seconds_allowed(headers, streaming=streaming) == pytest.approx(seconds)


@pytest.mark.parametrize("asked", ["", "10", "S", "1.5S", "-1S", "123456789S", "10s", "10 S"])
def test_a_malformed_deadline_is_named(asked):
    with pytest.raises(errors.Invalid) as caught:
        metadata.seconds_allowed({"grpc-timeout": asked}, streaming=False)

    assert [one.field for one in caught.value.violations] == ["grpc-timeout"]


@pytest.mark.parametrize(
    ("pairs", "shown"),
    [
        ([("etag", '"7-ko"'), ("x-internal", "1"), ("etag-bin", b"1")], {"etag": '"7-ko"'}),
        ([("etag", "7-ko")], {"etag": '"7-ko"'}),
        ([("etag", 'W/"7"'), ("retry-after", "3")], {"etag": 'W/"7"', "retry-after": "3"}),
        ([], {}),
    ],
)
def test_only_the_allowed_metadata_gets_out(pairs, shown):
    assert metadata.outward(pairs) == shown


@pytest.mark.parametrize(
    ("asked", "etag", "same"),
    [
        ('"7"', '"7"', True),
        ('W/"7"', '"7"', True),
        ('"7"', 'W/"7"', True),
        ('"6", "7"', '"7"', True),
        ("*", '"7"', True),
        ('"6"', '"7"', False),
        ("7", '"7"', False),
        ('"7"', None, False),
        (None, '"7"', False),
    ],
)
def test_if_none_match_is_compared_weakly(asked, etag, same):
    headers = {} if asked is None else {"if-none-match": asked}

    assert metadata.unchanged(headers, etag) == same
