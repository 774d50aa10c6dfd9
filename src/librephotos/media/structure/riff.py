"""Walk the chunks of RIFF files (WebP, AVI). Source: RFC 9649, section 2.3."""

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from librephotos.media.structure.bmff import Box

_HEADER_BYTES: Final = 12
_MAX_CHUNKS: Final = 10_000


def riff_chunks(file: BinaryIO, within: Box | None = None) -> Iterator[Box]:
    """Yield the chunks of an open RIFF file, or of a list in it, in file order.

    The walk goes as far as chunks are there in full, whatever the file says of its own
    length.
    """
    offset = within.start + 4 if within else _HEADER_BYTES
    end = within.end if within else file.seek(0, os.SEEK_END)
    for _ in range(_MAX_CHUNKS):
        file.seek(offset)
        head = file.read(8)
        chunk = Box(head[:4], offset + 8, int.from_bytes(head[4:], "little"))
        if len(head) < 8 or chunk.end > end:
            return
        yield chunk
        offset = chunk.end + chunk.length % 2
