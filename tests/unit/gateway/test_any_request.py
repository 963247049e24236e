"""Whatever is sent, it becomes a message or a named refusal: nothing else."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis import errors
from services.gateway import bodies, problems
from services.gateway.binding import Binder
from services.gateway.json_reader import JsonReaders
from services.gateway.json_writer import JsonWriters
from services.gateway.wiring import public_routes

ROUTES = public_routes()
BINDERS = {one.rpc: Binder(one, JsonReaders()) for one in ROUTES}
NAMES = sorted({name for one in ROUTES for field in one.descriptor.input_type.fields for name in (field.name, field.json_name)})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(codec=None)),
    st.sampled_from(["ACTIVE", "MOVE", "5", "1e9"]),
)
KEYS = st.one_of(st.sampled_from([*NAMES, "verb", "clues"]), st.text(st.characters(codec=None), max_size=4))
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)


def answered(route, body: bytes, query: bytes, segment: bytes) -> None:
    binder = BINDERS[route.rpc]
    segments = [quote(segment) if one == "*" else one for one in route.template.segments]
    try:
        parsed = bodies.parse(body) if binder.takes_body else bodies.ABSENT
        message = binder.bind(segments, query, parsed, {"idempotency-key": "k", "last-event-id": "1-1"})
    except errors.Invalid as failed:
        said = problems.of_failure(failed).document("r")
    else:
        said = JsonWriters().of(route.descriptor.input_type)(message)
    # What is said of it can be sent.
    assert isinstance(json.loads(problems.dumps(said)), dict)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ROUTES), VALUES, st.lists(st.tuples(KEYS, st.text(max_size=4)), max_size=3), st.binary(min_size=1, max_size=4))
def test_json_of_any_shape(route, value, pairs, segment):
    query = "&".join(f"{quote(name, errors='replace')}={quote(text)}" for name, text in pairs)
    answered(route, json.dumps(value).encode(), query.encode(), segment)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ROUTES), st.binary(max_size=40), st.binary(max_size=20), st.binary(min_size=1, max_size=4))
def test_bytes_of_any_kind(route, body, query, segment):
    answered(route, body, query, segment)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.descriptor.name)
def test_every_route_binds_what_it_needs(route):
    answered(route, b"{}", b"", b"1")
