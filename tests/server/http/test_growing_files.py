"""Files that are sent while they are written."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

from tests.support.web_process import THREADS, everything, get, web_process


class GrowingFile:
    """What a test writes to while it is sent."""

    grows = True

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.ends = self.breaks = self.is_over = False
        self.was_read = threading.Event()
        self.closed = threading.Event()

    def read(self, size: int) -> bytes:
        if self.breaks:
            raise OSError("The film could not be made to its end.")
        part = self.parts.pop(0) if self.parts else b""
        self.is_over = self.ends and not part
        self.was_read.set()
        return part

    def close(self) -> None:
        self.closed.set()


class Application:
    """Answers one address with a file that grows."""

    def __init__(self) -> None:
        self.files: list[GrowingFile] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/growing":
            start_response("200 OK", [("Content-Length", "6")])
            return [b"answer"]
        self.files.append(GrowingFile())
        self.files[-1].parts.append(b"first")
        start_response("200 OK", [("Content-Type", "video/mp4")])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](self.files[-1], 1000)
        return wrapped


def test_what_is_written_later_arrives_and_the_end_is_told() -> None:
    application = Application()
    with web_process(application) as process:
        with process.connect(get("/growing")) as client:
            received = b""
            while b"5\r\nfirst\r\n" not in received:
                received += client.recv(1000)
            assert b"Transfer-Encoding: chunked" in received
            assert b"Content-Length" not in received
            [file] = application.files
            file.parts.append(b"x" * 300_000)
            file.ends = True
            rest = everything(client)
            assert rest.count(b"x") == 300_000
            assert rest.endswith(b"\r\n0\r\n\r\n")
            assert file.closed.wait(60)


def test_an_old_client_is_told_by_the_end_of_the_connection() -> None:
    application = Application()
    with web_process(application) as process:
        with process.connect(get("/growing", version="1.0")) as client:
            received = b""
            while b"first" not in received:
                received += client.recv(1000)
            application.files[0].ends = True
            received += everything(client)
    assert received.endswith(b"\r\n\r\nfirst")


def test_what_breaks_off_has_no_end() -> None:
    application = Application()
    with web_process(application) as process:
        with process.connect(get("/growing")) as client:
            received = b""
            while b"first" not in received:
                received += client.recv(1000)
            application.files[0].breaks = True
            received += everything(client)
        assert application.files[0].closed.wait(60)
    assert not received.endswith(b"0\r\n\r\n")


def test_many_that_do_not_grow_hold_up_nobody() -> None:
    application = Application()
    with web_process(application) as process, ExitStack() as clients:
        for _ in range(3 * THREADS):
            clients.enter_context(process.connect(get("/growing")))
        for _ in range(2 * THREADS):
            assert process.ask(get("/")).endswith(b"answer")
        for file in application.files:
            file.ends = True


def test_one_that_never_grows_is_given_up() -> None:
    application = Application()
    with web_process(application, stalled_s=1.0) as process:
        received = process.ask(get("/growing"))
        assert b"first" in received
        assert application.files[0].closed.wait(60)
        assert not received.endswith(b"0\r\n\r\n")


def test_only_its_header_is_asked_for() -> None:
    application = Application()
    with web_process(application) as process:
        text = get("/growing").replace("GET", "HEAD", 1)
        assert process.ask(text).endswith(b"\r\n\r\n")
        assert application.files[0].closed.wait(60)


def test_the_connection_of_an_unknown_length_is_not_kept() -> None:
    application = Application()
    with web_process(application) as process:
        with process.connect(get("/growing", close=False)) as client:
            while not application.files:
                client.recv(1)
            application.files[0].ends = True
            assert everything(client).endswith(b"0\r\n\r\n")
