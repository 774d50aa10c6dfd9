"""Versions of HTTP, and bodies in chunks that are no bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from librephotos.server.http.chunks import (
    BYTES_PER_CHUNK,
    CHUNKS_ANYHOW,
    LONGEST_CONTROL_LINE,
    LONGEST_TRAILER,
    ChunkedBody,
)
from tests.support.web_process import Answers, WebProcess, everything, web_process


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(tmp_path)


@pytest.fixture
def process(answers: Answers) -> Iterator[WebProcess]:
    with web_process(answers) as running:
        yield running


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET / HTTP/1.0", b"200"),
        ("GET / HTTP/1.1", b"200"),
        ("GET / HTTP/1.1 \t", b"200"),
        ("GET / HTTP/2.0", b"505"),
        ("GET / HTTP/9.9", b"505"),
        ("GET / HTTP/0.9", b"505"),
        ("GET / HTTP/1.2", b"505"),
        ("GET / HTTP/2", b"505"),
        ("GET / HTTP/1.10", b"505"),
        ("GET / HTTP/11.1", b"505"),
        ("GET / HTTP/1.", b"505"),
        ("PRI * HTTP/2.0", b"505"),
        ("GET /", b"400"),
        ("GET", b"400"),
        ("GET / http/1.1", b"400"),
        ("GET / Http/1.1", b"400"),
        ("GET / HTTP/", b"400"),
        ("GET / HTTP/1,1", b"400"),
        ("GET / HTTP/1.1x", b"400"),
        ("GET / HTTPS/1.1", b"400"),
        ("GET\t/\tHTTP/1.1", b"400"),
        ("GET /\tHTTP/1.1", b"400"),
        ("GET  /  HTTP/1.1", b"400"),
        ("GET / HTTP/1.1 HTTP/1.1", b"400"),
        ("get / HTTP/1.1", b"400"),
    ],
)
def test_the_versions_that_are_spoken(
    process: WebProcess, answers: Answers, line: str, status: bytes
) -> None:
    received = process.ask(f"{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert received.split(b" ")[1] == status
    assert bool(answers.asked) is (status == b"200")
    if status != b"200":
        body = received.partition(b"\r\n\r\n")[2]
        assert json.loads(body)["errors"][0]["message"]


def test_nothing_is_read_behind_another_version(
    process: WebProcess, answers: Answers
) -> None:
    behind = "GET /behind HTTP/1.1\r\nHost: localhost\r\n\r\n"
    received = process.ask(
        f"POST / HTTP/3.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{behind}"
    )
    assert received.count(b"Content-Type:") == 1 and not answers.asked


def chunks(*sizes: int) -> str:
    return "".join(f"{size:x}\r\n{'x' * size}\r\n" for size in sizes)


def posted(process: WebProcess, body: str) -> tuple[bytes, bytes]:
    """Send a body as it is; return the status and the body of the answer."""
    start = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    text = f"{start}Transfer-Encoding: chunked\r\n\r\n{body}"
    with process.connect() as client:
        try:
            client.sendall(text.encode())
        except OSError:
            pass  # refused before all of it was sent
        header, _, answer = everything(client).partition(b"\r\n\r\n")
    return header.split(b" ")[1], answer


@pytest.mark.parametrize(
    "sizes",
    [
        [1],
        [1] * CHUNKS_ANYHOW,
        [BYTES_PER_CHUNK] * 300,
        [8192, 1] * 10,
        [60_000],
        [1] * 500 + [20_000] + [1] * 500,
    ],
)
def test_chunks_as_clients_send_them(process: WebProcess, sizes: list[int]) -> None:
    status, answer = posted(process, f"{chunks(*sizes)}0\r\n\r\n")
    assert (status, len(answer)) == (b"200", sum(sizes))


@pytest.mark.parametrize(
    "body",
    [
        chunks(*[1] * (CHUNKS_ANYHOW + 10)),
        chunks(*[1] * 15_000) + "0\r\n\r\n",
        chunks(*[9] * 5000),
        "1;" + "a" * 2 * LONGEST_CONTROL_LINE,
        "0" * 2 * LONGEST_CONTROL_LINE,
        "0\r\n" + "X: y\r\n" * LONGEST_TRAILER,
        "0\r\nX: " + "y" * 2 * LONGEST_TRAILER,
        "0\r\nX: y\n\nGET /behind HTTP/1.1\r\nHost: a\r\n\r\n",
        "0\r\nno field\r\n\r\n",
        "0\r\n X: y\r\n\r\n",
        "0\r\nX: y\r\n z\r\n\r\n",
        "0\r\nX : y\r\n\r\n",
        "0\r\nX: a\rb\r\n\r\n",
    ],
    ids=range(13),
)
def test_crumbs_and_what_is_no_field_are_refused(
    process: WebProcess, answers: Answers, body: str
) -> None:
    status, answer = posted(process, body)
    assert status == b"400"
    assert json.loads(answer)["errors"][0]["message"]
    assert not answers.asked


def test_a_large_chunk_may_come_byte_by_byte() -> None:
    body = ChunkedBody(10_000)
    for byte in b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n":
        assert body.received(bytes([byte])) == 1
    assert body.completed and not body.error


@pytest.mark.parametrize("step", [1, 2, 3, 7, 511, 512, 513, 10_000])
def test_a_body_is_the_same_however_it_arrives(step: int) -> None:
    end = b"\r\n0\r\nA: b\r\nC:\r\n\r\n"
    text = b"5;a=b\r\nhello\r\n3E8\r\n" + b"x" * 1000 + end + b"GET / "
    body, taken = ChunkedBody(500), 0
    for start in range(0, len(text), step):
        taken += body.received(text[start : start + step])
    assert body.completed and not body.error
    assert body.getfile().read() == b"hello" + b"x" * 1000
    body.getbuf().close()
    assert text[taken:] == b"GET / "
