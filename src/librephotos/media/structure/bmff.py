"""Walk the boxes of ISO base media files (MP4, MOV, HEIC, AVIF, CR3).

Source: ISO/IEC 14496-12, section 4.2.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_BOXES = 10_000

OUTERMOST = frozenset(
    b"ftyp moov mdat meta moof mfra sidx styp uuid free skip wide pnot mpvd".split()
)


@dataclass(frozen=True)
class Box:
    """One box: its type, where its payload starts and how long that is, in bytes."""

    type: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        """Return the offset of the first byte after the box."""
        return self.start + self.length


def boxes(file: BinaryIO, *, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes that lie wholly between `start` and `end`, in file order.

    The walk stops at the first box whose size cannot be true.
    """
    offset = start
    for _ in range(MAX_BOXES):
        file.seek(offset)
        head = file.read(16)
        if len(head) < 8:
            return
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1 and len(head) == 16:
            size, header = int.from_bytes(head[8:], "big"), 16
        elif size == 0:
            size = end - offset
        if size < header or offset + size > end:
            return
        yield Box(head[4:8], offset + header, size - header)
        offset += size


def announced_end(file: BinaryIO, size: int) -> int:
    """Return where the last box of a file of `size` bytes ends, or was meant to.

    Boxes that only fill space do not count.
    """
    offset = end = 0
    for _ in range(MAX_BOXES):
        file.seek(offset)
        head = file.read(16)
        if len(head) < 8:
            break
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        length = length or size - offset
        if length < 8 or head[4:8] not in OUTERMOST:
            break
        offset += length
        end = end if head[4:8] in (b"free", b"skip") else offset
    return end


def top_level(file: BinaryIO) -> Iterator[Box]:
    """Yield the outermost boxes of an open file."""
    return boxes(file, start=0, end=file.seek(0, os.SEEK_END))
