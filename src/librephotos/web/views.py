"""The page itself, and errors that no view has answered."""

from __future__ import annotations

import sys
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from django.views.decorators.http import require_safe

from librephotos.api.http.errors import database_error, json_error, unavailable

NOT_BUILT = (
    "The web page is not built. Run script/setup (or: cd ui && npm ci && npm run"
    " build) and load this address again. The API is at /api/swagger.\n"
)
ADMIN = "/api/django-admin/"


@require_safe
def page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer any path of the single-page application with its entry document.

    Visitors who come by a link get one of their own, with the code that they need.
    """
    name = "visitor" if path.startswith("public/") else "index"
    found = finders.find(f"ui/{name}.html")
    if not isinstance(found, str):
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain")
    response = HttpResponse(Path(found).read_bytes())
    response["Cache-Control"] = "no-cache"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that Django itself refuses to read."""
    if not _wants_json(request):
        return defaults.bad_request(request, exception)
    return json_error(request, status=400, message="The request cannot be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that is refused outside the API's own views."""
    if not _wants_json(request):
        return defaults.permission_denied(request, exception)
    return json_error(request, status=403, message="This is not allowed.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an address at which there is nothing."""
    if not _wants_json(request):
        return defaults.page_not_found(request, exception)
    return json_error(request, status=404, message="There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer an error of ours, of which the log says more."""
    reason = database_error(sys.exception())
    if reason:
        return unavailable(reason)
    if not _wants_json(request):
        return defaults.server_error(request)
    return json_error(
        request,
        status=500,
        message="The server made an error. Its log says what happened.",
    )


def _wants_json(request: HttpRequest) -> bool:
    path = request.path
    return path.startswith("/api/") and not path.startswith(ADMIN)
