"""Cookies that take long to read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


class CookieMiddleware:
    """Leaves out the cookies in which a backslash stands; none of ours has one.

    Django reads them with Python's `http.cookies`, which before 3.11.10 and 3.12.6
    takes seconds for one header full of backslashes, of anybody (CVE-2024-7592).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        header = request.META.get("HTTP_COOKIE", "")
        if "\\" in header:
            plain = [cookie for cookie in header.split(";") if "\\" not in cookie]
            request.META["HTTP_COOKIE"] = ";".join(plain)
        return self.get_response(request)
