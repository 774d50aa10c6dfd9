"""Errors over HTTP: every 4xx and 5xx below /api/ has the `errors` envelope.

DatabaseUnavailable     it cannot be reached, broke off, or takes no changes now
├── DatabaseBusy        another one holds what the request would change
├── DatabaseFull        its disk has no room for what the request would store
└── DatabaseTooSlow     one statement took longer than a request may wait
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from rest_framework.exceptions import APIException, NotAuthenticated
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from librephotos.api.http.refusals import refusal_of
from librephotos.full_disk import FULL, DataFolderFull, is_full
from librephotos.logs.outages import is_outage

logger = logging.getLogger(__name__)


class DatabaseUnavailable(APIException):
    """The database cannot be reached, broke off, or takes no changes now."""

    status_code = 503
    wait = 5
    """Seconds after which one may ask again, for the header Retry-After."""
    default_detail = "The database does not answer. Try again in a moment."
    default_code = "database_unavailable"


class DatabaseBusy(DatabaseUnavailable):
    """What the request would change is being changed by somebody else."""

    default_detail = "This is being changed at the moment. Try again in a few seconds."
    default_code = "database_busy"


class DatabaseFull(DatabaseUnavailable):
    """The disk that the database lies on is full (RFC 4918, 11.5)."""

    status_code = 507
    wait = 60
    default_detail = FULL
    default_code = "data_folder_full"


class DatabaseTooSlow(DatabaseUnavailable):
    """A statement was given up because it took too long."""

    wait = 60
    default_detail = (
        "This took too long and was given up. Ask for less at a time, or try again "
        "when the server has less to do."
    )
    default_code = "database_too_slow"


_GIVEN_UP: dict[type[Any], type[DatabaseUnavailable]] = {
    psycopg.errors.LockNotAvailable: DatabaseBusy,
    psycopg.errors.DeadlockDetected: DatabaseBusy,
    psycopg.errors.DiskFull: DatabaseFull,
    psycopg.errors.QueryCanceled: DatabaseTooSlow,
}
"""What became of statements that PostgreSQL itself has ended."""


class NothingIsKept(APIException):
    """What was sent cannot be kept, since the disk is full (RFC 4918, 11.5)."""

    status_code = 507
    default_detail = FULL
    default_code = "data_folder_full"


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
    exc = database_error(exc) or refusal_of(exc) or exc
    if isinstance(exc, OSError | DataFolderFull) and is_full(exc):
        logger.error("A request failed: %s", FULL)
        exc = NothingIsKept()
    if isinstance(exc, NotAuthenticated):
        # As the framework does where a view itself raises it.
        view, request = context["view"], context["request"]
        setattr(exc, "auth_header", view.get_authenticate_header(request))
    response = rest_exception_handler(exc, context)
    if response is not None:
        general = "non_field_errors" if response.status_code == 400 else "detail"
        response.data = envelope(response.data, general=general)
    return response


def database_error(error: BaseException | None) -> DatabaseUnavailable | None:
    """Return what to answer because of the database, None for all other errors."""
    given_up = _GIVEN_UP.get(type(error.__cause__)) if error else None
    if given_up:
        logger.warning("A request was refused: %s", " ".join(str(error).split()))
        return given_up()
    if isinstance(error, OperationalError | InterfaceError) or is_outage(error):
        logger.error("The database does not answer", exc_info=error)
        return DatabaseUnavailable()
    return None


def unavailable(reason: DatabaseUnavailable) -> JsonResponse:
    """Return the answer to what is no API view, if the database is the reason."""
    body = envelope({"detail": reason.detail})
    answer = JsonResponse(body, status=reason.status_code)
    answer["Retry-After"] = str(reason.wait)
    return answer


def json_error(request: HttpRequest, *, status: int, message: str) -> JsonResponse:
    """Return the envelope for an error that no view has answered."""
    return JsonResponse(envelope({"detail": message}), status=status)
