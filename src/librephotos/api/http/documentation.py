"""How a view stands in the OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

Method = TypeVar("Method", bound=Callable[..., Any])


def documented(
    operation: str,
    *,
    request: Any = None,
    query: tuple[str, ...] = (),
    path: tuple[str, ...] = (),
    answer: Any = OpenApiTypes.OBJECT,
) -> Callable[[Method], Method]:
    """Describe a method of a view: its operation id, body and parameters.

    `query` and `path` name parameters that are plain texts. `answer` is the type of
    what is answered with 200: a TypedDict, a list or a `Page` of one. Without it the
    answer is described as any object.
    """
    parameters = [OpenApiParameter(name, str) for name in query]
    parameters += [
        OpenApiParameter(name, str, location=OpenApiParameter.PATH) for name in path
    ]
    return extend_schema(
        operation_id=operation,
        request=request,
        responses=answer,
        parameters=parameters,
    )
