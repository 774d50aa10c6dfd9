"""A mirror of models whose answers a test decides on, one by one."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RECORD = "librephotos-model.json"


class Request(BaseHTTPRequestHandler):
    """A request; `file` is the last part of its path."""

    protocol_version = "HTTP/1.1"
    mirror: OddMirror

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests' output clean."""

    @property
    def file(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def start(self) -> int:
        """The first byte that is asked for, 0 for all of them."""
        return int(self.headers.get("Range", "bytes=0-")[6:].rstrip("-"))

    def do_GET(self) -> None:
        self.mirror.count += 1
        with suppress(ConnectionError):
            if self.mirror.odd(self):
                return
            data = self.mirror.files.get(self.file)
            if data is None:
                self.answer(404, b"")
            elif self.start:
                self.part(data, self.start)
            else:
                self.answer(200, data)

    do_HEAD = do_GET

    def part(self, data: bytes, start: int, **headers: str) -> None:
        """Answer with the bytes from `start` on, and say so."""
        told = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.answer(206, data[start:], {"Content-Range": told, **headers})

    def answer(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        cut: int | None = None,
        tells_length: bool = True,
    ) -> None:
        """Answer; break off after `cut` bytes."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if tells_length:
            self.send_header("Content-Length", str(len(body)))
        self.close_connection = cut is not None or not tells_length
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut])


class OddMirror:
    """Gives out one model's files; `odd` may answer a request itself, and says so."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {**files, RECORD: record(files)}
        self.odd: Callable[[Request], bool] = lambda request: False
        self.count = 0
        self.url = ""

    def be_odd(self, file: str, answer: Callable[[Request], object]) -> None:
        """Have requests for a file answered so, unless that gives False."""
        self.odd = lambda request: request.file == file and (
            answer(request) is not False
        )


@contextmanager
def odd_mirror(files: dict[str, bytes]) -> Iterator[OddMirror]:
    """Run a mirror of these files."""
    mirror = OddMirror(files)
    handler = type("Handler", (Request,), {"mirror": mirror})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    mirror.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield mirror
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def record(files: Mapping[str, bytes]) -> bytes:
    """Return what a folder of LibrePhotos says of these files."""
    listed = [
        {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in files.items()
    ]
    return json.dumps(
        {"name": "x", "source": "x", "revision": "x", "complete": True, "files": listed}
    ).encode()
