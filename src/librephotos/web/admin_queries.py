"""Queries of the Django admin that nothing can answer."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest, FieldError
from django.db import DataError, ProgrammingError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg.errors import UndefinedFunction

from librephotos.web import views

_UNANSWERABLE = (ValueError, TypeError, OverflowError, FieldError, DataError)


class AdminQueryMiddleware:
    """Answers a query of the Django admin with 400 where a value of it fits no column.

    The admin checks how a list may be narrowed down, but not all values: a year of
    twenty digits, NUL or half an expression are noticed by Python or PostgreSQL, in the
    view or while its page is written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Return the answer to an error that the query is to blame for."""
        asks = request.GET or "_selected_action" in request.POST
        if not (request.path.startswith(views.ADMIN) and asks and _blames(exception)):
            return None
        return views.bad_request(request, BadRequest(str(exception)))


def _blames(exception: Exception) -> bool:
    no_operator = isinstance(exception.__cause__, UndefinedFunction)
    return isinstance(exception, _UNANSWERABLE) or (
        isinstance(exception, ProgrammingError) and no_operator
    )
