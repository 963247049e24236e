"""The route table is the contract's, whole."""

import pytest
from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool

from services.gateway.pages import contract
from services.gateway.routes import routes
from services.gateway.wiring import public_routes


def test_every_annotated_rpc_of_the_contract_has_its_route():
    files = descriptor_pb2.FileDescriptorSet.FromString(contract()).file
    annotated = {
        f"/{file.package}.{service.name}/{method.name}"
        for file in files
        for service in file.service
        for method in service.method
        if method.options.HasExtension(annotations_pb2.http)
    }

    assert {one.rpc for one in public_routes()} == annotated


@pytest.mark.parametrize(
    ("rpc", "http_method", "template", "target", "streaming", "player_only"),
    [
        ("CreateGuest", "POST", "/v1/players:guest", "game", False, False),
        ("StreamTurn", "POST", "/v1/games/{game_id}/turns:stream", "game", True, True),
        ("WatchTurn", "GET", "/v1/games/{game_id}/turns/{turn}:watch", "game", True, True),
        ("UpdatePlayer", "PATCH", "/v1/players/me", "persistence", False, True),
        ("GetScenario", "GET", "/v1/scenarios/{scenario_id}", "persistence", False, False),
        ("DeletePlayer", "DELETE", "/v1/players/me", "game", False, True),
    ],
)
def test_a_route_is_what_its_annotation_says(rpc, http_method, template, target, streaming, player_only):
    route = next(one for one in public_routes() if one.rpc.endswith(f"/{rpc}"))

    got = (route.http_method, route.template.text, route.target, route.streaming, route.player_only)
    assert got == (http_method, template, target, streaming, player_only)


def service(path: str = "/v1/x", *, body: str = "", client_streaming: bool = False, **more: str):
    """A service of one method, in a pool of its own."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="tests/x.proto", package="tests.x", syntax="proto3")
    message = file.message_type.add(name="X")
    message.field.add(name="name", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    message.field.add(name="inner", number=2, type=field.TYPE_MESSAGE, type_name=".tests.x.X", label=field.LABEL_OPTIONAL)
    message.field.add(name="many", number=3, type=field.TYPE_STRING, label=field.LABEL_REPEATED)
    method = file.service.add(name="Xs").method.add(
        name="Do", input_type=".tests.x.X", output_type=".tests.x.X", client_streaming=client_streaming
    )
    rule = method.options.Extensions[annotations_pb2.http]
    rule.post, rule.body = path, body
    if more:
        rule.additional_bindings.add(**more)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool.FindServiceByName("tests.x.Xs")


def test_additional_bindings_are_routes_of_their_own(monkeypatch):
    monkeypatch.setattr("services.gateway.routes.access.access_of", lambda _rpc: 0)

    table = list(routes([("x", service("/v1/{inner.name}", get="/v1/other"))]))

    assert [(one.http_method, one.template.text) for one in table] == [("POST", "/v1/{inner.name}"), ("GET", "/v1/other")]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (service("/v1/{nothing}"), "no field 'nothing'"),
        (service("/v1/{name.deep}"), "no message 'name'"),
        (service("/v1/{many}"), "can't stand in a path"),
        (service("/v1/{inner}"), "can't stand in a path"),
        (service(body="name"), "is no message"),
        (service(body="nothing"), "no field 'nothing'"),
        (service(client_streaming=True), "client's stream"),
    ],
)
def test_a_contract_that_can_not_be_served_stops_the_start(wrong, says):
    with pytest.raises(ValueError, match=says):
        list(routes([("x", wrong)]))
