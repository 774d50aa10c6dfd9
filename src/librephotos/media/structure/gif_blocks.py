"""The blocks of a GIF, of which nothing is trusted.

Source: CompuServe, Graphics Interchange Format 89a, sections 15 to 27.
"""

import mmap
from collections.abc import Iterator
from typing import Final, NamedTuple

PICTURE: Final = 0x2C
EXTENSION: Final = 0x21
TRAILER: Final = 0x3B
_HEADER_BYTES: Final = 13
_DESCRIPTOR_BYTES: Final = 10
_MAX_BLOCKS: Final = 500_000


class Block(NamedTuple):
    """A block: its kind, and where it, its sub-blocks and what follows begin."""

    kind: int
    start: int
    body: int
    end: int


def blocks(data: bytes | mmap.mmap) -> Iterator[Block]:
    """Yield pictures and extensions, and last whatever else stands where one should.

    That is the trailer, or a block of kind -1 behind the end. Of very many blocks only
    the first are looked at.
    """
    at = _HEADER_BYTES + table_length(data[10:11])
    for _ in range(_MAX_BLOCKS):
        kind = data[at] if at < len(data) else -1
        if kind == EXTENSION:
            body = at + 2
        elif kind == PICTURE:
            table = table_length(data[at + 9 : at + 10])
            body = at + _DESCRIPTOR_BYTES + table + 1  # behind the size of codes
        else:
            yield Block(kind, at, at, at)
            return
        end = body
        while end < len(data) and data[end]:
            end += 1 + data[end]
        yield Block(kind, at, body, end + 1)
        at = end + 1


def table_length(flags: bytes) -> int:
    """Return the bytes of the colour table that a byte of flags announces."""
    return 3 * 2 ** ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def joined(data: bytes) -> bytes:
    """Return what stands in sub-blocks, up to the empty one or the end."""
    parts, at = [], 0
    while at < len(data) and data[at]:
        parts.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(parts)
