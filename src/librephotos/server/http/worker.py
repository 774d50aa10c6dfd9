"""How gunicorn, which keeps the processes alive, runs the server in each of them."""

from __future__ import annotations

import os
from types import FrameType
from typing import TYPE_CHECKING

from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

from librephotos.server.http.server import Server

if TYPE_CHECKING:
    from librephotos.server.web import WebServer


class WaitressWorker(Worker):  # type: ignore[misc]
    """A process that serves until it is told to end, or its parent is gone."""

    app: WebServer
    _server: Server | None = None

    def run(self) -> None:
        """Serve; then finish what is under way."""
        self._server = self.app.server(self.sockets[0].sock)
        while self.alive and os.getppid() == self.ppid:
            self.notify()
            self._server.serve_events()
        self._server.finish(self.app.grace_s)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, on SIGTERM, when the main thread is between two events."""
        self.alive = False
        if self._server is not None:
            self._server.pull_trigger()
