"""Where a server may send us on to: to the internet, or to where we were sent before.

A published model never lies on an inner address of whoever fetches it. A server that
redirects there, because somebody took it over or answers in its place, would have us
ask services that it cannot reach itself. Addresses that an operator configures, a
mirror or a hub, may be anywhere; there a redirect to the same host is followed too.
"""

from __future__ import annotations

import ipaddress
import socket
import urllib.request
from ipaddress import IPv4Address, IPv6Address

import httpx2

from librephotos.ml.model_store.errors import NotServed

Address = IPv4Address | IPv6Address

# RFC 6052, 2.1 and RFC 8215: IPv6 addresses whose last 32 bits are one of IPv4.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, 2.5.5.1


def check_redirect(first: httpx2.URL, last: httpx2.URL, target: httpx2.URL) -> None:
    """Raise NotServed unless the answer of `last` may send us on to `target`.

    `first` is the address that was asked for to begin with. Refused are another scheme
    than http and https, a step from https back to http, and hosts with inner addresses
    alone that are not those of `first`.
    """
    if target.scheme not in ("http", "https"):
        raise _refusal(last, "to an address that is no http")
    if last.scheme == "https" and target.scheme == "http":
        raise _refusal(last, "from https to http")
    if target.host == first.host:
        return
    found = _addresses(target.host)
    if not found and not _by_proxy(target):
        return  # which the connection will find out
    if not any(_may_follow(address, first) for address in found):
        raise _refusal(last, f"to {target.host}, an inner address")


def check_peer(answer: httpx2.Response, first: httpx2.URL) -> None:
    """Raise NotServed if a redirect has led to an inner address after all.

    A name may stand for another address by the time that it is connected to.
    """
    url = answer.request.url
    stream = answer.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream else None
    if url.host == first.host or not peer or _by_proxy(url):
        return
    if not _may_follow(_plain(ipaddress.ip_address(str(peer[0]))), first):
        raise _refusal(url, f"to {url.host}, an inner address")


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet: no private, local or special one."""
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not (local or address.is_multicast)


def _may_follow(address: Address, first: httpx2.URL) -> bool:
    return is_public(address) or address in _addresses(first.host)


def _addresses(host: str) -> set[Address]:
    """Return the addresses of a host, whatever way its name or number is written."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {_plain(ipaddress.ip_address(str(info[4][0]))) for info in found}


def _plain(address: Address) -> Address:
    """Return an address of IPv4 that is written as one of IPv6 in its own form."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _carried(address: Address) -> IPv4Address | None:
    """Return the address of IPv4 that one of IPv6 leads to."""
    if isinstance(address, IPv4Address):
        return None
    if address in _COMPATIBLE or any(address in net for net in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _by_proxy(url: httpx2.URL) -> bool:
    """Whether the environment has a proxy connect to this address."""
    proxies = urllib.request.getproxies()
    wanted = proxies.get(url.scheme) or proxies.get("all")
    return bool(wanted) and not urllib.request.proxy_bypass(url.host)


def _refusal(last: httpx2.URL, what: str) -> NotServed:
    return NotServed(f"{last.host} redirects {what}, which is not followed")
