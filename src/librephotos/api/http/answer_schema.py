"""How answers that are written as typed dictionaries stand in the OpenAPI schema.

A TypedDict becomes a component under its own name, with all that it holds; so does a
generic one of another (`Page[JobRow]`: JobRowPage) and a list (`list[JobRow]`:
JobRowList). Their types are read as mypy reads them, so that the code which makes an
answer, its description and the types of clients cannot differ.
"""

from __future__ import annotations

import inspect
from types import UnionType
from typing import (
    Annotated,
    Any,
    NamedTuple,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    build_array_type,
    build_object_type,
    resolve_type_hint,
)


class Format(NamedTuple):
    """What a text is, by OpenAPI's names."""

    name: str


IsoTime = Annotated[str, Format("date-time")]
"""A moment as text, in UTC with `Z`."""

IsoDate = Annotated[str, Format("date")]
"""A day as text."""

UuidText = Annotated[str, Format("uuid")]
"""A UUID as text."""


def component_name(hint: Any) -> str:
    """Return the name of the component that a type becomes, "" if it becomes none."""
    if is_typeddict(hint):
        return str(hint.__name__)
    origin = get_origin(hint)
    parts = [component_name(part) for part in get_args(hint)]
    if not parts or not all(parts):
        return ""
    if origin is list:
        return f"{parts[0]}List"
    return "".join(parts) + origin.__name__ if is_typeddict(origin) else ""


class TypedAnswers(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Makes components of typed dictionaries and of lists of them."""

    priority = 1

    @classmethod
    def _matches(cls, target: Any) -> bool:
        return bool(component_name(target))

    def get_name(self, auto_schema: AutoSchema, direction: Any) -> str:
        return component_name(self.target)

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        if get_origin(self.target) is list:
            return _array(self.target, auto_schema)
        shape = get_origin(self.target) or self.target
        fields = _fields(self.target)
        described: dict[str, Any] = build_object_type(
            properties={key: _schema(of, auto_schema) for key, of in fields.items()},
            required=[key for key in fields if _required(shape, key, fields[key])],
            description=inspect.getdoc(shape) or "",
        )
        return described


def _fields(hint: Any) -> dict[str, Any]:
    """Return the types by key, those of a generic filled in."""
    shape = get_origin(hint) or hint
    filled: dict[Any, Any] = {}
    for part in (hint, *getattr(shape, "__orig_bases__", ())):
        open_parts = getattr(get_origin(part), "__parameters__", ())
        filled |= dict(zip(open_parts, get_args(part)))
    return {
        key: _filled(of, filled)
        for key, of in get_type_hints(shape, include_extras=True).items()
    }


def _filled(hint: Any, filled: dict[Any, Any]) -> Any:
    open_parts = getattr(hint, "__parameters__", ())
    if hint in filled:
        return filled[hint]
    return hint[tuple(filled[part] for part in open_parts)] if open_parts else hint


def _required(shape: Any, key: str, hint: Any) -> bool:
    # What is written as text, as in these files, the class itself does not tell.
    if get_origin(hint) in (Required, NotRequired):
        return get_origin(hint) is Required
    return key in shape.__required_keys__


def _schema(hint: Any, auto_schema: AutoSchema) -> dict[str, Any]:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Required, NotRequired):
        return _schema(parts[0], auto_schema)
    if origin is Annotated:
        return {
            **_schema(parts[0], auto_schema),
            "format": hint.__metadata__[0].name,
        }
    if origin is list:
        return _array(hint, auto_schema)
    if origin is dict:
        return {
            "type": "object",
            "additionalProperties": _schema(parts[1], auto_schema),
        }
    if origin in (UnionType, Union):
        return _union(parts, auto_schema)
    if component_name(hint):
        return dict(auto_schema.resolve_serializer(hint, "response").ref)
    return dict(resolve_type_hint(hint))  # type: ignore[no-untyped-call]


def _array(hint: Any, auto_schema: AutoSchema) -> dict[str, Any]:
    item = _schema(get_args(hint)[0], auto_schema)
    return dict(build_array_type(item))


def _union(parts: tuple[Any, ...], auto_schema: AutoSchema) -> dict[str, Any]:
    shapes = [_schema(part, auto_schema) for part in parts if part is not type(None)]
    shape, *others = shapes
    if others:
        shape = {"anyOf": shapes}
    if len(shapes) == len(parts):
        return shape
    # What stands beside a reference does not count in OpenAPI 3.0.
    return {**({"allOf": [shape]} if "$ref" in shape else shape), "nullable": True}
