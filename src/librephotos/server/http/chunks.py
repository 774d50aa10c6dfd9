"""Bodies that come in chunks, at a cost that grows with their bytes alone."""

from __future__ import annotations

import re

from waitress.buffers import OverflowableBuffer
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest

from librephotos.api.http.upload_form import UploadForm

LONGEST_CONTROL_LINE = 1024
"""Bytes of the line in front of a chunk: its length, and extensions that no client of
ours sends."""
LONGEST_TRAILER = 8 * 1024
CHUNKS_ANYHOW = 1000
BYTES_PER_CHUNK = 256
"""A chunk costs as much as hundreds of bytes, so beyond the first ones each has to hold
that much on an average. Clients send what they read at once, so kilobytes."""

_FIELDS = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r\n)*(\r\n?)?")
_TAKEN_AT_ONCE = 512
"""The receiver copies what is left at each step."""


_HANDED_ON_AT_ONCE = 64 * 1024


class FormBuffer:
    """Hands the bytes of a body on to the form of an upload; a buffer to waitress."""

    def __init__(self, form: UploadForm) -> None:
        self._form = form
        self._size = 0
        self._waiting = bytearray()

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        """Take bytes of the body."""
        self._size += len(data)
        self._waiting += data
        if len(self._waiting) >= _HANDED_ON_AT_ONCE:
            self._hand_on()

    def end(self) -> None:
        """Note that the body has ended."""
        self._hand_on()
        self._form.end()

    def close(self) -> None:
        """Remove what has become no upload."""
        self._form.close()

    def _hand_on(self) -> None:
        self._form.take(bytes(self._waiting))
        self._waiting.clear()


class ChunkedBody(ChunkedReceiver):  # type: ignore[misc]
    """Takes the chunks of a body; refuses what is cut into crumbs or never begins."""

    error: BadRequest | None

    def __init__(self, in_memory: int, form: UploadForm | None = None) -> None:
        """Keep so many bytes in memory, and more in a file; those of a form in it."""
        super().__init__(FormBuffer(form) if form else OverflowableBuffer(in_memory))
        self.form = form
        self._at_end_of_chunk = False
        self._chunks = 0

    @property
    def validate_chunk_end(self) -> bool:
        """Whether the bytes of a chunk are there, which is said once for each."""
        return self._at_end_of_chunk

    @validate_chunk_end.setter
    def validate_chunk_end(self, reached: bool) -> None:
        self._at_end_of_chunk = reached
        self._chunks += reached

    def received(self, s: bytes) -> int:
        """Take bytes; return how many belong to the body."""
        taken = 0
        while taken < len(s) and not (self.completed or self.error):
            taken += super().received(s[taken : taken + _TAKEN_AT_ONCE])
            self.error = self.error or self._refusal()
        if self.form and self.completed and not self.error:
            self.buf.end()
        return taken

    def _refusal(self) -> BadRequest | None:
        if self._chunks > CHUNKS_ANYHOW + len(self.buf) // BYTES_PER_CHUNK:
            return BadRequest("The body comes in too many chunks")
        if len(self.control_line) > LONGEST_CONTROL_LINE:
            return BadRequest("The line before a chunk is too long")
        if len(self.trailer) > LONGEST_TRAILER:
            return BadRequest("What follows the body is too long")
        if self.completed and not _FIELDS.fullmatch(self.trailer):
            # A proxy in front may see the next request where a line ends oddly.
            return BadRequest("What follows the body is no header")
        return None
