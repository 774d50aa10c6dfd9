"""The web server: waitress under gunicorn (docs/adr/0015-buffering-web-server.md)."""

from __future__ import annotations

import errno
import gc
import os
import socket
import tempfile
from types import FrameType

from django.db import close_old_connections
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

from librephotos.server.errors import AddressError
from librephotos.server.http.limits import Limits, within_descriptors
from librephotos.server.http.peers import Peers
from librephotos.server.http.server import Application, Server
from librephotos.web.body_limits import largest_body


class WaitressWorker(Worker):  # type: ignore[misc]
    """A process that serves until it is told to end, or its parent is gone."""

    app: WebServer
    peers: Peers
    _server: Server | None = None

    def run(self) -> None:
        """Serve; then finish what is under way."""
        self._server = self.app.server(self.sockets[0].sock, self.peers)
        while self.alive and os.getppid() == self.ppid:
            self.notify()
            self._server.serve_events()
        self._server.finish(self.app.grace_s)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, on SIGTERM, when the main thread is between two events."""
        self.alive = False
        if self._server is not None:
            self._server.pull_trigger()


class _Forks:
    """What is to do before a process is forked."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers

    def __call__(self, arbiter: Arbiter, worker: WaitressWorker) -> None:
        """Give it a free place among its peers, and what is loaded to share."""
        taken = {one.peers.place for one in arbiter.WORKERS.values()}
        places = range(len(self._peers.counts))
        worker.peers = self._peers.at(next((n for n in places if n not in taken), 0))
        # It stays shared if the collector leaves it be.
        gc.freeze()


_BACKLOG = 512

_HIGHEST_PORT = 65_535

# Shorter than the supervisor's grace, so that a slow download does not hold up its end.
_GRACE_S = 4


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


def memory_folder() -> str | None:
    """Return a folder without a disk below it, None if there is none to write to.

    A container may have it read-only, or full.
    """
    try:
        with tempfile.TemporaryFile(dir="/dev/shm"):
            return "/dev/shm"
    except OSError:
        return None


class WebServer(BaseApplication):  # type: ignore[misc]
    """Processes that answer for a WSGI application, on a socket that is already open.

    gunicorn keeps them alive, waitress speaks HTTP (`librephotos.server.http`).
    """

    grace_s = _GRACE_S - 0.5
    """Time for what is under way; gunicorn ends the process after its own."""

    def __init__(
        self,
        application: Application,
        *,
        descriptor: int,
        processes: int = 1,
        threads: int,
        limits: Limits,
    ) -> None:
        """Take the application and the descriptor of its listening socket.

        Each process has so many threads, and its share of the connections.
        """
        self._application = application
        self._threads = threads
        self._limits = within_descriptors(limits.shared_by(processes))
        self._options = {
            "bind": f"fd://{descriptor}",
            "backlog": _BACKLOG,
            "worker_class": "librephotos.server.http.gunicorn.WaitressWorker",
            "workers": processes,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": _GRACE_S,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "librephotos-web",
            "pre_fork": _Forks(Peers.of(processes)),
        }
        self._options["worker_tmp_dir"] = memory_folder()
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn; neither files nor its arguments are read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        """Return the application."""
        return self._application

    def server(self, listener: socket.socket, peers: Peers) -> Server:
        """Return what answers in one of the processes."""
        return Server(
            self._application,
            listener,
            peers=peers,
            threads=self._threads,
            limits=self._limits,
            body_limit=largest_body,
            after_file=close_old_connections,
        )
