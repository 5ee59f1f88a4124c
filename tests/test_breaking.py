"""What counts as a breaking change of the API (tools/breaking.py)."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tools.breaking import breaking

Json = dict[str, Any]

OLD: Json = {
    "paths": {
        "/things": {
            "get": {
                "parameters": [
                    {"name": "q", "in": "query", "schema": {"type": "string"}},
                    {"name": "sort", "in": "query", "schema": {"enum": ["a", "b"]}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        },
                    },
                    "404": {"$ref": "#/components/responses/gone"},
                },
            },
            "post": {
                "requestBody": {
                    "required": False,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}
                    },
                },
                "responses": {"204": {}},
            },
        }
    },
    "components": {
        "responses": {"gone": {"content": {"application/problem+json": {"schema": {}}}}},
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "state": {"enum": ["on", "off"]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                },
                "required": ["name", "state"],
            },
            "Wish": {
                "type": "object",
                "properties": {
                    "name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "count": {"type": "integer", "maximum": 9},
                },
                "required": ["name"],
            },
        },
    },
}
Change = Callable[[Json], object]


def get(new: Json) -> Json:
    found: Json = new["paths"]["/things"]["get"]
    return found


def post(new: Json) -> Json:
    found: Json = new["paths"]["/things"]["post"]
    return found


def schema(new: Json, name: str) -> Json:
    found: Json = new["components"]["schemas"][name]
    return found


BREAKING: dict[str, tuple[Change, str]] = {
    "path": (lambda new: new["paths"].pop("/things"), "/things: removed"),
    "method": (lambda new: new["paths"]["/things"].pop("post"), "POST /things: removed"),
    "parameter": (lambda new: get(new)["parameters"].pop(0), "parameter query q removed"),
    "parameter needed": (
        lambda new: get(new)["parameters"][0].update(required=True),
        "parameter query q is required",
    ),
    "new parameter needed": (
        lambda new: get(new)["parameters"].append(
            {"name": "x", "in": "query", "required": True, "schema": {}}
        ),
        "parameter query x is required",
    ),
    "value not taken": (
        lambda new: get(new)["parameters"][1].update(schema={"enum": ["a"]}),
        "no longer takes b",
    ),
    "type not taken": (
        lambda new: get(new)["parameters"][0].update(schema={"type": "integer"}),
        "no longer takes string",
    ),
    "larger minimum": (
        lambda new: get(new)["parameters"][2]["schema"].update(minimum=2),
        "minimum is 2",
    ),
    "a maximum": (
        lambda new: get(new)["parameters"][2]["schema"].update(maximum=2),
        "maximum is 2",
    ),
    "status": (lambda new: get(new)["responses"].pop("404"), "answer 404 removed"),
    "media type": (
        lambda new: new["components"]["responses"]["gone"].update(content={}),
        "application/problem+json removed",
    ),
    "header": (
        lambda new: get(new)["responses"]["200"]["headers"].clear(),
        "header ETag removed",
    ),
    "field": (
        lambda new: schema(new, "Thing")["properties"].pop("name"),
        "Thing (got).name: removed",
    ),
    "field may be missing": (
        lambda new: schema(new, "Thing")["required"].remove("name"),
        "Thing (got).name: may be missing",
    ),
    "field may be null": (
        lambda new: schema(new, "Thing")["properties"]["name"].update(type=["string", "null"]),
        "may be null",
    ),
    "new value given": (
        lambda new: schema(new, "Thing")["properties"]["state"]["enum"].append("broken"),
        "may be broken",
    ),
    "body needed": (
        lambda new: post(new)["requestBody"].update(required=True),
        "a body is required",
    ),
    "key needed": (
        lambda new: schema(new, "Wish")["required"].append("count"),
        "Wish (sent).count: is required",
    ),
    "null not taken": (
        lambda new: schema(new, "Wish")["properties"]["name"]["anyOf"].pop(),
        "no longer takes null",
    ),
    "other keys not taken": (
        lambda new: schema(new, "Wish").update(additionalProperties=False),
        "takes no other keys",
    ),
}
HARMLESS: dict[str, Change] = {
    "nothing": lambda new: None,
    "path": lambda new: new["paths"].update({"/more": {"get": {"responses": {}}}}),
    "parameter": lambda new: get(new)["parameters"].append(
        {"name": "x", "in": "query", "schema": {"type": "string"}}
    ),
    "value taken": lambda new: get(new)["parameters"][1]["schema"]["enum"].append("c"),
    "status": lambda new: get(new)["responses"].update({"503": {}}),
    "field": lambda new: schema(new, "Thing")["properties"].update(more={"type": "string"}),
    "field always there": lambda new: schema(new, "Thing")["required"].append("parts"),
    "fewer values given": lambda new: schema(new, "Thing")["properties"]["state"]["enum"].pop(),
    "key": lambda new: schema(new, "Wish")["properties"].update(more={"type": "string"}),
    "key no longer needed": lambda new: schema(new, "Wish")["required"].clear(),
    "larger maximum": lambda new: schema(new, "Wish")["properties"]["count"].update(maximum=99),
}


@pytest.mark.parametrize(("change", "said"), BREAKING.values(), ids=BREAKING.keys())
def test_what_breaks_a_client_is_named(change: Change, said: str) -> None:
    new = copy.deepcopy(OLD)
    change(new)
    found = breaking(OLD, new)
    assert any(said in each for each in found), found


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_added_breaks_nobody(change: Change) -> None:
    new = copy.deepcopy(OLD)
    change(new)
    assert breaking(OLD, new) == []
