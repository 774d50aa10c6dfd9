"""The names under which a machine is known on its own network."""

from __future__ import annotations

import socket


def own_names() -> list[str]:
    """Return the names of this machine, as Django's ALLOWED_HOSTS has them.

    Its host name, whole and without the domain, the latter as multicast DNS gives it
    out too (RFC 6762), and localhost. No name server is asked.
    """
    host = socket.gethostname().strip().rstrip(".").lower()
    short = host.partition(".")[0]
    names = ["localhost", ".localhost"]
    if short:
        names += [host, short, f"{short}.local"]
    return list(dict.fromkeys(names))
