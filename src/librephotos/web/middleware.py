"""What a browser may load and run on our pages, and keep of our answers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

HEADER = "Content-Security-Policy"
STRICT = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
RELAXED = {
    "/api/swagger": {"style-src": "'self' 'unsafe-inline'"},
    "/api/redoc": {"style-src": "'self' 'unsafe-inline'", "worker-src": "blob:"},
    "/api/silk/": {
        "style-src": "'self' 'unsafe-inline'",
        "script-src": "'self' 'unsafe-inline'",
    },
}
"""What third-party pages need beyond the policy of our own, by the start of a path."""


def policy(path: str) -> str:
    """Return the content security policy for the page at a path."""
    extra = next((RELAXED[start] for start in RELAXED if path.startswith(start)), {})
    return "; ".join(f"{key} {value}" for key, value in {**STRICT, **extra}.items())


class ContentSecurityPolicyMiddleware:
    """Gives every answer a policy, unless a view has set a stricter one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, policy(request.path))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


class PrivateAnswersMiddleware:
    """Keeps what one caller was told from the next one at the same browser.

    Data are not kept at all. A browser keeps pictures, as their views say, and shows
    them unasked only to whom they were sent: signing out takes the cookie away, and
    with another cookie, or none, a browser has to ask. `Clear-Site-Data` would need
    HTTPS. Pages of other origins, such as other ports of this host, embed nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(("/api/", "/media/")):
            response.headers.setdefault("Cache-Control", "private, no-store")
            response["Cross-Origin-Resource-Policy"] = "same-origin"
            patch_vary_headers(response, ("Authorization", "Cookie"))
        return response


_SECRET_ADDRESSES = ("/public/", "/api/public/")


class SecretAddressMiddleware:
    """Keeps the addresses of links, which are secrets, from other sites.

    A page tells no site that it leads to where the visitor came from, and no search
    engine keeps what it finds, should somebody publish an address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(_SECRET_ADDRESSES):
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response
