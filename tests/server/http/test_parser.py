"""What it costs to read a header, which holds up all connections at once."""

from __future__ import annotations

import time

import pytest

from librephotos.server.http.parser import RequestParser, Settings

LONGEST = 60_000
"""About what a header may have."""

ALLOWED_S = 0.5
"""Time of a core. What takes quadratic time takes at least ten times that."""

_HOST = b"Host: localhost\r\n"


def parsed(request: bytes) -> RequestParser:
    parser = RequestParser(Settings(body_limit=lambda path, content_type: 1000))
    while request and not parser.completed:
        request = request[parser.received(request) :]
    return parser


def spent_on(request: bytes) -> float:
    began = time.process_time()
    assert parsed(request).completed
    return time.process_time() - began


@pytest.mark.parametrize("blanks", [b" ", b"\t", b" \t"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"GET / HTTP/1.1\r\nX:", b"x"),
        (b"GET / HTTP/1.1\r\nX:", b"\x00"),
        (b"GET / HTTP/1.1\r\nX: x", b"x"),
        (b"GET / HTTP/1.1\r\nX: x", b"\x00"),
        (b"GET / HTTP/1.1\r\nX: a:", b"x"),
        (b"GET / HTTP/1.1\r\nX", b": x"),
        (b"GET / HTTP/1.1\r\n:", b"x"),
        (b"GET / HTTP/1.1\r\nContent-Length:", b"1 x"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked,", b"chunked"),
        (b"GET / HTTP/1.0\r\nTransfer-Encoding: x", b"x"),
        (b"GET / HTTP/1.0\r\nTransfer-Encoding:", b"x"),
        (b"GET / HTTP/1.1", b"x\r\nX: x"),
        (b"GET /", b"x HTTP/1.1\r\nX: x"),
    ],
)
def test_blanks_take_no_time(blanks: bytes, before: bytes, after: bytes) -> None:
    many = blanks * (LONGEST // len(blanks))
    assert spent_on(before + many + after + b"\r\n" + _HOST + b"\r\n") < ALLOWED_S


@pytest.mark.parametrize(
    "start", [b"GET a://", b"GET http://[", b"GET /", b"GET ", b""]
)
@pytest.mark.parametrize("repeated", [b"1", b"a", b":", b"://", b"1 ", b" HTTP/1.1"])
@pytest.mark.parametrize("end", [b" x HTTP/1.1", b" HTTP/1.", b" HTTP/1.1", b"\x00 x"])
def test_a_first_line_takes_no_time(start: bytes, repeated: bytes, end: bytes) -> None:
    line = start + repeated * (LONGEST // len(repeated)) + end
    assert spent_on(line + b"\r\n" + _HOST + b"\r\n") < ALLOWED_S


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"X:a", "a"),
        (b"X: \t a", "a"),
        (b"X:  a: \t b \t", "a: \t b"),
        (b"X: \t ", ""),
        (b"X:", ""),
    ],
)
def test_blanks_around_a_value_are_none_of_it(line: bytes, value: str) -> None:
    request = parsed(b"GET / HTTP/1.1\r\n" + line + b"\r\n" + _HOST + b"\r\n")
    assert request.error is None
    assert request.headers == {"X": value, "HOST": "localhost"}


@pytest.mark.parametrize("value", [b"chunked", b" \tChunked\t ", b"  chunked"])
def test_a_coding_may_have_blanks_around_it(value: bytes) -> None:
    header = b"POST / HTTP/1.1\r\nTransfer-Encoding:" + value + b"\r\n" + _HOST
    request = parsed(header + b"\r\n2\r\nab\r\n0\r\n\r\n")
    assert request.error is None
    assert request.get_body_stream().read() == b"ab"
