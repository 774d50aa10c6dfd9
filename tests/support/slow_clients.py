"""Many connections to a running server whose clients wait for ever."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from tests.support.pictures.images import encoded, photograph
from tests.support.server import PATIENCE_S, RunningServer, wait_for

SILENT = (
    b"",
    b"GET /api/healthz HTTP/1.1\r\nHost: loc",
    b"POST /api/auth/token/obtain/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{",
    b"GET /api/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
)
_LARGE = 48 * 2**20
"""More than both systems keep of an answer that nobody takes."""


def write_large_picture(folder: Path) -> Path:
    """Write a JPEG with much behind its end."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "large.jpg"
    path.write_bytes(encoded(photograph(), "JPEG"))
    with path.open("r+b") as file:
        file.truncate(_LARGE)
    return path


def photo_hash(server: RunningServer, token: str) -> str:
    """Wait for the first photo of the administrator and return its hash."""

    def found() -> str:
        page = server.get("/api/photos/recentlyadded/", token)["results"]
        return str(page[0]["image_hash"]) if page else ""

    return wait_for(found, "a photo")


@contextlib.contextmanager
def slow_clients(
    server: RunningServer, token: str, *, silent: int = 64, stalled: int = 16
) -> Iterator[list[socket.socket]]:
    """Hold silent connections, and downloads of which nothing is taken."""
    name = photo_hash(server, token)
    download = (
        f"GET /media/photos/{name} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    with contextlib.ExitStack() as connections:
        clients = []
        for number in range(silent + stalled):
            client = connections.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(PATIENCE_S)
            client.connect(("127.0.0.1", server.port))
            text = download if number < stalled else SILENT[number % len(SILENT)]
            client.sendall(text)
            clients.append(client)
        for client in clients[:stalled]:
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        yield clients
