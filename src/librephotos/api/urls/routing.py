"""Routes that answer with and without a trailing slash, never by a redirect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, register_converter
from django.urls.resolvers import RoutePattern

from librephotos.numbers import LARGEST, whole_number


class NumberConverter:
    """The id of a row, or another number, as `<number:name>` in a route.

    Nothing is found at an address with another text in its place.
    """

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """Return the number; ValueError lets the route not match."""
        number = whole_number(value)
        if number is None:
            raise ValueError(f"more than {LARGEST}")
        return number

    def to_url(self, value: int) -> str:
        """Return the number as a part of a path."""
        return str(value)


register_converter(NumberConverter, "number")


class OptionalSlashPattern(RoutePattern):
    """A route whose final slash a request may leave out."""

    def match(self, path: str) -> Any:
        return super().match(path if path.endswith("/") else f"{path}/")


def both(
    route: str, view: Callable[..., HttpResponseBase], *, name: str | None = None
) -> URLPattern:
    """Return a route that is reached with and without its trailing slash.

    `route` is in the syntax of `django.urls.path` and may be written either way.
    """
    pattern = OptionalSlashPattern(
        f"{route.removesuffix('/')}/", name=name, is_endpoint=True
    )
    return URLPattern(pattern, view, None, name)
