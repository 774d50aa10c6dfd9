"""A file that is sent while it is written, without knowing how long it gets."""

from __future__ import annotations

from typing import Any, Protocol

from waitress.buffers import ReadOnlyFileBasedBuffer

NAME = "librephotos.growing"
"""Under which the environment of a request holds what is sent after the header."""


class Growing(Protocol):
    """What an application sends: `grows` is true.

    `read` returns b"" where there is no more yet, and `is_over` says that nothing will
    follow; it raises OSError where that cannot be sent to its end.
    """

    grows: bool
    is_over: bool

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class GrowingBuffer(ReadOnlyFileBasedBuffer):  # type: ignore[misc]
    """A file that grows, in the chunks of HTTP/1.1 (RFC 9112, 7.1).

    It counts as one byte until its end has been sent, since nobody knows how many.
    """

    file: Any

    def __init__(self, file: Growing) -> None:
        """Take a file; `in_chunks` tells whether the client knows them."""
        super().__init__(file)
        self.in_chunks = True
        self.remain = 1
        self._pending = b""
        self._is_ended = False

    @property
    def is_sent(self) -> bool:
        """Whether all has been sent that there will be."""
        return self._is_ended and not self._pending

    def get(self, numbytes: int = -1, skip: bool = False) -> bytes:
        """Return bytes to send, b"" if there are none yet."""
        if not self._pending and not self._is_ended:
            found = self.file.read(max(1, numbytes))
            self._is_ended = not found and self.file.is_over
            if found or self._is_ended:
                self._pending = self._framed(found)
        return self._pending

    def skip(self, numbytes: int, allow_prune: int = 0) -> None:
        """Leave out what has been sent."""
        self._pending = self._pending[numbytes:]

    def _framed(self, found: bytes) -> bytes:
        if not self.in_chunks:  # HTTP/1.0: to the end of the connection
            return found
        return b"%x\r\n%b\r\n" % (len(found), found)


def growing_of(answer: Any) -> Growing | None:
    """Return the file that an application answers with, if it is one that grows."""
    file = getattr(answer, "file", None)
    if isinstance(answer, ReadOnlyFileBasedBuffer) and getattr(file, "grows", False):
        return file
    return None
