"""The web server without LibrePhotos: "ok", and files by their names.

Run: python -P -m benchmarks._bare_server DESCRIPTOR FOLDER
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any


def application(folder: str) -> Callable[..., Iterable[bytes]]:
    """Answer /ok with "ok", and /file/NAME with a file of a folder."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/ok":
            start("200 OK", [("Content-Length", "2"), ("Content-Type", "text/plain")])
            return [b"ok"]
        file = open(folder + path.removeprefix("/file"), "rb")
        length = os.fstat(file.fileno()).st_size
        headers = [("Content-Length", str(length)), ("Content-Type", "image/jpeg")]
        start("200 OK", headers)
        sent: Iterable[bytes] = environ["wsgi.file_wrapper"](file, 256 * 1024)
        return sent

    return answer


if __name__ == "__main__":
    import django

    django.setup()
    from librephotos.cores import usable_cores
    from librephotos.server.http.gunicorn import WebServer
    from librephotos.server.http.limits import Limits

    WebServer(
        application(sys.argv[2]),
        descriptor=int(sys.argv[1]),
        processes=min(4, usable_cores()),
        threads=8,
        limits=Limits(),
    ).run()
