"""Where a request comes from, and which name it calls the server by."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from html import escape

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase

from librephotos.api.http.errors import json_error

Answer = Callable[[HttpRequest], HttpResponseBase]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SETTING = "LIBREPHOTOS_ALLOWED_HOSTS"
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED")
_REFUSED = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Unknown name</title>
<h1>This server does not know the name “{name}”</h1>
<p>{message}</p>
</html>
"""


class ForwardedAddressMiddleware:
    """Finds the caller behind listed proxies, and believes nobody else about it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        networks = settings.PROXIES.networks
        if networks:
            peer = request.META.get("REMOTE_ADDR", "")
            if _within(peer, networks):
                request.META["REMOTE_ADDR"] = _caller(request, peer)
            else:
                for name in _FORWARDED:
                    request.META.pop(name, None)
        return self.get_response(request)


def _caller(request: HttpRequest, peer: str) -> str:
    """Return the address next to the proxies; what lies beyond it may be invented."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "")
    for address in reversed([part.strip() for part in told.split(",")]):
        if _parsed(address) is None:
            return peer
        peer = address
        if not _within(address, settings.PROXIES.networks):
            break
    return peer


def _within(address: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


class HostMiddleware:
    """Refuses names that are not the server's own.

    Any site may have its name lead here (DNS rebinding); a browser then takes our
    pages and answers for that site's own.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            name = split_domain_port(request.get_host())[0]
        except DisallowedHost:
            name = ""
        if name and (_is_literal(name) or validate_host(name, settings.HOSTS)):
            return self.get_response(request)
        return _refusal(request, name)


def _is_literal(name: str) -> bool:
    return _parsed(name.removeprefix("[").removesuffix("]")) is not None


def _refusal(request: HttpRequest, name: str) -> HttpResponseBase:
    if name:
        message = (
            f"It answers to addresses such as 192.0.2.7, to {', '.join(_own())}, and "
            f"to what {_SETTING} lists. If {name} is this server, set "
            f"{_SETTING}={name} (several names with commas) and start it again."
        )
    else:
        message = "The Host header of the request is no name and no address."
    if request.path.startswith(("/api/", "/media/")):
        return json_error(request, status=400, message=message)
    page = _REFUSED.format(name=escape(name), message=escape(message))
    return HttpResponse(page, status=400, headers={"Cache-Control": "no-store"})


def _own() -> list[str]:
    return [name for name in settings.HOSTS if name not in ("*", ".localhost")]
