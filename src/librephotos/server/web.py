"""The web server: gunicorn with threads (why: docs/adr/0003-web-server.md)."""

from __future__ import annotations

import errno
import gc
import os
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from librephotos.server.errors import AddressError

_BACKLOG = 512
_HIGHEST_PORT = 65_535
# Shorter than the supervisor's grace, so that a slow download does not hold up its end.
_GRACE_S = 4
_IDLE_CONNECTION_S = 75


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that has the address; raise AddressError if it cannot be had.

    Whoever holds it keeps the address while web processes come and go: their requests
    wait in its queue meanwhile.
    """
    if not 0 <= port <= _HIGHEST_PORT:
        raise AddressError(
            f"there is no port {port}: choose one up to {_HIGHEST_PORT} with --port"
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        raise AddressError(_reason(error, host, port)) from error
    return listener


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken: choose another one with --port"
    if error.errno == errno.EACCES:
        return f"port {port} is only for root: choose one above 1023 with --port"
    return (
        f"cannot listen on {host} port {port} ({error.strerror}): "
        "check --host and --port"
    )


class WebServer(BaseApplication):  # type: ignore[misc]
    """gunicorn around a WSGI application, on a socket that is already open."""

    def __init__(
        self, application: Callable[..., Any], *, descriptor: int, threads: int
    ) -> None:
        """Take the application and the descriptor of its listening socket."""
        self._application = application
        self._options = {
            "bind": f"fd://{descriptor}",
            "backlog": _BACKLOG,
            "worker_class": "gthread",
            "workers": 1,
            "threads": threads,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": _GRACE_S,
            "keepalive": _IDLE_CONNECTION_S,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "librephotos-web",
            # What is loaded before the fork stays shared if the collector leaves it be.
            "pre_fork": lambda server, worker: gc.freeze(),
        }
        if os.path.isdir("/dev/shm"):
            self._options["worker_tmp_dir"] = "/dev/shm"
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn; neither files nor its arguments are read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Return the application."""
        return self._application
