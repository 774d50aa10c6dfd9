"""Addresses of callers, and whom they belong to."""

from __future__ import annotations

import ipaddress

_HOME_BITS = 64
"""One IPv6 subscriber has at least this network; RFC 6177."""


def plain_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an address as IPv4 if it is that in the form of IPv6."""
    # A link-local address has its interface behind a percent sign.
    peer = ipaddress.ip_address(address.partition("%")[0])
    return getattr(peer, "ipv4_mapped", None) or peer


def subscriber(address: str) -> str:
    """Return what all addresses of one subscriber have in common."""
    peer = plain_address(address)
    if isinstance(peer, ipaddress.IPv4Address):
        return str(peer)
    return str(ipaddress.ip_network((peer, _HOME_BITS), strict=False))
