"""A small load generator: connections that stay open, each answer compared."""

from __future__ import annotations

import re
import selectors
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_AT_ONCE = 256 * 1024
_STUCK_S = 60


@dataclass(frozen=True)
class Ask:
    """One request to a path and the body that has to come with status 200."""

    path: str
    expected: bytes
    token: str = ""

    @property
    def request(self) -> bytes:
        """The bytes of the request."""
        signed_in = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        return (
            f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n{signed_in}\r\n".encode()
        )


@dataclass
class Load:
    """What came of it: `milliseconds` of each answer, and `seconds` in all."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds

    @property
    def median_ms(self) -> float:
        """The time of the middle answer, in milliseconds."""
        return statistics.median(self.milliseconds)

    @property
    def p95_ms(self) -> float:
        """The time that 95 of 100 answers stay below, in milliseconds."""
        return statistics.quantiles(self.milliseconds, n=20, method="inclusive")[-1]


class _Connection:
    """One request at a time, and what has come of its answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_STUCK_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = bytearray()
        self._whole = 0

    def ask(self, asked: Ask, request: bytes) -> None:
        self._asked, self._answer, self._whole = asked, bytearray(), 0
        self.since = time.perf_counter()
        self.socket.sendall(request)

    def take(self) -> bool:
        """Take what has come; return whether that is all.

        Raises SystemExit for an answer that is not the expected one.
        """
        block = self.socket.recv(_AT_ONCE)
        self._answer += block
        if not self._whole:
            end = self._answer.find(b"\r\n\r\n")
            if end >= 0:
                header = bytes(self._answer[: end + 2])
                length = _LENGTH.search(header)
                if not header.startswith(b"HTTP/1.1 200 ") or length is None:
                    raise SystemExit(f"{self._asked.path} answers {header.decode()}")
                self._body = end + 4
                self._whole = self._body + int(length[1])
        if self._whole and len(self._answer) >= self._whole:
            if self._answer[self._body :] != self._asked.expected:
                raise SystemExit(f"{self._asked.path} does not answer as before.")
            return True
        if not block:
            raise SystemExit(f"{self._asked.path}: the connection was closed.")
        return False


def load(port: int, asks: Sequence[Ask], *, connections: int, seconds: float) -> Load:
    """Ask in turns for so many seconds, each connection one after the other."""
    return _run(port, cycle([(a, a.request) for a in asks]), connections, seconds)


def once(port: int, asks: Sequence[Ask], *, connections: int) -> Load:
    """Ask for each once, as a browser does for a page."""
    return _run(port, iter([(a, a.request) for a in asks]), connections, None)


def _run(
    port: int,
    asks: Iterator[tuple[Ask, bytes]],
    connections: int,
    seconds: float | None,
) -> Load:
    found = Load()
    selector = selectors.DefaultSelector()
    opened = [_Connection(port) for _ in range(connections)]
    start = time.perf_counter()
    end = start + seconds if seconds else float("inf")
    try:
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(*next(asks))
        busy = len(opened)
        while busy:
            ready = selector.select(_STUCK_S)
            if not ready:
                raise SystemExit("The server does not answer any more.")
            for key, _ in ready:
                connection = key.data
                if not connection.take():
                    continue
                now = time.perf_counter()
                found.milliseconds.append((now - connection.since) * 1000)
                following = next(asks, None) if now < end else None
                if following is None:
                    busy -= 1
                    selector.unregister(connection.socket)
                else:
                    connection.ask(*following)
    finally:
        found.seconds = time.perf_counter() - start
        for connection in opened:
            connection.socket.close()
        selector.close()
    return found
