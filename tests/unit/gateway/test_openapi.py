"""The OpenAPI document holds together, and says what the contract says."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf import descriptor_pool, message_factory

from services.gateway import examples
from services.gateway.binding import Binder
from services.gateway.bodies import parse
from services.gateway.comments import first_sentence
from services.gateway.docs_page import docs_page
from services.gateway.json_reader import Faults, JsonReaders
from services.gateway.openapi import openapi
from services.gateway.pages import contract
from services.gateway.problems import status_of
from services.gateway.wiring import public_routes


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi(public_routes(), contract())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere(document):
    assert document["openapi"] == "3.1.0"
    for reference in references(document):
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        assert name in document["components"][kind]


def test_every_route_is_an_operation_with_a_name_of_its_own(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(names) == len(set(names)) == len(public_routes())


def test_path_parameters_are_those_of_the_path(document):
    for path, _, operation in operations(document):
        declared = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        assert declared == re.findall(r"\{(\w+)\}", path)
        assert all(one["required"] for one in operation["parameters"] if one["in"] == "path")


def test_everything_is_described(document):
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert all(one["description"] for one in operation["parameters"]), (path, method)
        for answer in operation["responses"].values():
            assert answer["description"], (path, method)
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        assert all("description" in one for one in schema.get("properties", {}).values()), name


def test_security_follows_the_access_option(document):
    assert document["paths"]["/v1/players:guest"]["post"]["security"] == [{}, {"bearer": []}]
    assert document["paths"]["/v1/games"]["post"]["security"] == [{"bearer": []}]


def test_mutations_take_an_idempotency_key_and_watches_the_last_event(document):
    def headers(path: str, method: str) -> list[str]:
        return [one["name"] for one in document["paths"][path][method]["parameters"] if one["in"] == "header"]

    assert headers("/v1/games", "post") == ["Idempotency-Key"]
    assert headers("/v1/games/{gameId}", "delete") == ["Idempotency-Key"]
    assert headers("/v1/games/{gameId}/turns/{turn}:watch", "get") == ["Last-Event-ID"]
    assert headers("/v1/games/{gameId}/view", "get") == ["If-None-Match"]


def test_an_empty_last_event_id_is_allowed_since_it_says_that_none_was_seen(document):
    (header,) = document["paths"]["/v1/games/{gameId}/turns/{turn}:watch"]["get"]["parameters"][-1:]
    pattern = re.compile(header["schema"]["pattern"])

    assert header["name"] == "Last-Event-ID"
    assert all(pattern.search(one) for one in ("", "7", "7-3"))
    assert not any(pattern.search(one) for one in ("-", "7-", "-3", "7-3-1", "a"))


def test_a_body_leaves_out_what_the_path_has_and_takes_nothing_unknown(document):
    schema = document["paths"]["/v1/games/{gameId}/turns"]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert list(schema["properties"]) == ["text", "command", "expectedTurn"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["expectedTurn"]
    assert schema["allOf"] == [{"oneOf": [{"required": ["text"]}, {"required": ["command"]}]}]
    assert schema["properties"]["text"] | {"description": ""} == {
        "type": "string", "minLength": 1, "maxLength": 500, "pattern": r"\S", "description": "",
    }  # fmt: skip
    assert schema["properties"]["command"]["$ref"].endswith("/CommandInput")


def test_answers_have_their_fields_without_presence(document):
    schemas = document["components"]["schemas"]

    assert "ending" in schemas["Game"]["properties"]
    assert "ending" not in schemas["Game"]["required"]
    assert {"gameId", "turn", "status"} <= set(schemas["Game"]["required"])
    assert schemas["CommandInput"]["required"] == ["verb"]
    assert "UNSPECIFIED" not in schemas["CommandInput"]["properties"]["verb"]["enum"]
    assert schemas["View.Place"]["properties"]["exits"]["items"] == {"$ref": "#/components/schemas/View.Exit"}


def test_failures_are_those_the_comments_name(document):
    answers = document["paths"]["/v1/games/{gameId}/turns:stream"]["post"]["responses"]

    assert "STALE_TURN" in answers["409"]["description"]
    assert "BODY_TOO_LARGE" in answers["413"]["description"]
    assert "STORE_FULL" in answers["503"]["description"]
    assert answers["409"]["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_a_stream_names_its_events(document):
    content = document["paths"]["/v1/games/{gameId}/turns:stream"]["post"]["responses"]["200"]["content"]

    events = ["accepted", "resolved", "delta", "reset", "clarify", "refused", "ending", "done", "error"]
    assert list(content["text/event-stream"]["x-events"]) == events
    assert content["application/x-ndjson"]["x-line"] == {"$ref": "#/components/schemas/TurnEvent"}


def test_the_page_loads_nothing_and_has_everything(document):
    page = docs_page(document)

    assert not re.search(r"(src|href)=[\"'](?![#/])|<script|@import|url\(", page)
    assert all(f'id="{operation["operationId"]}"' in page for _, _, operation in operations(document))


@pytest.mark.parametrize(
    ("text", "first"),
    [("One. Two.", "One"), ("One", "One"), ("See `a.b` there. Two.", "See `a.b` there"), ("What? That.", "What?"), ("", "")],
)
def test_a_summary_is_the_first_sentence(text, first):
    assert first_sentence(text) == first


def test_every_call_that_takes_a_body_shows_one_that_is_taken():
    readers = JsonReaders()
    for route in public_routes():
        if route.body:
            sent = parse(json.dumps(examples.BODIES[route.descriptor.name]).encode())
            segments = ["1" if part in {"*", "**"} else part for part in route.template.segments]
            Binder(route, readers).bind(segments, b"", sent, {})  # names what is wrong with it


def test_every_answer_that_is_shown_is_one(document):
    readers = JsonReaders()
    for name, shown in examples.ANSWERS.items():
        message = message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name))()
        faults = Faults()
        readers.of(message.DESCRIPTOR).read(message, parse(json.dumps(shown).encode()), "", faults)
        faults.raise_if_any()
        required = document["components"]["schemas"][name.rpartition(".")[2]].get("required", [])
        assert set(required) <= shown.keys()


def test_what_may_go_wrong_is_shown_as_it_would_be_said(document):
    failures = document["components"]["examples"]

    assert failures["STALE_TURN"]["value"]["metadata"] == {"turn": "8", "expectedTurn": "7"}
    for reason, example in failures.items():
        said = example["value"]
        assert (said["reason"], said["status"]) == (reason, status_of(reason))
        assert said["detail"]
        assert set(said) <= set(document["components"]["schemas"]["Problem"]["properties"])


def test_every_parameter_of_a_path_shows_one(document):
    for _, _, operation in operations(document):
        assert all("example" in one for one in operation["parameters"] if one["in"] == "path")


def test_the_page_shows_what_is_asked_and_answered(document):
    page = docs_page(document)

    assert "&quot;scenarioId&quot;: &quot;tutorial&quot;" in page
    assert "event: accepted" in page
