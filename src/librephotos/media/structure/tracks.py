"""How a track of an MP4 or QuickTime film is turned, by its header.

Source: ISO/IEC 14496-12, 8.3.2 (tkhd).
"""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from librephotos.media.structure.bmff import Box, boxes, top_level


def is_on_its_side(file: BinaryIO, track: int) -> bool:
    """Whether the rows of an open film's track of this number are shown as columns."""
    tracks = _within(file, _named(b"moov", top_level(file)))
    for head in _named(b"tkhd", _within(file, _named(b"trak", tracks))):
        file.seek(head.start)
        times = ">4x16xI28x" if file.read(1) == b"\1" else ">4x8xI24x"
        layout = struct.Struct(times + "2i")
        if head.length < layout.size:
            continue
        file.seek(head.start)
        number, across, down = layout.unpack(file.read(layout.size))
        if number == track:
            return bool(abs(down) > abs(across))
    return False


def _named(kind: bytes, found: Iterable[Box]) -> Iterator[Box]:
    return (box for box in found if box.type == kind)


def _within(file: BinaryIO, outer: Iterable[Box]) -> Iterator[Box]:
    for box in outer:
        yield from boxes(file, start=box.start, end=box.end)
