"""Walk the chunks of a PNG. Source: PNG (Third Edition), W3C 2025, section 5.3."""

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from librephotos.media.files.bmff import Box

_SIGNATURE_BYTES: Final = 8
_MAX_CHUNKS: Final = 10_000


def png_chunks(file: BinaryIO) -> Iterator[Box]:
    """Yield the chunks of an open PNG that are there in full, in file order."""
    size, offset = os.fstat(file.fileno()).st_size, _SIGNATURE_BYTES
    for _ in range(_MAX_CHUNKS):
        file.seek(offset)
        head = file.read(8)
        chunk = Box(head[4:], offset + 8, int.from_bytes(head[:4], "big"))
        if len(head) < 8 or chunk.end > size:
            return
        yield chunk
        offset = chunk.end + 4  # behind the checksum
