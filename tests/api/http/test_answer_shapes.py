"""Answers are described where they are made, and are what is described."""

from __future__ import annotations

from typing import Generic, NotRequired, TypedDict, TypeVar

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from librephotos.api.http.answer_schema import IsoTime
from librephotos.api.http.pagination import Page
from tests.factories import JobFactory
from tests.support import published

Kind = TypeVar("Kind")


class Leaf(TypedDict):
    """A leaf."""

    name: str
    seen_at: IsoTime | None
    colour: NotRequired[str]


class Tree(TypedDict, total=False):
    """A tree."""

    leaves: list[Leaf]
    by_name: dict[str, Leaf]
    first: Leaf | None
    below: Tree | None
    weight: float | str


class Pair(TypedDict, Generic[Kind]):
    """Two of a kind."""

    one: Kind
    others: list[Kind]


class Named(Pair[Leaf]):
    """Two leaves with a name."""

    name: str


def components(hint):
    """Return what becomes of a type, by the names of the components."""
    schema = AutoSchema()
    schema.registry = ComponentRegistry()
    reference = schema.resolve_serializer(hint, "response").ref
    return reference, schema.registry.build({})["schemas"]


def test_a_typed_dictionary_becomes_a_component_with_all_that_it_holds():
    reference, found = components(Tree)
    leaf = {"$ref": "#/components/schemas/Leaf"}
    assert reference == {"$ref": "#/components/schemas/Tree"}
    assert "required" not in found["Tree"]
    assert found["Tree"]["properties"] == {
        "leaves": {"type": "array", "items": leaf},
        "by_name": {"type": "object", "additionalProperties": leaf},
        "first": {"allOf": [leaf], "nullable": True},
        "below": {"allOf": [reference], "nullable": True},
        "weight": {
            "anyOf": [{"type": "number", "format": "double"}, {"type": "string"}]
        },
    }
    assert found["Leaf"]["description"] == "A leaf."
    assert sorted(found["Leaf"]["required"]) == ["name", "seen_at"]
    moment = {"type": "string", "format": "date-time", "nullable": True}
    assert found["Leaf"]["properties"]["seen_at"] == moment


def test_a_generic_is_filled_in_also_where_another_extends_it():
    leaf = {"$ref": "#/components/schemas/Leaf"}
    assert components(Page[Leaf])[0] == {"$ref": "#/components/schemas/LeafPage"}
    of_pair, found = components(Pair[Leaf])
    assert of_pair == {"$ref": "#/components/schemas/LeafPair"}
    named = components(Named)[1]["Named"]
    assert named["properties"]["others"] == {"type": "array", "items": leaf}
    assert named["properties"] == {
        **found["LeafPair"]["properties"],
        "name": {"type": "string"},
    }


def test_a_list_of_typed_dictionaries_is_a_component_of_its_own():
    reference, found = components(list[Leaf])
    assert reference == {"$ref": "#/components/schemas/LeafList"}
    leaf = {"$ref": "#/components/schemas/Leaf"}
    assert found["LeafList"] == {"type": "array", "items": leaf}


def test_every_answer_is_described():
    free = {
        f"{method} {path}"
        for method, path, _, schema in published.answers()
        if published.free_parts(schema)
    }
    assert free == set(), "give `documented` the type of the answer"


def test_each_operation_that_answers_in_json_says_what():
    told = {(method, path) for method, path, *_ in published.answers()}
    for path, methods in SchemaGenerator().get_schema(public=True)["paths"].items():
        for method, operation in methods.items():
            bodies = [
                answer["content"]
                for status, answer in operation["responses"].items()
                if "content" in answer
            ]
            assert (method, path) in told or all(
                published.JSON not in body for body in bodies
            )


@pytest.mark.django_db
def test_an_answer_with_a_key_too_many_or_few_is_noticed(client_of, me):
    JobFactory(started_by=me)
    answer = client_of(me).get("/api/jobs/")
    assert published.violations(answer) == []
    whole = answer.json()
    (row,) = whole["results"]
    fewer = {key: value for key, value in row.items() if key != "error"}
    for other in ({**row, "more": 1}, fewer, {**row, "finished": 0}):
        answer.json = lambda other=other: {**whole, "results": [other]}
        assert len(published.violations(answer)) == 1
