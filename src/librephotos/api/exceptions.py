"""Errors over HTTP: every 4xx and 5xx below /api/ has the `errors` envelope."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from librephotos.logs.outages import is_outage

logger = logging.getLogger(__name__)


class DatabaseUnavailable(APIException):
    """The database cannot be reached, broke off, or takes no changes now."""

    status_code = 503
    wait = 5
    """Seconds after which one may ask again, for the header Retry-After."""
    default_detail = "The database does not answer. Try again in a moment."
    default_code = "database_unavailable"


def envelope(errors: Any, *, general: str = "detail") -> dict[str, Any]:
    """Return errors of any shape as `{"errors": [{"field", "message"}]}`.

    A mapping gives one entry per key; anything else one entry under `general`.
    """
    if not isinstance(errors, Mapping):
        errors = {general: errors}
    return {
        "errors": [
            {"field": str(field), "message": sentence(value)}
            for field, value in errors.items()
        ]
    }


def sentence(error: Any) -> str:
    """Return an error of any shape as readable text."""
    if isinstance(error, Mapping):
        return ", ".join(f"{key}: {sentence(value)}" for key, value in error.items())
    if isinstance(error, list | tuple):
        return " ".join(filter(None, map(sentence, error)))
    # It may repeat what was sent, and JSON can send halves of characters.
    return str(error).encode("utf-8", "replace").decode()


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error of a view in the envelope; None for an unexpected one.

    Django logs what is unexpected and answers it through `json_error`.
    """
    if isinstance(exc, OperationalError | InterfaceError) or is_outage(exc):
        logger.error("The database does not answer", exc_info=exc)
        exc = DatabaseUnavailable()
    response = rest_exception_handler(exc, context)
    if response is not None:
        general = "non_field_errors" if response.status_code == 400 else "detail"
        response.data = envelope(response.data, general=general)
    return response


def unavailable() -> JsonResponse:
    """Return the answer of a server without its database, for what is no API view."""
    answer = JsonResponse(
        envelope({"detail": DatabaseUnavailable.default_detail}),
        status=DatabaseUnavailable.status_code,
    )
    answer["Retry-After"] = str(DatabaseUnavailable.wait)
    return answer


def json_error(request: HttpRequest, *, status: int, message: str) -> JsonResponse:
    """Return the envelope for an error that no view has answered."""
    return JsonResponse(envelope({"detail": message}), status=status)
