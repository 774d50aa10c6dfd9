"""Values that are no numbers, names or texts, in every part of every request."""

from __future__ import annotations

import importlib
import json
import pkgutil
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

import librephotos.api.serializers as package
from librephotos.api.http.fields import NumberField, WholeNumberField
from tests.api.http.test_permissions import ROWS
from tests.contract import shapes

SEGMENTS = [
    *("0", "-1", "+1", "1.0", "1e3", "1_000", "%201", "1%20", "NaN", "Infinity"),
    *(str(2**31), str(2**63), str(2**64), "9" * 5000, "0" * 5000 + "1"),
    *(quote("１２"), quote("١٢"), quote("²"), quote("\N{SNOWMAN}")),
    *("%zz", "%", "%ff%fe", "%00", "a%00b", "%0a", "%1b", "..", "%2e%2e", "%2f", "x"),
    *("00000000-0000-0000-0000-00000000000g", "{0}", "a" * 3000),
]
VALUES = [*SEGMENTS[:-1], "", "true", "%5B%5D", "%ed%a0%80", "2020-01-01", "0001-01-01"]
BODIES: list[Any] = [
    *(None, True, "", " ", "x", "1_000", "１２", "\0", "\ud800", [], [[]], {}, -1, 0),
    *(1.5, 1e300, 2**31, 2**63, 10**400, "9" * 5000, "nan", "-Infinity", "1e999"),
    *([None], [True], [2**63], ["\0"], ["1_000"], [1.5], {"a": "\0"}, [{}], {"": []}),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "a" * 70_000),
]
RAW = [b"", b"[]", b"1", b'"x"', b"null", b"{", b"\xff", b'{"a": NaN}', b"9" * 5000]
SCHEMA = SchemaGenerator().get_schema(public=True)
# A probe: 503 says that no worker is there.
UNAVAILABLE = "/api/healthz/queue"


@pytest.fixture
def client(library, client_of) -> Any:
    """Somebody who may do everything, so that no refusal hides what is behind it."""
    return client_of(library.admin)


def check(client: Any, method: str, address: str, data: bytes | None = None) -> None:
    """Send a request, take back what it did, and refuse failures in any other form."""
    with transaction.atomic():
        answer = client.generic(
            method.upper(), address, data or b"", content_type="application/json"
        )
        content = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    told = f"{method} {address[:200]} {(data or b'')[:200]!r}: {answer.status_code}"
    assert answer.status_code < 500 or UNAVAILABLE in address, told
    if answer.status_code >= 400 and address.startswith("/api/"):
        told = f"{told} {content[:200]!r}"
        assert answer["Content-Type"] == "application/json", told
        assert shapes.violations(json.loads(content), shapes.ERRORS) == [], told


def operation(row: Any) -> dict[str, Any]:
    """Return what our schema says of a row's method."""
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", row.route)
    known = {
        re.sub(r"\{\w+\}", "{}", key): value for key, value in SCHEMA["paths"].items()
    }
    return dict(known.get(re.sub(r"\{\w+\}", "{}", path), {}).get(row.method, {}))


def named(row: Any) -> list[str]:
    """Return the query parameters that a row's method reads, and those of pages."""
    told = operation(row).get("parameters", [])
    names = {found["name"] for found in told if found["in"] == "query"}
    return sorted(names | {"page", "page_size", "limit", "offset", "format"})


def fields(row: Any) -> list[str]:
    """Return the keys of the body that a row's method reads."""
    content = operation(row).get("requestBody", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema", {})
    name = shape.get("$ref", "").rpartition("/")[2]
    return sorted(
        SCHEMA["components"]["schemas"].get(name, shape).get("properties", ())
    )


def with_segment(row: Any, value: str) -> str:
    return "/" + re.sub(r"<[^>]+>", lambda _: value, row.route)


def drawn(values: list[Any]) -> list[Any]:
    """Return a third of the values: others for each state of the code, all in time."""
    return random.sample(values, len(values) // 3)


IDS = {"ids": lambda row: f"{row.method} {row.route}"}
IN_PATH = [row for row in ROWS if "<" in row.route]
# Pages of another library that describe the API, in no JSON of ours.
DESCRIPTIONS = ("api/schema/", "api/swagger/", "api/redoc/")
READ = [row for row in ROWS if row.method == "get" and row.route not in DESCRIPTIONS]
SENT = [row for row in ROWS if row.method in ("post", "patch", "delete")]


@pytest.mark.parametrize("row", IN_PATH, **IDS)
def test_in_a_path(client, row):
    for value in drawn(SEGMENTS):
        for address in (with_segment(row, value), with_segment(row, value)[:-1]):
            check(client, row.method, address)


@pytest.mark.parametrize("row", READ, **IDS)
def test_in_a_query(client, library, row):
    path = with_segment(row, str(library.photos["placed"].day))
    for name in named(row):
        for value in drawn(VALUES):
            check(client, "get", f"{path}?{name}={value}")
    check(client, "get", f"{path}?{'&'.join(f'{name}=%00' for name in named(row))}")
    check(client, "get", f"{path}?{'x' * 3000}=%zz&%00=1&&=&page=1&page=x")


@pytest.mark.parametrize("row", SENT, **IDS)
def test_in_a_body(client, library, row):
    path = with_segment(row, str(library.admin.pk))
    for data in RAW:
        check(client, row.method, path, data)
    proper = dict(row.body or {})
    for name in {*fields(row), *proper}:
        for value in drawn(BODIES):
            body = json.dumps({**proper, name: value}).encode()
            check(client, row.method, path, body)


def test_in_a_query_of_a_body(client):
    """All bulk actions read it alike."""
    for key in ("person", "folder", "username", "last_modified", "media", "video"):
        for value in BODIES:
            body = {"select_all": True, "query": {key: value}, "hidden": False}
            data = json.dumps(body).encode()
            check(client, "post", "/api/photosedit/hide/", data)


def serializer_classes() -> Iterator[type[serializers.Serializer[Any]]]:
    """Yield every serializer that reads what callers send."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, serializers.Serializer):
                if value.__module__.startswith(package.__name__) and (
                    not issubclass(value, serializers.ModelSerializer)
                    or hasattr(value, "Meta")
                ):
                    yield value


def numbers_of(field: Any) -> Iterator[Any]:
    """Yield the fields for numbers within a field that is written to."""
    if field.read_only:
        return
    if isinstance(field, serializers.IntegerField | serializers.FloatField):
        yield field
    yield from numbers_of(field.child) if hasattr(field, "child") else ()
    for inner in getattr(field, "fields", {}).values():
        yield from numbers_of(inner)


def test_every_number_of_a_body_is_read_by_our_own_fields(db):
    ours, seen = (NumberField, WholeNumberField), 0
    for serializer in serializer_classes():
        for field in numbers_of(serializer()):
            # What only shows accounts is never written to.
            shown = serializer.__module__.endswith("serializers.accounts.user")
            assert shown or isinstance(field, ours), (serializer, field.field_name)
            seen += 1
    assert seen > 10
