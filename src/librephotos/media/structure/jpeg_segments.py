"""Walk the segments of a JPEG. Source: ITU-T T.81, annex B."""

import mmap
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from librephotos.media.errors import LimitExceeded
from librephotos.media.limits import Parts

_STANDALONE: Final = {0x01, *range(0xD0, 0xD9)}
_FILLING: Final = re.compile(rb"\xff+(?=\xff)")
_SCAN: Final = 0xDA
_MOST_IN_HEAD: Final = 20_000
EXIF: Final = b"Exif\0\0"
"""How the body of an EXIF segment begins."""


def segments(
    data: bytes | mmap.mmap, at: int, parts: Parts | None = None
) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, code and body of segments until the picture or the data ends.

    Raises LimitExceeded for more than `parts` allows.
    """
    parts = parts or Parts()
    while at + 4 <= len(data) and data[at] == 0xFF:
        parts.take()
        filling = _FILLING.match(data, at)
        if filling:
            at = filling.end()
            continue
        code = data[at + 1]
        if code in _STANDALONE:
            if code == 0xD8:  # another picture, though this one has not ended
                return
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if code == 0xD9 or length < 2 or at + 2 + length > len(data):
            return
        yield at, code, data[at + 4 : at + 2 + length]
        at += 2 + length


def head_segments(data: bytes | mmap.mmap) -> Iterator[tuple[int, int, bytes]]:
    """Yield the segments before the picture, at most as many as any writer makes.

    A hostile JPEG is nothing but segments, which would take minutes to walk.
    """
    with suppress(LimitExceeded):
        for at, code, body in segments(data, 2, Parts(_MOST_IN_HEAD)):
            if code == _SCAN:
                return
            yield at, code, body


def jpeg_exif(data: bytes | mmap.mmap) -> bytes:
    """Return the TIFF block of the first EXIF segment, b"" if there is none."""
    for _, code, body in head_segments(data):
        if code == 0xE1 and body.startswith(EXIF):
            return body.removeprefix(EXIF)
    return b""
