"""Clients that do not speak, do not listen, or do either slowly."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import psutil
import pytest

from tests.support.server import wait_for
from tests.support.web_process import (
    LARGEST_BODY,
    THREADS,
    WAIT_S,
    Answers,
    WebProcess,
    everything,
    get,
    post,
    web_process,
)

LARGE = 64 * 2**20
SMALL_BUFFER = 4096


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGE)
    (tmp_path / "letters").write_bytes(bytes(range(97, 123)) * 40_000)
    return Answers(tmp_path)


@pytest.fixture
def process(answers: Answers) -> Iterator[WebProcess]:
    with web_process(answers) as running:
        yield running


SILENT = {
    "nothing": "",
    "half a header": "GET / HTTP/1.1\r\nHost: loc",
    "half a body": "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
    "half a chunk": (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"
    ),
    "no body after 100-continue": (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
        "Expect: 100-continue\r\n\r\n"
    ),
    "a download that nobody takes": get("/files/large"),
    "an answer that nobody takes": get(f"/bytes/{LARGE}"),
    "many requests whose answers nobody takes": get("/bytes/60000", close=False) * 200,
    "a kept connection": get("/", close=False),
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_waiting_clients_hold_up_nobody(process: WebProcess, text: str) -> None:
    with ExitStack() as connections:
        for _ in range(3 * THREADS):
            client = process.connect(text, buffer=SMALL_BUFFER)
            connections.enter_context(client)
        for _ in range(2 * THREADS):
            assert process.ask(get("/")).endswith(b"answer")


def test_requests_in_a_row_are_answered_in_a_row(process: WebProcess) -> None:
    with process.connect(
        get("/bytes/70000", close=False) * 30 + get("/last")
    ) as client:
        received = everything(client)
    assert received.count(b"HTTP/1.1 200 OK") == 31
    assert received.count(b"x") >= 30 * 70_000
    assert received.endswith(b"answer")


def test_no_more_requests_are_answered_than_answers_taken(
    process: WebProcess, answers: Answers
) -> None:
    text = get(f"/bytes/{2**23}", close=False) * 50
    with process.connect(text, buffer=SMALL_BUFFER):
        wait_for(lambda: answers.asked, "the first request")
        for _ in range(20):
            process.ask(get("/"))
        assert len([path for path in answers.asked if path != "/"]) < 3


def test_a_stalled_download_costs_no_memory(process: WebProcess) -> None:
    own = psutil.Process()
    before = own.memory_full_info().uss
    with ExitStack() as connections:
        for _ in range(16):
            client = process.connect(get("/files/large"), buffer=SMALL_BUFFER)
            connections.enter_context(client)
            assert client.recv(10)
        assert process.ask(get("/")).endswith(b"answer")
        assert own.memory_full_info().uss - before < LARGE / 4


def test_a_file_arrives_whole_however_slowly_it_is_taken(process: WebProcess) -> None:
    with process.connect(get("/files/letters"), buffer=SMALL_BUFFER) as client:
        received = b"".join(iter(lambda: client.recv(1000), b""))
    assert received.partition(b"\r\n\r\n")[2] == bytes(range(97, 123)) * 40_000


def test_a_part_of_a_file_is_that_part(process: WebProcess) -> None:
    received = process.ask(get("/files/letters", "Range: 27-30"))
    assert received.endswith(b"\r\n\r\nbcde")


def test_the_file_of_a_lost_client_is_closed(
    process: WebProcess, answers: Answers
) -> None:
    path = str(answers.folder / "large")

    def is_open() -> bool:
        return any(file.path == path for file in psutil.Process().open_files())

    client = process.connect(get("/files/large"), buffer=SMALL_BUFFER)
    assert client.recv(10)
    assert is_open()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    wait_for(lambda: not is_open(), "the file is closed")


def test_a_file_that_shrinks_ends_the_connection(
    process: WebProcess, answers: Answers
) -> None:
    client = process.connect(get("/files/large"), buffer=SMALL_BUFFER)
    assert client.recv(10)
    os.truncate(answers.folder / "large", 0)
    with client:
        assert len(everything(client)) < LARGE


def test_a_half_closed_connection_is_answered(process: WebProcess) -> None:
    with process.connect(get("/", close=False)) as client:
        client.shutdown(socket.SHUT_WR)
        assert everything(client).endswith(b"answer")


def test_a_body_is_asked_for(process: WebProcess) -> None:
    text = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n"
    with process.connect(text + "Expect: 100-continue\r\n\r\n") as client:
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"body")
        assert everything(client).endswith(b"body")


def test_a_body_in_chunks_is_put_together(process: WebProcess) -> None:
    chunks = "3\r\nabc\r\n4;name=value\r\ndefg\r\n0\r\n\r\n"
    received = process.ask(post("/", chunks, "Transfer-Encoding: chunked"))
    assert received.endswith(b"\r\n\r\nabcdefg")


def test_kept_connections_of_http_1_0(process: WebProcess) -> None:
    kept = get("/", "Connection: keep-alive", close=False, version="1.0")
    last = get("/", close=False, version="1.0")
    received = process.ask(kept + last)
    assert received.count(b"200 OK") == 2
    assert received.endswith(b"answer")


def test_head_has_the_length_and_no_body(process: WebProcess) -> None:
    received = process.ask(get("/files/letters").replace("GET", "HEAD"))
    assert b"Content-Length: 1040000\r\n" in received
    assert received.endswith(b"\r\n\r\n")


def test_a_body_that_is_too_long_is_refused_before_it_comes(
    process: WebProcess, answers: Answers
) -> None:
    for path, length in (("/small", 11), ("/", LARGEST_BODY + 1), ("/", 10**15)):
        refused = process.ask(
            post(path, "", f"Content-Length: {length}", "Expect: 100-continue")
        )
        assert refused.startswith(b"HTTP/1.1 413 "), refused
        assert b"100 Continue" not in refused
        assert b"Content-Type: application/json" in refused
        assert b'{"errors": [{"field": "detail"' in refused
    assert answers.asked == []


def test_the_refusal_reaches_a_client_that_goes_on_sending(process: WebProcess) -> None:
    body = "x" * 20 * LARGEST_BODY
    received = process.ask(post("/", body))
    assert received.startswith(b"HTTP/1.1 413 ")


def test_a_body_in_chunks_is_refused_when_it_is_too_long(process: WebProcess) -> None:
    chunks = "2710\r\n" + "x" * 10_000 + "\r\n"
    received = process.ask(post("/", 40 * chunks, "Transfer-Encoding: chunked"))
    assert received.startswith(b"HTTP/1.1 413 ")
    assert process.ask(post("/small", "x" * 10)).endswith(b"x" * 10)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (get("/", f"X: {'x' * 70_000}"), 431),
        (get("/", *(f"X{n}: {n}" for n in range(9000))), 431),
        ("NONSENSE\r\n\r\n", 400),
        (get("/", "No colon"), 400),
        (post("/", "", "Content-Length: -1"), 400),
        (post("/", "", "Content-Length: 1, 2"), 400),
        (post("/", "", "Transfer-Encoding: gzip"), 501),
        (post("/", "zz\r\n", "Transfer-Encoding: chunked"), 400),
        (post("/", "", f"Content-Length: {'9' * 5000}"), 400),
        (get("http://[::1/"), 400),
        (get("http://[nonsense]/"), 400),
        (
            post("/", "0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Length: 5"),
            400,
        ),
        (post("/", "", "Content-Length: 0", "Transfer-Encoding: chunked"), 400),
        (post("/", "0\r\n\r\n", "Transfer-Encoding: chunked, chunked"), 400),
        (post("/", "0\r\n\r\n", *2 * ["Transfer-Encoding: chunked"]), 400),
        (post("/", "0\r\n\r\n", "Transfer-Encoding: chunked,"), 400),
        (post("/", "x", "Transfer-Encoding: ,", "Content-Length: 1"), 400),
        (post("/", "x", "Transfer-Encoding:", "Content-Length: 1"), 400),
        (post("/", "x", "transfer-encoding: \t", "Content-Length: 1"), 400),
        (post("/", "0\r\n\r\n", "Transfer-Encoding:\r\n chunked"), 400),
        (post("/", "x", "Content-Length:\r\n\t1"), 400),
        (get("/", "X: a\r\n b"), 400),
        (get("/").replace("Host: localhost\r\n", ""), 400),
        (get("/", "Transfer-Encoding: chunked", version="1.0"), 400),
        (get("/", "Transfer-Encoding: chunked", version="2.0"), 505),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_request_is_refused(
    process: WebProcess, text: str, status: int
) -> None:
    received = process.ask(text)
    assert received.split(b" ", 2)[1] == str(status).encode()
    assert b'{"errors": [' in received


def test_http_1_0_needs_no_host(process: WebProcess) -> None:
    received = process.ask("GET / HTTP/1.0\r\n\r\n")
    assert received.split(b" ", 2)[1] == b"200"


class OnASilentDisk(BytesIO):
    """A file that was opened while its disk answered, which it does no more."""

    def __init__(self, answers_again: threading.Event) -> None:
        super().__init__(bytes(10_000))
        self.answers_again = answers_again

    def read(self, size: int | None = -1) -> bytes:
        assert self.answers_again.wait(WAIT_S)
        return super().read(size)


def test_files_on_a_silent_disk_hold_up_nobody(answers: Answers) -> None:
    answers_again = threading.Event()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/silent":
            return answers(environ, start_response)
        start_response("200 OK", [("Content-Length", "10000")])
        file = OnASilentDisk(answers_again)
        return cast(Iterable[bytes], environ["wsgi.file_wrapper"](file, 1000))

    with web_process(application) as process, ExitStack() as connections:
        downloads = [process.connect(get("/silent")) for _ in range(3 * THREADS)]
        for client in downloads:
            connections.enter_context(client)
        for _ in range(2 * THREADS):
            assert process.ask(get("/")).endswith(b"answer")
        letters = process.ask(get("/files/letters")).partition(b"\r\n\r\n")[2]
        assert letters == (answers.folder / "letters").read_bytes()
        answers_again.set()
        for client in downloads:
            assert everything(client).endswith(bytes(10_000))
