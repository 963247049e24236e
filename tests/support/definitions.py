"""Custom resources held to their definitions as a cluster's API holds them: defaults, structure without unknown fields, CEL rules."""

import copy
import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import cel
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parents[1] / "unit" / "deploy" / "definitions"
Json = Any  # JSON, nested
_OURS = {"format", "default", "properties"}
"""What of a schema is not handed on as it is."""


def faults(resource: Json) -> list[str]:
    """What a cluster would refuse it for."""
    schema = schema_of(resource["apiVersion"], resource["kind"])
    whole = _defaulted(copy.deepcopy(resource), schema)
    errors = _validator(resource["apiVersion"], resource["kind"]).iter_errors(whole)
    structure = [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in errors]
    return structure or list(_rules(whole, schema, resource["kind"]))


def rules_of(resource: Json) -> int:
    """How many rules it is held to."""
    schema = schema_of(resource["apiVersion"], resource["kind"])
    return sum(1 for _ in _asked(_defaulted(copy.deepcopy(resource), schema), schema, ""))


@cache
def schema_of(api_version: str, kind: str) -> Json:
    """The schema of a kind; KeyError: there is no such version."""
    definition = json.loads(gzip.decompress((FOLDER / f"{kind}.json.gz").read_bytes()))
    group, _, version = api_version.partition("/")
    assert definition["spec"]["group"] == group, api_version
    schema = {one["name"]: one["schema"]["openAPIV3Schema"] for one in definition["spec"]["versions"]}[version]
    # The API server knows these of every kind.
    schema["properties"]["metadata"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return schema


@cache
def _validator(api_version: str, kind: str) -> Draft202012Validator:
    return Draft202012Validator(_strict(schema_of(api_version, kind)))


_compiled = cache(cel.compile)


def _defaulted(value: Json, schema: Json) -> Json:
    """The value with what its definition says where it is silent."""
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name not in value and "default" in inner:
                value[name] = copy.deepcopy(inner["default"])
            if name in value:
                value[name] = _defaulted(value[name], inner)
        if isinstance(more := schema.get("additionalProperties"), dict):
            return {name: _defaulted(inner, more) if name not in schema.get("properties", {}) else inner for name, inner in value.items()}
    if isinstance(value, list) and "items" in schema:
        return [_defaulted(one, schema["items"]) for one in value]
    return value


def _strict(schema: Json) -> Json:
    """The schema in which an unknown field is a fault, and Kubernetes' own words are JSON Schema's."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: inner for name, inner in schema.items() if not name.startswith("x-kubernetes") and name not in _OURS}
    made = {name: _strict(inner) for name, inner in kept.items()}
    if isinstance(schema.get("properties"), dict):
        made["properties"] = {name: _strict(inner) for name, inner in schema["properties"].items()}
        open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
        if schema.get("type") == "object" and not open_ended:
            made["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
        made["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    return made


def _asked(value: Json, schema: Json, path: str) -> Iterator[tuple[str, Json, Json]]:
    """Every rule that the value is held to: where, the rule, and what it is about."""
    for rule in schema.get("x-kubernetes-validations", ()):
        if "oldSelf" not in rule["rule"]:
            yield path, rule, value
    if isinstance(value, dict):
        more = schema.get("additionalProperties")
        for name, inner in value.items():
            if (own := schema.get("properties", {}).get(name)) is not None:
                yield from _asked(inner, own, f"{path}.{name}")
            elif isinstance(more, dict):
                yield from _asked(inner, more, f"{path}.{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _asked(one, schema.get("items", {}), f"{path}[{number}]")


def _rules(value: Json, schema: Json, kind: str) -> Iterator[str]:
    for path, rule, about in _asked(value, schema, kind):
        if _compiled(rule["rule"]).execute({"self": about}) is not True:
            yield f"{path}: {rule.get('message', rule['rule'])}"
