"""What `/api/schema` says of an answer, held against the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft4Validator
from rest_framework.test import APIClient

Schema = Mapping[str, Any]
JSON = "application/json"


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI description of the API."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def answers() -> Iterator[tuple[str, str, str, Schema]]:
    """Yield method, path, status and schema of all answers that succeed as JSON."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if JSON in answer.get("content", {}) and status.startswith("2"):
                    yield method, path, status, answer["content"][JSON]["schema"]


def free_parts(schema: Schema, place: str = "") -> list[str]:
    """Return where a schema, or what it refers to, allows anything."""
    return list(_free_parts(schema, place, frozenset()))


def _free_parts(schema: Schema, place: str, seen: frozenset[str]) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            part = document()["components"]["schemas"][name]
            yield from _free_parts(part, place, seen | {name})
        return
    parts = _parts(schema)
    if not parts and ("enum" not in schema and schema.get("type") in (None, "object")):
        yield place or "."
    for name, part in parts:
        yield from _free_parts(part, f"{place}/{name}" if name else place, seen)


def _parts(schema: Schema) -> list[tuple[str, Schema]]:
    parts = [*schema.get("properties", {}).items()]
    for key in ("allOf", "oneOf", "anyOf"):
        parts += [("", part) for part in schema.get(key, ())]
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            parts.append(("*", schema[key]))
    return parts


def strict(schema: Any) -> Any:
    """Return a schema as JSON Schema that allows only the keys that are described."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(part) for key, part in schema.items()}
    # What tells "" from a mail address is its format, which is not looked at.
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")
    fields = made.get("properties")
    if isinstance(fields, dict):
        made.setdefault("additionalProperties", False)
        sent = {key for key, field in fields.items() if field.get("writeOnly")}
        made["properties"] = {key: fields[key] for key in fields.keys() - sent}
        made["required"] = [key for key in made.get("required", ()) if key not in sent]
    if made.pop("nullable", False) is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


@cache
def _validator(method: str, path: str, status: str) -> Draft4Validator | None:
    for described in answers():
        if described[:3] == (method, path, status) and not free_parts(described[3]):
            components = strict(document()["components"]["schemas"])
            return Draft4Validator(
                {**strict(described[3]), "components": {"schemas": components}}
            )
    return None


def violations(answer: Any) -> list[str]:
    """Return where an answer of the API is not as described, if it is at all."""
    method = answer.request["REQUEST_METHOD"].lower()
    route = getattr(answer.resolver_match, "route", "")
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    for known in (path, path.rstrip("/") + "/"):
        validator = _validator(method, known, str(answer.status_code))
        if validator is not None:
            return [
                f"{method} {known}: {error.json_path}: {error.message}"
                for error in validator.iter_errors(answer.json())
            ]
    return []


class HeldToTheSchema(APIClient):
    """A client that takes no answer which differs from its description."""

    def request(self, **kwargs: Any) -> Any:
        answer = super().request(**kwargs)
        # What is compressed is the same, and asked for as it is by other tests.
        is_plain = (
            answer.get("Content-Type") == JSON and "Content-Encoding" not in answer
        )
        if 200 <= answer.status_code < 300 and is_plain:
            assert violations(answer) == []
        return answer
