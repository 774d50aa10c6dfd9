"""What a browser may load and run on our pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

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
