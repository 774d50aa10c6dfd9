"""The web server of one process, around a small application, and its clients."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from librephotos.server.http.limits import BodyLimit, Limits
from librephotos.server.http.server import Server

THREADS = 4
LARGEST_BODY = 100_000
LARGEST_BODIES = {"/small": 10, "/bytes/7": 2**22}
WAIT_S = 60


class Answers:
    """An application: says what it was sent, or sends a file of the folder."""

    def __init__(self, folder: Path) -> None:
        """Answer `/files/NAME` with the files of a folder."""
        self.folder = folder
        self.asked: list[str] = []
        self.closed: list[str] = []
        self.gate = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path == "/wait":
            assert self.gate.wait(WAIT_S)
        if path.startswith("/files/"):
            return self._file(self.folder / path[7:], environ, start_response)
        size = path.removeprefix("/bytes/")
        body = environ["wsgi.input"].read() or b"answer"
        if size.isdigit():
            body = b"x" * int(size)
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def _file(
        self, path: Path, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        first, _, last = environ.get("HTTP_RANGE", "").partition("-")
        start = int(first or 0)
        stop = int(last) + 1 if last else path.stat().st_size
        file = path.open("rb")
        file.seek(start)
        start_response("200 OK", [("Content-Length", str(stop - start))])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file, 1000)
        return wrapped


class WebProcess:
    """A server in a thread of the test."""

    def __init__(
        self, application: Any, *, body_limit: BodyLimit | None = None, **limits: Any
    ) -> None:
        """Listen on a free port, with these limits and otherwise the usual ones."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = listener.getsockname()
        self.server = Server(
            application,
            listener,
            threads=THREADS,
            limits=Limits(**limits),
            body_limit=body_limit
            or (lambda path, kind: LARGEST_BODIES.get(path, LARGEST_BODY)),
            after_file=lambda: None,
        )
        self._ends = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ends:
            self.server.serve_events()
        self.server.finish(10)

    def stop(self) -> None:
        """Finish what is under way, as on SIGTERM."""
        self._ends = True
        with suppress(OSError):  # it may have noticed, and be gone with its trigger
            self.server.pull_trigger()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()

    def connect(self, text: str = "", *, buffer: int = 0) -> socket.socket:
        """Return a connection on which a text has been sent."""
        client = socket.socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(WAIT_S)
        client.connect(self.address)
        client.sendall(text.encode())
        return client

    def ask(self, text: str) -> bytes:
        """Send a request and return all that comes until the connection ends."""
        with self.connect(text) as client:
            return everything(client)


def get(path: str, *headers: str, close: bool = True, version: str = "1.1") -> str:
    """Return the text of a GET request."""
    lines = [f"GET {path} HTTP/{version}", "Host: localhost", *headers]
    if close:
        lines.append("Connection: close")
    return "\r\n".join(lines) + "\r\n\r\n"


def post(path: str, body: str, *headers: str) -> str:
    """Return the text of a POST request that is the last of its connection."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += headers or [f"Content-Length: {len(body)}"]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def everything(client: socket.socket) -> bytes:
    """Return all that comes until the other side ends the connection."""
    received = []
    while block := client.recv(2**16):
        received.append(block)
    return b"".join(received)


@contextmanager
def web_process(application: Any, **limits: Any) -> Iterator[WebProcess]:
    """Run a server as long as the context lasts."""
    process = WebProcess(application, **limits)
    try:
        yield process
    finally:
        process.stop()
