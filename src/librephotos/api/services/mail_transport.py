"""Speaking SMTP with a server that an administrator names, and with no other program.

An administrator of the site need not be who runs the machine, so that a mail server
is no way to look into the network around it: only the ports of mail are connected to,
never addresses of the link (cloud machines tell their keys there), the address that was
looked at is the one that is connected to, and nothing of what the other end says is
passed on.
"""

from __future__ import annotations

import ipaddress
import smtplib
import socket

from django.core.mail.backends.smtp import EmailBackend

PORTS = (25, 465, 587, 1025, 2465, 2525, 2587)
"""Those that relays and the known providers listen on."""

PATIENCE_S = 10
"""For each step of a conversation."""


class RefusedAddress(OSError):
    """The name of a mail server leads to what cannot be one."""


def connect(host: str, port: int, timeout_s: float) -> socket.socket:
    """Return a connection to a mail server.

    Raises RefusedAddress, and other kinds of OSError as `socket` does.
    """
    if port not in PORTS:
        raise RefusedAddress(f"{port} is no port for mail")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    usable = [str(each[4][0]) for each in found if _may_be_one(str(each[4][0]))]
    if not usable:
        raise RefusedAddress(f"{host} has no address that may be connected to")
    failure: OSError | None = None
    for address in usable:
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError as error:
            failure = error
    raise failure or RefusedAddress(host)


def _may_be_one(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    return not (ip.is_link_local or ip.is_multicast or ip.is_unspecified)


class _Plain(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, timeout)


class _Encrypted(smtplib.SMTP_SSL, _Plain):
    """Its own class wraps the socket that the other one has connected."""


class MailBackend(EmailBackend):
    """Django's, whose connections are those of `connect`."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The class of a connection."""
        return _Encrypted if self.use_ssl else _Plain
