"""What one client may cost the web server, in time, connections and bytes."""

from __future__ import annotations

import ipaddress
import logging
import math
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from librephotos.addresses import plain_address

logger = logging.getLogger(__name__)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
BodyLimit = Callable[[str, str], int]
"""Takes path and content type; returns the most bytes that a body may have."""

_OTHER_DESCRIPTORS = 256
_PER_CONNECTION = 2
"""Descriptors: the connection, and the file that is sent through it."""


@dataclass(frozen=True)
class Limits:
    """Times in seconds, sizes in bytes.

    `header_s` is for a whole header, and for the first byte on a new connection.
    A body gets `body_s` and, for every `body_bytes_per_s` that came, a second more,
    so that one byte a second does not live for ever. `idle_s` is for the next request
    on a connection, `stalled_s` for a client that takes nothing of its answer, and
    `linger_s` for what a client still sends after it has been refused.

    `unlimited` are the networks of proxies, whose connections are those of many
    people; None stands for all.
    """

    connections: int = 1000
    connections_per_address: int = 200
    unlimited: Sequence[Network] | None = ()
    header_s: float = 20
    header_bytes: int = 64 * 1024
    body_s: float = 30
    body_bytes_per_s: int = 1000
    idle_s: float = 75
    stalled_s: float = 60
    linger_s: float = 30

    def shared_by(self, processes: int) -> Limits:
        """Return the share of one of so many processes on one listening socket.

        They get about as many connections each, of all addresses and of one.
        """
        return replace(
            self,
            connections=math.ceil(self.connections / processes),
            connections_per_address=math.ceil(self.connections_per_address / processes),
        )

    def is_unlimited(self, address: str) -> bool:
        """Whether an address may have any number of the connections."""
        if self.unlimited is None:
            return True
        peer = plain_address(address)
        return any(peer in network for network in self.unlimited)


def within_descriptors(limits: Limits) -> Limits:
    """Return limits that the process has file descriptors for, which it asks for."""
    wanted = limits.connections * _PER_CONNECTION + _OTHER_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits
    connections = max(1, (soft - _OTHER_DESCRIPTORS) // _PER_CONNECTION)
    logger.warning(
        "The system allows %d open files, enough for %d connections instead of %d: "
        "raise the limit (ulimit -n, or LimitNOFILE of systemd)",
        soft,
        connections,
        limits.connections,
    )
    return replace(limits, connections=connections)
