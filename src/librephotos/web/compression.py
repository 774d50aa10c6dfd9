"""Answers shrunk on their way: JSON and pages, never pictures and videos.

BREACH, which reads secrets from the length of compressed answers, needs an answer that
holds a secret beside text of the attacker's, and a browser that asks for it with the
victim's rights. Other sites cannot make a browser send our Bearer token, and the only
cookie that lets one read something is for media, which are not compressed. Tokens, and
the Django admin, which has a session cookie, stay as they are all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from isal import isal_zlib

_SHORTEST = 1024
"""Bytes. Shorter ones fit one packet anyway."""
_LEVEL = 1
_GZIP_WINDOW = 31
"""Window of 32 KiB, with gzip's header and trailer."""
_TYPES = re.compile(
    r"(application/(\w+\+)?json|text/(html|css|plain|javascript)|image/svg\+xml"
    r"|application/(vnd\.oai\.openapi|yaml|javascript))\b"
)
_GZIP = re.compile(
    r"(?:^|,)\s*(gzip|\*)\s*(?:;\s*q\s*=\s*([\d.]+)\s*)?(?=,|$)", re.IGNORECASE
)
_LEFT_ALONE = ("/api/auth/", "/api/django-admin/")


class CompressionMiddleware:
    """Compresses with gzip what is worth it, for those who take it.

    Every answer that is not streamed leaves with its length, without which a server
    has to close the connection.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse):
            if _worth_it(request, response):
                patch_vary_headers(response, ("Accept-Encoding",))
                if takes_gzip(request.headers.get("Accept-Encoding", "")):
                    _compress(response)
            if not response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response


def takes_gzip(accepted: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip; RFC 9110, 12.5.3."""
    weights = {name.lower(): q for name, q in _GZIP.findall(accepted)}
    weight = weights.get("gzip", weights.get("*"))
    return weight is not None and weight.strip("0.") != "" or weight == ""


def _worth_it(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        len(response.content) >= _SHORTEST
        and not response.has_header("Content-Encoding")
        and not response.has_header("Content-Range")
        and "no-transform" not in response.get("Cache-Control", "")
        and bool(_TYPES.match(response.get("Content-Type", "").lower()))
        and not request.path.startswith(_LEFT_ALONE)
    )


def _compress(response: HttpResponse) -> None:
    shrunk = isal_zlib.compress(response.content, _LEVEL, _GZIP_WINDOW)
    if len(shrunk) >= len(response.content):
        return
    response.content = shrunk
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(shrunk))
    etag = response.get("ETag", "")
    if etag.startswith('"'):
        # Equal in meaning, no longer byte for byte; RFC 9110, 8.8.1.
        response["ETag"] = f"W/{etag}"
