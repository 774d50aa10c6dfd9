"""Routes that answer with and without a trailing slash, never by a redirect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern


class OptionalSlashPattern(RoutePattern):
    """A route whose final slash a request may leave out."""

    def match(self, path: str) -> Any:
        return super().match(path) or super().match(f"{path}/")


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
