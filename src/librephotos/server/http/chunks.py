"""Bodies that come in chunks, at a cost that grows with their bytes alone."""

from __future__ import annotations

import re

from waitress.buffers import OverflowableBuffer
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest

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


class ChunkedBody(ChunkedReceiver):  # type: ignore[misc]
    """Takes the chunks of a body; refuses what is cut into crumbs or never begins."""

    error: BadRequest | None

    def __init__(self, in_memory: int) -> None:
        """Keep so many bytes in memory, and more in a file."""
        super().__init__(OverflowableBuffer(in_memory))
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
