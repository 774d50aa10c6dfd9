"""How long the body of a request may be, by address and kind."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from librephotos.api.http.errors import json_error
from librephotos.numbers import whole_number

Answer = Callable[[HttpRequest], HttpResponseBase]
KIB = 2**10
MIB = 2**20

_SELECTION = 5 * MIB
"""100,000 hashes or ids, the most that a list of them may have, with quotes."""
_UNSIGNED = 64 * KIB
"""What anybody may send, without signing in."""
_LIMITS = (
    ("/api/auth/", _UNSIGNED),
    ("/api/firsttimesetup", _UNSIGNED),
    ("/api/public/", _UNSIGNED),
    # Its forms are read before it is known who sends them.
    ("/api/django-admin", _UNSIGNED),
    ("/api/photosedit/", _SELECTION),
    ("/api/albums/user/edit", _SELECTION),
    ("/api/labelfaces", _SELECTION),
    ("/api/deletefaces", _SELECTION),
    ("/api/faces/", _SELECTION),
    ("/api/persons", _SELECTION),
    ("/api/", MIB),
)
_MULTIPART = (
    # A picture of five MiB, and the form around it.
    ("/api/user/", 5 * MIB + 64 * KIB),
)
_SIGN_UP = ("/api/user", "/api/user/")
_UPLOAD = ("/api/upload", "/api/upload/")
_LARGEST_UPLOAD = 2**50
"""Whatever is refused of it is refused by the view, in words."""
_ELSEWHERE = 64 * KIB


def largest_body(path: str, content_type: str) -> int:
    """Return the most bytes that a request may send to an address.

    The server asks before it reads a body, so that nobody fills its memory or disk.
    """
    multipart = content_type.lower().lstrip().startswith("multipart/")
    rows = (*(_MULTIPART if multipart else ()), *_LIMITS)
    # Several slashes at the start count as one everywhere.
    path = "/" + path.lstrip("/")
    if path in _SIGN_UP:
        return _UNSIGNED
    if path in _UPLOAD and multipart:
        return _LARGEST_UPLOAD
    return next((size for start, size in rows if path.startswith(start)), _ELSEWHERE)


class BodyLimitMiddleware:
    """Refuses bodies that are too long, where no server before it has.

    A body of unknown length counts as none: WSGI has none without a length.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        most = largest_body(request.path_info, request.content_type or "")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if whole_number(length, most=most) is not None:
            return self.get_response(request)
        message = f"More than {most:,} bytes cannot be sent to this address."
        return json_error(request, status=413, message=message)
