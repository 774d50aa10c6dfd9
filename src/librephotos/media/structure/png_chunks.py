"""Walk the chunks of a PNG, and find how it is turned.

Source: PNG (Third Edition), W3C 2025, sections 5.3 and 11.3.4.4 (eXIf).
"""

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from librephotos.media.structure.bmff import Box
from librephotos.media.structure.orientation import orientation_of_chunk

_SIGNATURE_BYTES: Final = 8
MAX_CHUNKS: Final = 10_000


def png_chunks(file: BinaryIO) -> Iterator[Box]:
    """Yield the chunks of an open PNG that are there in full, in file order."""
    size, offset = file.seek(0, os.SEEK_END), _SIGNATURE_BYTES
    for _ in range(MAX_CHUNKS):
        file.seek(offset)
        head = file.read(8)
        chunk = Box(head[4:], offset + 8, int.from_bytes(head[:4], "big"))
        if len(head) < 8 or chunk.end > size:
            return
        yield chunk
        offset = chunk.end + 4  # behind the checksum


def png_orientation(file: BinaryIO) -> int:
    """Return the orientation, 1 to 8, that the EXIF of an open PNG states; else 1."""
    return orientation_of_chunk(file, png_chunks(file), b"eXIf")
